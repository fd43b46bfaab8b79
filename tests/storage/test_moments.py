"""Moments go in aware, come out in UTC, and keep their microseconds."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
import sqlalchemy as sa

from storage import jobs
from tests.storage.examples import NOW, new_job


def test_a_moment_comes_back_in_utc_to_the_microsecond(conn: sa.Connection) -> None:
    tokyo = datetime(2026, 5, 4, 21, 0, 0, 123457, tzinfo=timezone(timedelta(hours=9)))

    job = jobs.create(conn, new_job(due_at=tokyo), now=NOW)

    assert job.due_at == tokyo
    assert job.due_at is not None
    assert job.due_at.tzname() == "UTC"
    assert job.due_at.microsecond == 123457


def test_a_moment_without_a_time_zone_is_refused(conn: sa.Connection) -> None:
    with pytest.raises(ValueError, match="time zone"):
        jobs.create(conn, new_job(), now=datetime(2026, 5, 4))  # noqa: DTZ001 - to be refused
