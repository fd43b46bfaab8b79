"""Runway over real sockets, against the fake of its API and beside its official SDK."""
