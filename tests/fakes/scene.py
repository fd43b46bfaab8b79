"""What a finished task's clip shows: read from the very request the provider was sent."""

from __future__ import annotations

import base64
from dataclasses import dataclass

FORBIDDEN = "forbidden"
OVERLOAD = "overload"
NO_CREDIT = "nocredit"
"""Words in a prompt that a fake refuses, breaks down over, or has no credit left for."""

_SHORT_SIDES_PX = {"2k": 1440, "4k": 2160}


@dataclass(frozen=True, kw_only=True)
class Scene:
    """One clip as it was ordered."""

    provider: str
    model: str
    prompt: str
    seconds: int
    short_side_px: int = 720
    ratio: float | None = None
    """Width divided by height; None: the picture's."""
    first_frame: bytes | None = None
    last_frame: bytes | None = None
    has_sound: bool = False
    sound: bytes | None = None
    """What the clip follows, where a file came with the order."""


def ratio_of(text: str) -> float | None:
    """Width divided by height of "16:9" or "1280:720"; None of anything else."""
    width, colon, height = text.partition(":")
    return int(width) / int(height) if colon else None


def short_side_px(resolution: str) -> int:
    """The shorter side of "720p", "2k" or the like."""
    name = resolution.lower()
    return _SHORT_SIDES_PX[name] if name in _SHORT_SIDES_PX else int(name.removesuffix("p"))


def decoded(text: str) -> bytes | None:
    """The file in a data URI, or in bare base64; None for an address, which no fake visits."""
    return None if text.startswith("https://") else base64.b64decode(text.rpartition(",")[2])
