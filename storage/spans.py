"""One month on a guild's calendar: which days, and from which moment to which."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import sqlalchemy as sa

from storage import guilds, periods
from storage.periods import Period


@dataclass(frozen=True, kw_only=True)
class Span:
    """A month's days, and its moments by the guild's time zone."""

    first: date
    last: date
    timezone: str
    begins_at: datetime
    """In UTC, as is its end."""
    ends_at: datetime
    today: date
    """On the same calendar; it may be of another month."""

    @property
    def days(self) -> tuple[date, ...]:
        """Every day of it."""
        return tuple(
            self.first + timedelta(days=number)
            for number in range((self.last - self.first).days + 1)
        )


def month_of(conn: sa.Connection, guild_id: int, month: date | None, *, now: datetime) -> Span:
    """The month a day is in, by the calendar the guild has now; this month for None."""
    timezone = guilds.settings(conn, guild_id).timezone
    today = periods.day_of(now, timezone)
    first = periods.start_of(Period.MONTH, month or today)
    after = (first + timedelta(days=31)).replace(day=1)
    return Span(
        first=first,
        last=after - timedelta(days=1),
        timezone=timezone,
        begins_at=_midnight(first, timezone),
        ends_at=_midnight(after, timezone),
        today=today,
    )


def _midnight(day: date, timezone: str) -> datetime:
    return datetime.combine(day, time(), periods.zone(timezone)).astimezone(UTC)
