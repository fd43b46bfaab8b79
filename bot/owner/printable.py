"""Text that a terminal shows and does not obey."""

from __future__ import annotations

import textwrap

WIDTH = 80


def printable(text: str) -> str:
    """Without control characters: some of it comes from the providers."""
    return "".join(character if character.isprintable() else "?" for character in text)


def wrapped(text: str, *, indent: int = 0) -> list[str]:
    """The lines of a paragraph, so short that they fit 80 columns when they are indented."""
    width = WIDTH - indent
    return textwrap.wrap(printable(text), width, break_long_words=False, break_on_hyphens=False)
