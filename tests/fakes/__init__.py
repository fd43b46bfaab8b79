"""Strict loopback servers, one a provider: they refuse what the real API refuses.

fake_server.py   what all have in common: a socket, what was asked, faults, tasks, clips
runway.py  kling.py  modelslab.py
"""
