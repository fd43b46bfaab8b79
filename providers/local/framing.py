"""Divides a frame into the picture that moves and the padding around it, which stands still."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np

from providers.local.depth import Picture
from providers.local.faces import find_focus

OVERSIZE = 1.22
"""The moving picture is kept this much larger than its frame, so that zooming in stays sharp."""

Box: TypeAlias = tuple[int, int, int, int]
"""The left and the top edge, the width and the height, in pixels."""


@dataclass(frozen=True)
class Framing:
    """A picture made ready to be filmed."""

    picture: Picture
    """The part that moves, `OVERSIZE` times as large as its place."""
    place: Box
    """Where in the frame it is shown: even numbers."""
    backdrop: Picture | None
    """What surrounds it; None where it fills the frame."""
    focus: tuple[float, float]
    """What zooming aims at, in fractions of the place from its centre."""


def frame_picture(picture: Picture, width: int, height: int, inset: Box | None = None) -> Framing:
    """Take a picture that was made for the frame; where it has an inset, only that moves.

    A picture of another ratio loses what is too much at both ends.
    """
    if inset is None:
        moving, place, backdrop = _centre(picture, width / height), (0, 0, width, height), None
    else:
        moving = _part(picture, inset)
        place = _even(inset, width / picture.shape[1], height / picture.shape[0])
        backdrop = _resized(picture, (width, height))
    size = round(place[2] * OVERSIZE), round(place[3] * OVERSIZE)
    return Framing(_resized(moving, size), place, backdrop, find_focus(moving))


def _centre(picture: Picture, ratio: float) -> Picture:
    height, width = picture.shape[:2]
    wide = max(1, min(width, round(height * ratio)))
    high = max(1, min(height, round(width / ratio)))
    return _part(picture, ((width - wide) // 2, (height - high) // 2, wide, high))


def _part(picture: Picture, box: Box) -> Picture:
    left, top, width, height = box
    return picture[top : top + height, left : left + width]


def _even(box: Box, across: float, down: float) -> Box:
    """Scale a box to even numbers, rather wider than narrower: nothing under it may show."""
    left, top, width, height = box
    x, y = (2 * math.floor(side / 2 + 1e-6) for side in (left * across, top * down))
    right, bottom = (
        2 * math.ceil(side / 2 - 1e-6) for side in ((left + width) * across, (top + height) * down)
    )
    return x, y, right - x, bottom - y


def _resized(picture: Picture, size: tuple[int, int]) -> Picture:
    how = cv2.INTER_AREA if size[0] < picture.shape[1] else cv2.INTER_CUBIC
    return np.ascontiguousarray(cv2.resize(picture, size, interpolation=how), dtype=np.uint8)
