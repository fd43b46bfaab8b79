"""The spans of time a cap counts over: days, weeks and months of a guild's own time zone.

A day is kept as its date, so a counter means the same however the zone changes afterwards.
"""

from __future__ import annotations

import enum
from datetime import UTC, date, datetime, time, timedelta
from typing import assert_never
from zoneinfo import ZoneInfo

UTC_ZONE = "UTC"


class Period(enum.StrEnum):
    """What a cap counts over."""

    JOB = "job"
    """One job alone."""
    DAY = "day"
    WEEK = "week"
    """From Monday on."""
    MONTH = "month"


def zone(timezone: str) -> ZoneInfo:
    """A time zone by its IANA name. Raises ValueError for a name that is none."""
    try:
        return ZoneInfo(timezone)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"“{timezone}” is no time zone") from error


def day_of(moment: datetime, timezone: str) -> date:
    """The date on a calendar in that zone. Raises ValueError."""
    return moment.astimezone(zone(timezone)).date()


def start_of(period: Period, day: date) -> date:
    """The first day of the period a day is in; a job's is the day itself."""
    match period:
        case Period.JOB | Period.DAY:
            return day
        case Period.WEEK:
            return day - timedelta(days=day.weekday())
        case Period.MONTH:
            return day.replace(day=1)
        case _:
            assert_never(period)


def resets_at(period: Period, now: datetime, timezone: str) -> datetime | None:
    """The moment, in UTC, at which the next period begins; None for a job. Raises ValueError."""
    if period is Period.JOB:
        return None
    following = _next_start(period, day_of(now, timezone))
    # A midnight that the clocks leap over is the moment of the leap.
    return datetime.combine(following, time(), zone(timezone)).astimezone(UTC)


def _next_start(period: Period, day: date) -> date:
    start = start_of(period, day)
    match period:
        case Period.JOB | Period.DAY:
            return start + timedelta(days=1)
        case Period.WEEK:
            return start + timedelta(days=7)
        case Period.MONTH:
            return (start + timedelta(days=31)).replace(day=1)
        case _:
            assert_never(period)
