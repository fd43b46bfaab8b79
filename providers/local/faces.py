"""Finds what zooming in aims at: the faces."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from providers.local.depth import Picture

_SEARCH_SIDE = 480


def find_focus(picture: Picture) -> tuple[float, float]:
    """The middle of all faces that look at the camera, in fractions from the picture's centre."""
    height, width = picture.shape[:2]
    scale = min(1.0, _SEARCH_SIDE / max(width, height))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    grey = cv2.equalizeHist(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY))
    data = Path(cv2.__file__).parent / "data" / "haarcascade_frontalface_default.xml"
    least = max(24, max(size) // 20)
    found = cv2.CascadeClassifier(str(data)).detectMultiScale(
        grey, scaleFactor=1.1, minNeighbors=8, minSize=(least, least)
    )
    if len(found) == 0:
        return 0.0, 0.0
    faces = np.asarray(found, np.float64)
    x = (faces[:, 0].min() + (faces[:, 0] + faces[:, 2]).max()) / 2 / size[0] - 0.5
    y = (faces[:, 1].min() + (faces[:, 1] + faces[:, 3]).max()) / 2 / size[1] - 0.5
    return float(np.clip(x, -0.4, 0.4)), float(np.clip(y, -0.4, 0.4))
