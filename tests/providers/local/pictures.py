"""Pictures for the animator's tests: one real photo, and drawings of which every pixel is known."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from providers.local.depth import Picture

SAMPLE = Path(__file__).parents[3] / "bot" / "playground" / "sample.jpg"
DRAWING = Path(__file__).with_name("drawing.jpg")
"""Four colours and an oval: quick to render, where the picture does not matter."""


def photo(width: int = 640) -> Picture:
    """The sample photo, 4:3."""
    with Image.open(SAMPLE) as image:
        return np.asarray(image.resize((width, width * 3 // 4)), np.uint8)


def noise(width: int, height: int) -> Picture:
    """The hardest picture to encode."""
    return np.random.default_rng(1).integers(0, 255, (height, width, 3), np.uint8)


def person(width: int, height: int, face_x: int, face_y: int, size: int) -> Picture:
    """A plain wall, and a face that the face finder knows for one."""
    wall = np.full((height, width, 3), (120, 140, 150), np.uint8)
    # Where each part lies and how large it is, in sizes of the face.
    _oval(wall, face_x, face_y - 0.1 * size, 0.56 * size, 0.72 * size, (60, 45, 40))
    _oval(wall, face_x, face_y + 0.05 * size, 0.46 * size, 0.62 * size, (225, 190, 165))
    for side in (-size, size):
        eye_x = face_x + 0.19 * side
        _oval(wall, eye_x, face_y - 0.15 * size, 0.12 * size, 0.035 * size, (70, 50, 40))
        _oval(wall, eye_x, face_y - 0.05 * size, 0.11 * size, 0.055 * size, (150, 110, 95))
        _oval(wall, eye_x, face_y - 0.05 * size, 0.05 * size, 0.05 * size, (30, 25, 25))
        _oval(wall, eye_x, face_y + 0.18 * size, 0.10 * size, 0.07 * size, (235, 200, 180))
    _oval(wall, face_x, face_y + 0.12 * size, 0.06 * size, 0.14 * size, (240, 210, 190))
    _oval(wall, face_x, face_y + 0.25 * size, 0.06 * size, 0.015 * size, (120, 80, 70))
    _oval(wall, face_x, face_y + 0.40 * size, 0.17 * size, 0.05 * size, (150, 70, 70))
    return cv2.GaussianBlur(wall, (0, 0), size / 60).astype(np.uint8)


def _oval(
    canvas: Picture, x: float, y: float, wide: float, high: float, colour: tuple[int, int, int]
) -> None:
    centre, axes = (round(x), round(y)), (max(1, round(wide)), max(1, round(high)))
    cv2.ellipse(canvas, centre, axes, 0, 0, 360, colour, -1, cv2.LINE_AA)
