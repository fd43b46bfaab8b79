"""Tests of the ModelsLab provider, over real sockets, against the fake."""
