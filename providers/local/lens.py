"""Looks at a picture from a pose: every pixel of a frame, traced back to where it comes from.

Tracing runs on a grid of one point in `STEP` pixels and is then scaled up: depth is smooth, so
nothing is lost, and nearly all of the time goes into one `cv2.remap` a frame.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from providers.local.camera import Pose, widened
from providers.local.depth import Floats, Picture

STEP = 4
_DEEPENING = 1.6


@dataclass(frozen=True)
class Grid:
    """Points in pixels from the middle of the frame, or of the picture at the frame's scale."""

    x: Floats
    y: Floats


class Lens:
    """One picture with its depth, seen through a frame of a given width and height."""

    def __init__(
        self, picture: Picture, depth: Floats, size: tuple[int, int], focus: tuple[float, float]
    ) -> None:
        self._picture, self._depth = picture, depth
        self._width, self._height = size
        # One ring of points lies outside the frame, or scaling up would smear its border.
        x, y = ((np.arange(math.ceil(side / STEP) + 2) - 0.5) * STEP - side / 2 for side in size)
        self.grid = Grid(*(axis.astype(np.float32) for axis in np.meshgrid(x, y)))
        sides = (np.s_[:1], np.s_[-1:], np.s_[:, :1], np.s_[:, -1:])
        self._rim = Grid(
            *(
                np.concatenate([axis[side].reshape(1, -1) for side in sides], axis=1)
                for axis in (self.grid.x, self.grid.y)
            )
        )
        here = Grid(
            *(np.full((1, 1), at, np.float32) for at in (focus[0] * size[0], focus[1] * size[1]))
        )
        # What is as near as the focus stands still while the camera goes around it.
        self._pivot_depth = float(np.clip(self.depth_at(here)[0, 0], 0.35, 0.65))

    def kept_inside(self, path: list[Pose], margin: float) -> list[Pose]:
        """Zoom a path in just so far that no frame of it looks past the picture's border.

        The margin, in pixels of the frame, is what ripples may add.
        """
        spare = 1 - 2 * (margin + 0.5) / min(self._width, self._height)
        for _ in range(8):
            excess = max(self._farthest(self._traced(self._rim, pose)) for pose in path)
            if excess <= spare:
                break
            path = widened(path, 1.002 * excess / spare)
        return path

    def trace(self, pose: Pose) -> Grid:
        """Where in the picture each point of the grid comes from."""
        return self._traced(self.grid, pose)

    def _traced(self, points: Grid, pose: Pose) -> Grid:
        aim = self._turned(points, pose)
        if pose.sideways == pose.upright == pose.approach == 0:
            return aim
        found = aim
        # The depth that shifts a point is the depth where it ends up: a fixed point, soon reached.
        for _ in range(3):
            near = self.depth_at(found) - self._pivot_depth
            grown = 1 / (1 + pose.approach * _DEEPENING * near)
            x = aim.x * grown + pose.sideways * self._width * near
            y = aim.y * grown + pose.upright * self._height * near
            found = Grid(x.astype(np.float32), y.astype(np.float32))
        return found

    def expose(self, found: Grid) -> Picture:
        """Bring the traced points of the picture into a frame."""
        rows, columns = self._picture.shape[:2]
        x = self._every_pixel(found.x * (columns / self._width) + (columns - 1) / 2)
        y = self._every_pixel(found.y * (rows / self._height) + (rows - 1) / 2)
        how, edge = cv2.INTER_LINEAR, cv2.BORDER_REFLECT_101
        return np.asarray(cv2.remap(self._picture, x, y, how, borderMode=edge), np.uint8)

    def depth_at(self, points: Grid) -> Floats:
        """How near the picture is at these points, from 0 to 1."""
        rows, columns = self._depth.shape
        x = points.x * (columns / self._width) + (columns - 1) / 2
        y = points.y * (rows / self._height) + (rows - 1) / 2
        how, edge = cv2.INTER_LINEAR, cv2.BORDER_REPLICATE
        return np.asarray(cv2.remap(self._depth, x, y, how, borderMode=edge), np.float32)

    def _turned(self, points: Grid, pose: Pose) -> Grid:
        cosine = np.float32(math.cos(pose.roll) / pose.zoom)
        sine = np.float32(math.sin(pose.roll) / pose.zoom)
        return Grid(
            cosine * points.x - sine * points.y + np.float32(pose.x * self._width),
            sine * points.x + cosine * points.y + np.float32(pose.y * self._height),
        )

    def _farthest(self, found: Grid) -> float:
        """The outermost point, where 1 is the picture's border."""
        x = np.abs(found.x).max() / (self._width / 2)
        y = np.abs(found.y).max() / (self._height / 2)
        return float(max(x, y))

    def _every_pixel(self, points: Floats) -> Floats:
        rows, columns = points.shape
        size = columns * STEP, rows * STEP
        whole = cv2.resize(points, size, interpolation=cv2.INTER_LINEAR)
        return whole[STEP : STEP + self._height, STEP : STEP + self._width].astype(
            np.float32, copy=False
        )
