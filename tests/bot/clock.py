"""A clock that stands still until a test moves it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class StillClock:
    """Called for the time; every step between two calls is a test's own."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        """The time of now."""
        return self.now

    def advance(self, span: timedelta) -> None:
        """Let time pass."""
        self.now += span
