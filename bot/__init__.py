"""Zoetrope: a Discord bot that turns a still picture and a prompt into a video clip."""

__version__ = "0.1.0"
