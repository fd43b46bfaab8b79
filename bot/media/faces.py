"""Finds faces, so that no crop cuts one. Needs OpenCV 4, whose wheel brings what it looks for."""

from __future__ import annotations

from pathlib import Path
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from bot.media.framing import Box

Pixels: TypeAlias = NDArray[np.uint8]
"""Height x width x 3, RGB."""

_SEARCH_SIDE = 640
_LEAST_FACE = (24, 24)
_NEIGHBOURS = 8
"""How many overlapping finds make a face; fewer see faces in foliage."""
_LEAST_SHARE = 0.45
"""Who is smaller than this beside the largest face is a passer-by."""


class FaceFinder:
    """Reads its data when made, and opens no file after that."""

    def __init__(self) -> None:
        data = Path(cv2.__file__).parent / "data" / "haarcascade_frontalface_default.xml"
        self._cascade = cv2.CascadeClassifier(str(data))

    def find(self, picture: Pixels) -> Box | None:
        """Box all faces that look at the camera together, with room for hair and chin."""
        height, width = picture.shape[:2]
        scale = min(1.0, _SEARCH_SIDE / max(width, height))
        size = max(1, round(width * scale)), max(1, round(height * scale))
        small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
        grey = cv2.equalizeHist(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY))
        found = self._cascade.detectMultiScale(
            grey, scaleFactor=1.1, minNeighbors=_NEIGHBOURS, minSize=_LEAST_FACE
        )
        if len(found) == 0:
            return None
        faces = np.asarray(found, np.float64) / scale
        faces = faces[faces[:, 2] >= _LEAST_SHARE * faces[:, 2].max()]
        x, y, side = faces[:, 0], faces[:, 1], faces[:, 2]
        left, right = max(0.0, (x - 0.25 * side).min()), min(width, (x + 1.25 * side).max())
        top, bottom = max(0.0, (y - 0.5 * side).min()), min(height, (y + 1.35 * side).max())
        return Box(round(left), round(top), round(right - left), round(bottom - top))
