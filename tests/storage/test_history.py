"""How long clips took here, and how many are being made."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest
import sqlalchemy as sa

from storage import history, jobs, line
from storage.jobs import JobState
from tests.storage.examples import NOW, in_state, plan, seconds


class Deliveries:
    """Jobs delivered one after the other, an hour apart."""

    def __init__(self, conn: sa.Connection) -> None:
        self._conn = conn
        self._numbers = count(1)

    def add(self, *took: float, **changes: Any) -> None:
        for each in took:
            number = next(self._numbers)
            start = NOW + seconds(3600 * number)
            job = in_state(self._conn, JobState.FETCHED, number, **{"price_credits": 0, **changes})
            job = jobs.update(
                self._conn, job, now=start, due_at=None, started_at=start, keep_lease=True
            )
            jobs.finish(
                self._conn,
                job,
                JobState.DELIVERED,
                now=start + seconds(each),
                paid_credits=0,
                due_at=None,
            )


@pytest.fixture
def deliveries(conn: sa.Connection) -> Deliveries:
    return Deliveries(conn)


def typical(conn: sa.Connection, length: int = 5) -> float | None:
    return history.typical_seconds(conn, "local", "depth", length)


def test_two_clips_are_too_few_to_tell(conn: sa.Connection, deliveries: Deliveries) -> None:
    assert typical(conn) is None

    deliveries.add(10, 20)

    assert typical(conn) is None


def test_the_median_of_three_clips_is_typical(conn: sa.Connection, deliveries: Deliveries) -> None:
    deliveries.add(10.5, 3000, 20.25)

    assert typical(conn) == 20.25


def test_clips_of_the_same_length_count_alone_where_there_are_three(
    conn: sa.Connection, deliveries: Deliveries
) -> None:
    deliveries.add(10, 20, 30, seconds=5)
    deliveries.add(100, 200, 300, 400, seconds=10)

    assert typical(conn, 5) == 20
    assert typical(conn, 10) == 250
    assert typical(conn, 8) == 100


def test_clips_of_every_length_count_where_two_are_of_the_same(
    conn: sa.Connection, deliveries: Deliveries
) -> None:
    deliveries.add(10, 20, seconds=5)
    deliveries.add(100, seconds=10)

    assert typical(conn, 5) == 20


def test_only_the_last_twenty_clips_count(conn: sa.Connection, deliveries: Deliveries) -> None:
    deliveries.add(*[1000] * 30)
    deliveries.add(*[10] * 10, *[20] * 10)

    assert typical(conn) == 15


def test_every_guild_counts_and_other_models_do_not(
    conn: sa.Connection, deliveries: Deliveries
) -> None:
    deliveries.add(10, 20, guild_id=11)
    deliveries.add(30, guild_id=12)
    deliveries.add(900, 900, 900, provider="elsewhere")
    deliveries.add(900, 900, 900, model="another")

    assert typical(conn) == 20


def test_jobs_that_were_not_delivered_do_not_count(
    conn: sa.Connection, deliveries: Deliveries
) -> None:
    deliveries.add(10, 20)
    for number, state in enumerate(JobState, 100):
        if state is not JobState.DELIVERED:
            in_state(conn, state, number, price_credits=0)

    assert typical(conn) is None


def test_looking_back_costs_the_same_after_a_million_jobs(conn: sa.Connection) -> None:
    assert plan(conn, typical) == ["SEARCH job USING INDEX job_delivered (provider=? AND model=?)"]


def test_the_jobs_at_a_provider_are_counted_among_the_open_ones(conn: sa.Connection) -> None:
    in_state(conn, JobState.RUNNING, 1)
    in_state(conn, JobState.QUEUED, 2)

    assert line.running(conn, "local") == 1
