"""What members, the house and the providers' bills add up to, by day, provider and model."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from itertools import count

import pytest
import sqlalchemy as sa

from storage import jobs, reports
from storage.jobs import JobState
from storage.reports import DaySum
from tests.storage.examples import in_state, plan, seconds

MIDNIGHT = datetime(2026, 5, 5, tzinfo=UTC)
DAY = timedelta(days=1)
numbers = count(1)


def ended(
    conn: sa.Connection,
    at: datetime = MIDNIGHT,
    state: JobState = JobState.DELIVERED,
    *,
    paid: int = 0,
    loss: int = 0,
    billed: int | None = None,
    task: dict[str, str | int] | None = None,
    provider: str = "local",
    model: str = "depth",
) -> None:
    """Make a job that ended at a moment, with its money."""
    before = JobState.FETCHED if state is JobState.DELIVERED else JobState.UNKNOWN
    job = in_state(conn, before, next(numbers), provider=provider, model=model)
    job = jobs.update(conn, job, now=at, due_at=None, task=task, keep_lease=True)
    jobs.finish(
        conn,
        job,
        state,
        now=at,
        paid_credits=paid,
        house_loss_credits=loss,
        billed_microdollars=billed,
        due_at=None,
    )


def settled(
    conn: sa.Connection, since: datetime = MIDNIGHT - DAY, until: datetime = MIDNIGHT + DAY
) -> list[DaySum]:
    return reports.settled_by_day(conn, since=since, until=until)


def test_where_nothing_ended_there_is_nothing_to_add_up(conn: sa.Connection) -> None:
    in_state(conn, JobState.RUNNING)

    assert settled(conn) == []


def test_a_days_jobs_are_added_up(conn: sa.Connection) -> None:
    ended(conn, paid=6, billed=60_000, task={"id": "a"})
    ended(conn, paid=8, loss=2, billed=100_000, task={"id": "b"})
    ended(conn, state=JobState.FAILED, loss=3, billed=30_000, task={"id": "c"})
    ended(conn, state=JobState.CANCELLED, paid=1, task={"id": "d"})
    ended(conn, state=JobState.NEEDS_REVIEW)

    assert settled(conn) == [
        DaySum(
            day=date(2026, 5, 5),
            provider="local",
            model="depth",
            jobs=5,
            delivered=2,
            paid_credits=15,
            house_loss_credits=5,
            billed_microdollars=190_000,
            unbilled_jobs=1,
        )
    ]


def test_jobs_without_money_add_up_to_nothing(conn: sa.Connection) -> None:
    ended(conn, state=JobState.FAILED)

    [day] = settled(conn)

    assert (day.paid_credits, day.house_loss_credits, day.billed_microdollars) == (0, 0, 0)
    assert (day.delivered, day.unbilled_jobs) == (0, 0)


def test_a_bill_of_nothing_is_a_bill(conn: sa.Connection) -> None:
    ended(conn, billed=0, task={"id": "a"})

    assert [day.unbilled_jobs for day in settled(conn)] == [0]


def test_days_end_at_midnight_in_utc(conn: sa.Connection) -> None:
    ended(conn, MIDNIGHT - seconds(0.000001))
    ended(conn, MIDNIGHT)
    ended(conn, (MIDNIGHT + seconds(60)).astimezone(timezone(timedelta(hours=-8))))

    assert [(day.day, day.jobs) for day in settled(conn)] == [
        (date(2026, 5, 4), 1),
        (date(2026, 5, 5), 2),
    ]


def test_sums_are_ordered_by_day_provider_and_model(conn: sa.Connection) -> None:
    ended(conn, MIDNIGHT, provider="a", model="x")
    ended(conn, MIDNIGHT - DAY, provider="b", model="x")
    ended(conn, MIDNIGHT - DAY, provider="a", model="z")
    ended(conn, MIDNIGHT - DAY, provider="a", model="y")

    assert [(day.day.day, day.provider, day.model) for day in settled(conn)] == [
        (4, "a", "y"),
        (4, "a", "z"),
        (4, "b", "x"),
        (5, "a", "x"),
    ]


@pytest.mark.parametrize(
    ("moment", "is_counted"),
    [
        (MIDNIGHT - seconds(0.000001), False),
        (MIDNIGHT, True),
        (MIDNIGHT + DAY - seconds(0.000001), True),
        (MIDNIGHT + DAY, False),
    ],
)
def test_since_is_counted_and_until_is_not(
    conn: sa.Connection, moment: datetime, is_counted: bool
) -> None:
    ended(conn, moment)

    assert bool(settled(conn, MIDNIGHT, MIDNIGHT + DAY)) == is_counted


def test_a_report_searches_only_the_jobs_that_ended_in_its_days(conn: sa.Connection) -> None:
    assert plan(conn, settled)[:2] == [
        "SEARCH job USING INDEX job_finished (finished_at>? AND finished_at<?)",
        "SEARCH entry USING PRIMARY KEY (source=? AND phase=?) LEFT-JOIN",
    ]
