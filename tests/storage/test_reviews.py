"""Which jobs a person must look for in the provider's own records."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from storage import jobs, reviews
from storage.jobs import JobState, job_id
from storage.reviews import Review
from tests.storage.examples import in_state, plan, seconds

MIDNIGHT = datetime(2026, 5, 5, tzinfo=UTC)
DAY = timedelta(days=1)


def given_up_on(conn: sa.Connection, number: int, at: datetime) -> None:
    job = in_state(conn, JobState.UNKNOWN, number, provider="runway", model="gen4.5")
    jobs.finish(conn, job, JobState.NEEDS_REVIEW, now=at, paid_credits=0, due_at=None)


def test_the_jobs_given_up_on_these_days_are_listed_in_order(conn: sa.Connection) -> None:
    given_up_on(conn, 1, MIDNIGHT - seconds(0.000001))
    given_up_on(conn, 2, MIDNIGHT + seconds(60))
    given_up_on(conn, 3, MIDNIGHT)
    given_up_on(conn, 4, MIDNIGHT + DAY)

    found = reviews.given_up(conn, since=MIDNIGHT, until=MIDNIGHT + DAY)

    assert [review.job_id for review in found] == [job_id(3), job_id(2)]
    assert found[0] == Review(
        job_id=job_id(3), provider="runway", model="gen4.5", price_credits=8, ended_at=MIDNIGHT
    )


def test_jobs_that_ended_otherwise_are_not_listed(conn: sa.Connection) -> None:
    for number, state in enumerate(JobState, 1):
        if state is not JobState.NEEDS_REVIEW:
            in_state(conn, state, number, price_credits=1)

    everything = {"since": MIDNIGHT - 99 * DAY, "until": MIDNIGHT + 99 * DAY}
    assert reviews.given_up(conn, **everything) == []


def test_only_the_jobs_that_ended_in_these_days_are_searched(conn: sa.Connection) -> None:
    looked_at = plan(
        conn, lambda conn: reviews.given_up(conn, since=MIDNIGHT, until=MIDNIGHT + DAY)
    )

    expected = "SEARCH job USING INDEX job_finished (finished_at>? AND finished_at<?)"
    assert looked_at[0] == expected
