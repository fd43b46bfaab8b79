"""The time, passed in wherever it matters so that tests can choose it."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

Clock: TypeAlias = Callable[[], datetime]

CATCHING_UP = 0.05
"""The part of the time that passes by which a clock that is off is put right."""
HOPELESSLY_OFF = timedelta(days=1)


def utc_now() -> datetime:
    """The aware time of now."""
    return datetime.now(UTC)


def seconds_since_boot() -> float:
    """The seconds that have passed, those asleep included, whatever the machine's clock is set to.

    Where the system cannot tell those asleep, they are left out.
    """
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class SmoothClock:
    """The machine's time without its jumps: no hour is skipped, and none comes twice.

    A deadline must neither pass nor move away because somebody set the clock. An hour's jump is
    caught up with in twenty. A clock that is off by days was never right, and is followed at once.
    """

    def __init__(
        self, wall: Clock = utc_now, steady_seconds: Callable[[], float] = seconds_since_boot
    ) -> None:
        self._wall = wall
        self._steady_seconds = steady_seconds
        self._told = wall()
        self._told_at = steady_seconds()

    def __call__(self) -> datetime:
        """The aware time of now."""
        wall, at = self._wall(), self._steady_seconds()
        passed = timedelta(seconds=at - self._told_at)
        expected = self._told + passed
        behind = wall - expected
        if abs(behind) < HOPELESSLY_OFF:
            most = passed * CATCHING_UP
            behind = max(-most, min(most, behind))
        self._told, self._told_at = expected + behind, at
        return self._told
