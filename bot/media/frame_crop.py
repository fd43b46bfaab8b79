"""Chooses which part of a picture a frame of another ratio shows: faces, then what catches the eye.

Only one edge of a crop moves: it has the whole width of the picture, or its whole height.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bot.media.faces import FaceFinder, Pixels
from bot.media.framing import Box

Floats: TypeAlias = NDArray[np.float64]

_THREADS = 2
"""One of every processor could reserve more address space than the limit, for nothing."""
_MAP_SIDE = 256
_MOST_LOST = 1.2
"""Of what catches the eye, against the share of the picture: more is not cut off unasked."""
_MOST_LOST_DRAWN = 0.1
"""The same of a drawing or a page: what is cut off may be words."""
_ROUNDING = 0.01
_DISLIKE = 0.5
"""Of moving away from the usual place by a whole picture, against keeping all that is seen."""
_USUAL_ACROSS, _USUAL_DOWN = 0.5, 0.3
"""Heads are more often lost than feet, so the usual place is above the middle."""
_DRAWN_COLOURS, _DRAWN_SHARE, _DRAWN_SHARE_GREY = 4, 0.2, 0.45
"""So few colours, exactly, cover so much of what was drawn with a computer."""
_PLAIN_SHARE = 0.1
"""Of what those few leave, fewer are distinct colours in a page or a plain drawing."""
_WHITE = 0xFFFFFF


@dataclass(frozen=True)
class Crop:
    """A part of a picture."""

    box: Box
    is_good: bool
    """False where a face does not fit into it, or too much else that catches the eye."""


class Cropper:
    """Reads its data when made, and opens no file after that."""

    def __init__(self) -> None:
        cv2.setNumThreads(_THREADS)
        self._faces = FaceFinder()

    def best(self, picture: Image.Image, ratio: float) -> Crop:
        """The best of the largest parts of a ratio."""
        pixels = np.asarray(picture, np.uint8)
        faces = self._faces.find(pixels)
        seen, most_lost = _interest(pixels)
        if picture.width / picture.height > ratio:
            length = max(1, round(picture.height * ratio))
            must = (faces.x, faces.x + faces.width) if faces else None
            side = _Side(picture.width, length, seen.sum(axis=0), _USUAL_ACROSS)
            start, is_good = side.best(must, most_lost)
            return Crop(Box(start, 0, length, picture.height), is_good)
        length = max(1, min(picture.height, round(picture.width / ratio)))
        must = (faces.y, faces.y + faces.height) if faces else None
        side = _Side(picture.height, length, seen.sum(axis=1), _USUAL_DOWN)
        start, is_good = side.best(must, most_lost)
        return Crop(Box(0, start, picture.width, length), is_good)


@dataclass(frozen=True)
class _Side:
    """The side of a picture that becomes shorter."""

    whole: int
    left: int
    """How much of it is left."""
    seen: Floats
    """What catches the eye, along the side."""
    usual: float
    """Where the crop lies by default, as a share of what is cut off."""

    def best(self, must: tuple[int, int] | None, most_lost: float) -> tuple[int, bool]:
        """Where the crop begins, and whether it is good: with all that must be in it."""
        start, kept = self._most_seen()
        if must is None:
            return start, 1 - kept <= most_lost * (1 - self.left / self.whole) + _ROUNDING
        if must[1] - must[0] > self.left:
            return self._within((sum(must) - self.left) // 2), False
        return self._within(min(max(start, must[1] - self.left), must[0])), True

    def _most_seen(self) -> tuple[int, float]:
        steps = len(self.seen)
        window = max(1, min(steps, round(steps * self.left / self.whole)))
        total = np.concatenate([[0.0], np.cumsum(self.seen / self.seen.sum())])
        kept = total[window:] - total[:-window]
        away = np.abs(np.arange(len(kept)) - self.usual * (steps - window)) / steps
        best = int(np.argmax(kept - _DISLIKE * away))
        return self._within(round(best / steps * self.whole)), float(kept[best])

    def _within(self, start: int) -> int:
        return min(max(start, 0), self.whole - self.left)


def _interest(pixels: Pixels) -> tuple[Floats, float]:
    """How much each place of a small map catches the eye; and how much of it may be cut off."""
    height, width = pixels.shape[:2]
    scale = _MAP_SIDE / max(width, height)
    size = max(8, round(width * scale)), max(8, round(height * scale))
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    lab = cv2.cvtColor(small, cv2.COLOR_RGB2LAB).astype(np.float32)
    grey = lab[..., 0].copy()
    steep = np.hypot(cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1))
    if steep.any() and _is_drawn(pixels):
        return np.asarray(steep, np.float64) + 1e-6, _MOST_LOST_DRAWN
    # What differs from its wide surroundings, and what is sharp and full of detail.
    near, far = (cv2.GaussianBlur(lab, (0, 0), sigma) for sigma in (3, 40))
    apart = np.linalg.norm(near - far, axis=2)
    detail = cv2.GaussianBlur(steep.astype(np.float32), (0, 0), 4)
    seen = apart / (apart.mean() + 1) + detail / (detail.mean() + 1)
    return np.asarray(seen, np.float64) ** 2 + 1e-6, _MOST_LOST


def _is_drawn(pixels: Pixels) -> bool:
    step = max(1, max(pixels.shape) // _MAP_SIDE)
    red, green, blue = (pixels[::step, ::step, band].astype(np.uint32) for band in range(3))
    colours, counts = np.unique(red << 16 | green << 8 | blue, return_counts=True)
    is_grey = np.array_equal(red, green) and np.array_equal(green, blue)
    few = (_DRAWN_SHARE_GREY if is_grey else _DRAWN_SHARE) * red.size
    if _most(counts) <= few:
        return False
    # The sky of a photograph may be burnt to white, but then all else has many colours.
    is_plain = len(counts) < _PLAIN_SHARE * (red.size - _most(counts))
    return is_grey or is_plain or _most(counts[(colours > 0) & (colours < _WHITE)]) > few


def _most(counts: NDArray[np.int_]) -> int:
    return int(np.sort(counts)[-_DRAWN_COLOURS:].sum())
