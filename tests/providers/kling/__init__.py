"""Kling over real sockets: its client against a strict fake of both generations of its API."""
