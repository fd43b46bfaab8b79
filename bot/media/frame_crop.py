"""Chooses which part of a picture a frame of another ratio shows."""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image

from bot.media.framing import Box


@dataclass(frozen=True)
class Crop:
    """A part of a picture."""

    box: Box
    keeps_faces: bool
    """False where a face does not fit into it."""


def best_crop(picture: Image.Image, ratio: float) -> Crop:
    """The largest part of a ratio, a little above the middle."""
    width = min(picture.width, max(1, round(picture.height * ratio)))
    height = min(picture.height, max(1, round(picture.width / ratio)))
    box = Box((picture.width - width) // 2, round((picture.height - height) * 0.4), width, height)
    return Crop(box, keeps_faces=True)
