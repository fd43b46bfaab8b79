"""What a clip is made from, besides its picture."""

from __future__ import annotations

from dataclasses import dataclass

FRAME_RATE = 24
"""Frames a second."""


@dataclass(frozen=True, kw_only=True)
class Shot:
    """A clip to be made."""

    prompt: str
    width: int
    height: int
    """Even, like the width: the clip stores colour at half the size."""
    seconds: int
    seed: int
    inset: tuple[int, int, int, int] | None = None
    """The part of the picture within its padding, which alone moves: x, y, width, height."""

    @property
    def frames(self) -> int:
        """How many frames the clip has."""
        return self.seconds * FRAME_RATE
