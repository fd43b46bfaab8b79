"""A clock that can be set ahead, and the ids Discord makes of the time."""

from datetime import UTC, datetime, timedelta

from bot.clock import Clock, utc_now

EPOCH = datetime(2015, 1, 1, tzinfo=UTC)


class AdjustableClock:
    """Real time plus whatever a test lets pass."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def __call__(self) -> datetime:
        """Tell the time."""
        return utc_now() + self._ahead

    def advance(self, seconds: float) -> None:
        """Let time pass at once."""
        self._ahead += timedelta(seconds=seconds)


class Snowflakes:
    """Hands out ids that grow and tell when they were made."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0

    def __call__(self) -> int:
        """Make the next id."""
        milliseconds = (self._clock() - EPOCH) // timedelta(milliseconds=1)
        self._last = max(self._last + 1, milliseconds << 22)
        return self._last


def created_at(snowflake: int) -> datetime:
    """Tell when an id was made."""
    return EPOCH + timedelta(milliseconds=snowflake >> 22)
