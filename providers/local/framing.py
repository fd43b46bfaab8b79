"""Fits a picture of any ratio into a frame: cropped around the faces, or padded if it must be."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from providers.local.depth import Picture

OVERSIZE = 1.22
"""The moving picture is kept this much larger than its frame, so that zooming in stays sharp."""
_LARGEST_LOSS = 0.30
_FACE_SEARCH_SIDE = 480


@dataclass(frozen=True)
class Box:
    """A rectangle in pixels."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The first column outside."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """The first row outside."""
        return self.top + self.height


@dataclass(frozen=True)
class Framing:
    """A picture made ready to be filmed."""

    picture: Picture
    """The part that moves, `OVERSIZE` times as large as its inset."""
    inset: Box
    """Where in the frame it is shown: even whole numbers."""
    backdrop: Picture | None
    """What surrounds the inset; None where it fills the frame."""
    focus: tuple[float, float]
    """What zooming aims at, in fractions of the inset from its centre."""


def frame_picture(picture: Picture, width: int, height: int) -> Framing:
    """Crop a picture to a frame, or pad it where a crop would lose a face or over 30 %."""
    faces = find_faces(picture)
    crop = _crop(picture, width / height, faces)
    if crop is None:
        inset = _contained(picture, width, height)
        crop = Box(0, 0, picture.shape[1], picture.shape[0])
        backdrop = _backdrop(picture, width, height, inset)
    else:
        inset, backdrop = Box(0, 0, width, height), None
    focus = (0.0, 0.0)
    if faces is not None:
        x = (faces.left + faces.width / 2 - crop.left) / crop.width - 0.5
        y = (faces.top + faces.height / 2 - crop.top) / crop.height - 0.5
        focus = float(np.clip(x, -0.4, 0.4)), float(np.clip(y, -0.4, 0.4))
    return Framing(_resized(picture, crop, inset), inset, backdrop, focus)


def find_faces(picture: Picture) -> Box | None:
    """Box all faces looking at the camera together, with room for hair and chin."""
    height, width = picture.shape[:2]
    scale = min(1.0, _FACE_SEARCH_SIDE / max(width, height))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    grey = cv2.equalizeHist(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY))
    data = Path(cv2.__file__).parent / "data" / "haarcascade_frontalface_default.xml"
    smallest = max(24, max(size) // 20)
    found = cv2.CascadeClassifier(str(data)).detectMultiScale(
        grey, scaleFactor=1.1, minNeighbors=8, minSize=(smallest, smallest)
    )
    if len(found) == 0:
        return None
    faces = np.asarray(found, dtype=np.float64) / scale
    x, y, side = faces[:, 0], faces[:, 1], faces[:, 2]
    left, right = max(0.0, (x - 0.25 * side).min()), min(width, (x + 1.25 * side).max())
    top, bottom = max(0.0, (y - 0.5 * side).min()), min(height, (y + 1.35 * side).max())
    return Box(float(left), float(top), float(right - left), float(bottom - top))


def _crop(picture: Picture, ratio: float, faces: Box | None) -> Box | None:
    """The best window of a ratio, or None where padding shows the picture better."""
    height, width = picture.shape[:2]
    wide, high = min(width, height * ratio), min(height, width / ratio)
    if wide * high < (1 - _LARGEST_LOSS) * width * height:
        return None
    # Heads are more often lost than feet, so the window sits a little above the middle.
    left, top = (width - wide) / 2, (height - high) * 0.4
    if faces is not None:
        if faces.width > wide or faces.height > high:
            return None
        left = min(max(left, faces.right - wide), faces.left)
        top = min(max(top, faces.bottom - high), faces.top)
    return Box(left, top, wide, high)


def _contained(picture: Picture, width: int, height: int) -> Box:
    scale = min(width / picture.shape[1], height / picture.shape[0])
    wide = min(width, max(16, 2 * round(picture.shape[1] * scale / 2)))
    high = min(height, max(16, 2 * round(picture.shape[0] * scale / 2)))
    return Box((width - wide) // 4 * 2, (height - high) // 4 * 2, wide, high)


def _resized(picture: Picture, crop: Box, inset: Box) -> Picture:
    top, left = round(crop.top), round(crop.left)
    bottom = max(top + 1, round(crop.bottom))
    right = max(left + 1, round(crop.right))
    size = round(inset.width * OVERSIZE), round(inset.height * OVERSIZE)
    shrinks = size[0] < right - left
    how = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    resized = cv2.resize(picture[top:bottom, left:right], size, interpolation=how)
    return np.ascontiguousarray(resized, dtype=np.uint8)


def _backdrop(picture: Picture, width: int, height: int, inset: Box) -> Picture:
    """The picture itself, far out of focus and dimmed, with a soft shadow under the inset."""
    scale = max(width / picture.shape[1], height / picture.shape[0])
    wide, high = width / scale, height / scale
    left, top = (picture.shape[1] - wide) / 2, (picture.shape[0] - high) / 2
    crop = Box(left, top, wide, high)
    small = _resized(picture, crop, Box(0, 0, width / 10, height / 10))
    blurred = cv2.resize(cv2.GaussianBlur(small, (0, 0), 6), (width, height)).astype(np.float32)
    shadow = np.zeros((height, width), np.float32)
    shadow[
        int(inset.top) : int(inset.bottom),
        int(inset.left) : int(inset.right),
    ] = 1
    shade = 0.55 * (1 - 0.6 * cv2.GaussianBlur(shadow, (0, 0), 18))
    return (blurred * shade[..., None]).astype(np.uint8)
