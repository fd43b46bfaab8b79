"""Bends a picture a little: wind moves what is near, waves the lower part."""

from __future__ import annotations

import numpy as np

from providers.local.depth import Floats
from providers.local.lens import Grid
from providers.local.prompt import Ambience

_WIND, _WAVES = 2.6, 3.2
"""How far each bends a frame 1280 pixels wide."""


class Ripples:
    """The bends that a prompt's ambience asks for, at any moment."""

    def __init__(
        self, ambience: frozenset[Ambience], grid: Grid, nearness: Floats, phase: float
    ) -> None:
        self._scale = float(np.ptp(grid.x)) / 1280
        self._x, self._y, self._phase = grid.x / self._scale, grid.y / self._scale, phase
        self._windy = self._wet = np.float32(0)
        if Ambience.WIND in ambience:
            self._windy = np.clip(1.2 * nearness, 0, 1) * np.float32(_WIND * self._scale)
        if Ambience.WATER in ambience:
            down = (grid.y - grid.y.min()) / np.ptp(grid.y)
            self._wet = np.clip((down - 0.55) / 0.15, 0, 1) * np.float32(_WAVES * self._scale)

    @property
    def margin(self) -> float:
        """The farthest any point moves, in pixels."""
        return 1.5 * float(np.max(self._windy)) + float(np.max(self._wet))

    def bend(self, found: Grid, seconds: float) -> Grid:
        """Shift traced points by what wind and waves do now."""
        if self.margin == 0:
            return found
        x, y, now = self._x, self._y, seconds
        swell = np.sin(0.09 * y - 3.2 * now + 2 * np.sin(0.012 * x + self._phase))
        chop = np.sin(0.16 * y + 0.01 * x - 4.1 * now + self._phase)
        gust = np.sin(0.012 * x + 0.02 * y + 2.2 * now + self._phase)
        flutter = np.sin(0.031 * x - 0.013 * y + 3.7 * now)
        bob = np.sin(0.021 * x + 2.9 * now + self._phase)
        return Grid(
            found.x + self._windy * (gust + 0.5 * flutter) + self._wet * swell,
            found.y + self._windy * (0.35 * bob) + self._wet * (0.7 * chop),
        )
