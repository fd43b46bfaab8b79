"""Paints what is in the air onto finished frames: rain, fog, and the film's own grain."""

from __future__ import annotations

from typing import Protocol

import cv2
import numpy as np
from numpy.random import Generator

from providers.local.depth import Floats, Picture

_SLANT = -0.16
# Streaks for a frame 1280 x 720: how many, how long, how bright. The nearest are the fewest.
_CURTAINS = ((560, 15, 30), (220, 28, 40), (60, 46, 46))
_STREAKS_A_SECOND = 27
_FOG_COLOUR = (222, 226, 232)
_FOG_STEP = 8


class Layer(Protocol):
    """One kind of weather over a whole clip."""

    def paint(self, frame: Picture, seconds: float) -> None:
        """Change a frame in place."""


class Rain:
    """Three curtains of streaks, drawn once and then moved along their own slant."""

    def __init__(self, size: tuple[int, int], random: Generator) -> None:
        self._size = size
        scale, area = max(size) / 1280, size[0] * size[1] / (1280 * 720)
        self._curtains = [
            (
                _curtain(size, 1 + round(2 * count * area), length * scale, brightness, random),
                length * scale * _STREAKS_A_SECOND,
            )
            for count, length, brightness in _CURTAINS
        ]

    def paint(self, frame: Picture, seconds: float) -> None:
        """Dull the frame a little and draw the streaks over it."""
        width, height = self._size
        rain = np.zeros((height, width), np.uint8)
        for curtain, speed in self._curtains:
            fallen = speed * seconds
            top, left = round(-fallen) % (2 * height), round(-fallen * _SLANT) % width
            cv2.add(rain, curtain[top : top + height, left : left + width], dst=rain)
        cv2.convertScaleAbs(frame, dst=frame, alpha=0.93)
        cv2.add(frame, cv2.cvtColor(rain, cv2.COLOR_GRAY2RGB), dst=frame)


def _curtain(
    size: tuple[int, int], count: int, length: float, brightness: int, random: Generator
) -> Picture:
    """A seamless tile two frames high, laid out so that any window of it is one slice."""
    width, height = size[0], 2 * size[1]
    tile = np.zeros((height, width), np.uint8)
    for x, y, strength in random.random((count, 3)):
        light = round(brightness * (0.6 + 0.8 * strength))
        # A streak that leaves one side comes in at the other.
        for left, top in ((0, 0), (width, 0), (0, -height), (width, -height)):
            start = round(16 * (x * width + left)), round(16 * (y * height + top))
            end = round(start[0] + 16 * _SLANT * length), round(start[1] + 16 * length)
            cv2.line(tile, start, end, light, 1, cv2.LINE_AA, 4)
    soft = cv2.GaussianBlur(tile, (1, 5), 0)
    return np.tile(soft, (2, 2))[: height + size[1]].astype(np.uint8)


class Fog:
    """Two banks of noise that drift through each other, thicker in the distance."""

    def __init__(self, size: tuple[int, int], nearness: Floats, random: Generator) -> None:
        self._size = size
        self._coarse = max(2, size[0] // _FOG_STEP), max(2, size[1] // _FOG_STEP)
        self._banks = [self._bank(random), self._bank(random)]
        self._far = 1 - 0.75 * cv2.resize(nearness, self._coarse)

    def paint(self, frame: Picture, seconds: float) -> None:
        """Mix the frame with the fog's colour."""
        first = self._shifted(self._banks[0], 3.4 * seconds)
        second = self._shifted(self._banks[1], -1.7 * seconds)
        thickness = np.clip(0.9 * (first + second) / 2 * self._far, 0, 0.8)
        kept = np.repeat(255 * (1 - thickness[..., None]), 3, axis=2)
        mixed_in = thickness[..., None] * np.array(_FOG_COLOUR, np.float32)
        kept, mixed_in = (
            cv2.resize(part.astype(np.float32), self._size).round().astype(np.uint8)
            for part in (kept, mixed_in)
        )
        cv2.multiply(frame, kept, dst=frame, scale=1 / 255)
        cv2.add(frame, mixed_in, dst=frame)

    def _bank(self, random: Generator) -> Floats:
        width, height = 2 * self._coarse[0], self._coarse[1]
        bank = np.zeros((height, width), np.float32)
        for octave in range(2, 6):
            noise = random.random((2**octave, 2 ** (octave + 1))).astype(np.float32)
            grown = cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC)
            bank += grown / 2 ** (octave - 1)
        return np.asarray((bank - bank.min()) / np.ptp(bank), np.float32)

    def _shifted(self, bank: Floats, columns: float) -> Floats:
        """Slide a bank by a fraction of a column, as whole ones would be seen to step."""
        start = columns + bank.shape[1] / 4
        shift = np.array([[1, 0, start], [0, 1, 0]], np.float32)
        how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        edge = cv2.BORDER_REFLECT
        moved = cv2.warpAffine(bank, shift, self._coarse, flags=how, borderMode=edge)
        return np.asarray(moved, np.float32)


class Grain:
    """The grain of film: one sheet of noise, laid at another place in every frame."""

    _ROOM = 64

    def __init__(self, size: tuple[int, int], random: Generator) -> None:
        self._size, self._random = size, random
        shape = size[1] + self._ROOM, size[0] + self._ROOM
        noise = random.normal(128, 8, shape).clip(0, 255).astype(np.uint8)
        self._sheet = np.repeat(cv2.GaussianBlur(noise, (3, 3), 0.6)[..., None], 3, axis=2)

    def paint(self, frame: Picture, seconds: float) -> None:
        """Roughen the frame."""
        width, height = self._size
        left, top = self._random.integers(0, self._ROOM, 2)
        noise = self._sheet[top : top + height, left : left + width]
        cv2.addWeighted(frame, 1, noise, 1, -128, dst=frame)
