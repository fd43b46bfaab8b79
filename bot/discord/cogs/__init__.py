"""Slash commands, one module each; every module here is loaded at start."""
