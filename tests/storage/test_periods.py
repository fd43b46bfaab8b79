"""Days, weeks and months by a guild's own calendar, wherever its clocks leap."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.periods import Period, day_of, resets_at, start_of, zone

ZONES = [
    "UTC",
    "Europe/Berlin",
    "America/Havana",
    "America/Los_Angeles",
    "America/Sao_Paulo",
    "Asia/Beirut",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Pacific/Kiritimati",
]
CALENDAR = [Period.DAY, Period.WEEK, Period.MONTH]


@pytest.mark.parametrize(
    ("period", "start"),
    [
        (Period.JOB, date(2026, 3, 1)),
        (Period.DAY, date(2026, 3, 1)),
        (Period.WEEK, date(2026, 2, 23)),
        (Period.MONTH, date(2026, 3, 1)),
    ],
)
def test_a_period_begins_on_its_first_day(period: Period, start: date) -> None:
    assert start_of(period, date(2026, 3, 1)) == start


@pytest.mark.parametrize(
    ("timezone", "day"),
    [("UTC", date(2026, 5, 31)), ("Asia/Tokyo", date(2026, 6, 1))],
)
def test_the_same_moment_is_another_day_elsewhere(timezone: str, day: date) -> None:
    assert day_of(datetime(2026, 5, 31, 20, tzinfo=UTC), timezone) == day


@pytest.mark.parametrize(
    ("timezone", "now", "reset"),
    [
        # Clocks go forward in March and back in October: neither month is a whole number of days.
        ("Europe/Berlin", (2026, 3, 15, 12), (2026, 3, 31, 22)),
        ("Europe/Berlin", (2026, 10, 15, 12), (2026, 10, 31, 23)),
        ("America/Los_Angeles", (2026, 6, 1, 3), (2026, 6, 1, 7)),
        ("Pacific/Kiritimati", (2026, 5, 31, 9), (2026, 5, 31, 10)),
    ],
)
def test_a_month_ends_at_local_midnight(
    timezone: str, now: tuple[int, ...], reset: tuple[int, ...]
) -> None:
    year, month, day, hour = now

    found = resets_at(Period.MONTH, datetime(year, month, day, hour, tzinfo=UTC), timezone)

    assert found == datetime(reset[0], reset[1], reset[2], reset[3], tzinfo=UTC)


def test_a_midnight_that_clocks_leap_over_is_the_moment_of_the_leap() -> None:
    # In Beirut, 2026-03-29 begins at one o'clock.
    found = resets_at(Period.DAY, datetime(2026, 3, 28, 12, tzinfo=UTC), "Asia/Beirut")

    assert found == datetime(2026, 3, 28, 22, tzinfo=UTC)
    assert day_of(found, "Asia/Beirut") == date(2026, 3, 29)


def test_the_cap_of_a_job_never_resets() -> None:
    assert resets_at(Period.JOB, datetime(2026, 5, 1, tzinfo=UTC), "UTC") is None


@given(
    period=st.sampled_from(CALENDAR),
    timezone=st.sampled_from(ZONES),
    # hypothesis wants bounds without a time zone.
    now=st.datetimes(datetime(2012, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
)
def test_the_next_period_begins_at_its_reset_and_not_a_moment_before(
    period: Period, timezone: str, now: datetime
) -> None:
    reset = resets_at(period, now, timezone)

    assert reset is not None
    assert reset > now
    today = start_of(period, day_of(now, timezone))
    assert start_of(period, day_of(reset - timedelta(microseconds=1), timezone)) == today
    assert start_of(period, day_of(reset, timezone)) > today


@pytest.mark.parametrize("timezone", ["", "Mars/Olympus", "../etc/passwd", "Europe", "utc\0"])
def test_what_names_no_time_zone_is_refused(timezone: str) -> None:
    with pytest.raises(ValueError, match="is no time zone"):
        zone(timezone)
