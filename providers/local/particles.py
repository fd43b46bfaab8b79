"""Paints what floats one by one: snowflakes that fall and embers that rise and glow."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from providers.local.depth import Picture

_SUBPIXEL_BITS = 4


class _Swarm:
    """Points that wander through the frame for ever, the near ones large and quick."""

    def __init__(self, count: int, size: tuple[int, int], random: Generator) -> None:
        self._size = size
        area = size[0] * size[1] / (1280 * 720)
        self._points = random.random((max(1, round(count * area)), 4))
        self._points[:, 2] = 0.1 + 0.9 * self._points[:, 2] ** 2
        self._points[:, 3] *= 2 * math.pi

    def drawn(self, seconds: float, fall: float, radius: float, flicker: float) -> Picture:
        """A grey frame of discs. A negative fall rises; flicker is the share of light it takes."""
        width, height = self._size
        x, y, near, phase = self._points.T
        # A little more than the frame, so that nothing appears or vanishes in view.
        down = ((y + seconds * fall * (0.25 + near)) % 1.08 - 0.04) * height
        across = x + 0.03 * np.sin(1.1 * seconds + phase) + 0.02 * near * seconds
        across = (across % 1.08 - 0.04) * width
        radii = (0.8 + radius * near) * max(self._size) / 1280
        light = (120 + 110 * near) * (1 - flicker * (0.5 + 0.5 * np.sin(3 * seconds + 5 * phase)))
        picture = np.zeros((height, width), np.uint8)
        fixed = (np.stack([across, down, radii]) * 2**_SUBPIXEL_BITS).round().astype(int)
        _draw(picture, fixed, light.astype(int))
        return picture


def _draw(picture: Picture, discs: NDArray[np.int_], light: NDArray[np.int_]) -> None:
    for (x, y, radius), shine in zip(discs.T.tolist(), light.tolist(), strict=True):
        cv2.circle(picture, (x, y), radius, shine, -1, cv2.LINE_AA, _SUBPIXEL_BITS)


class Snow:
    """Soft white flakes."""

    def __init__(self, size: tuple[int, int], random: Generator) -> None:
        self._flakes = _Swarm(420, size, random)

    def paint(self, frame: Picture, seconds: float) -> None:
        """Let it snow on a frame."""
        flakes = self._flakes.drawn(seconds, fall=0.21, radius=3.4, flicker=0)
        flakes = cv2.GaussianBlur(flakes, (0, 0), 1.2).astype(np.uint8)
        cv2.add(frame, cv2.cvtColor(flakes, cv2.COLOR_GRAY2RGB), dst=frame)


class Embers:
    """Glowing sparks with a halo."""

    def __init__(self, size: tuple[int, int], random: Generator) -> None:
        self._sparks = _Swarm(90, size, random)
        self._size = size

    def paint(self, frame: Picture, seconds: float) -> None:
        """Light the sparks over a slightly darker frame."""
        core = self._sparks.drawn(seconds, fall=-0.16, radius=3.0, flicker=0.6)
        core = cv2.GaussianBlur(core, (0, 0), 0.9).astype(np.uint8)
        quarter = self._size[0] // 4, self._size[1] // 4
        halo = cv2.resize(core, quarter, interpolation=cv2.INTER_AREA)
        halo = cv2.resize(cv2.GaussianBlur(halo, (0, 0), 2.5), self._size)
        light = cv2.addWeighted(core, 1, halo, 2.6, 0)
        warm = [cv2.convertScaleAbs(light, alpha=share) for share in (1.0, 0.6, 0.2)]
        cv2.convertScaleAbs(frame, dst=frame, alpha=0.95)
        cv2.add(frame, cv2.merge(warm), dst=frame)
