"""Finishing: a job ends together with its money, once."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from storage import jobs, ledger
from storage.errors import StaleFence
from storage.job import NEXT_STATES
from storage.jobs import JobState
from storage.schema import Phase
from tests.storage.examples import NOW, claimed, credits, in_state, seconds


@pytest.mark.parametrize("before", [state for state in JobState if not state.is_terminal])
@pytest.mark.parametrize("ending", [state for state in JobState if state.is_terminal])
def test_a_job_ends_only_where_its_state_may_lead(
    conn: sa.Connection, before: JobState, ending: JobState
) -> None:
    job = in_state(conn, before)

    if ending in NEXT_STATES[before]:
        finished = jobs.finish(conn, job, ending, now=NOW, paid_credits=0, due_at=None)
        assert finished.state is ending
        assert credits(conn) == (100, 0)
    else:
        with pytest.raises(ValueError, match=f"{before} cannot become {ending}"):
            jobs.finish(conn, job, ending, now=NOW, paid_credits=0, due_at=None)


def test_a_delivered_job_is_paid_and_over(conn: sa.Connection) -> None:
    job = in_state(conn, JobState.FETCHED)

    done = jobs.finish(
        conn,
        job,
        JobState.DELIVERED,
        now=NOW + seconds(3),
        paid_credits=6,
        billed_microdollars=60_000,
        due_at=None,
    )

    assert done == jobs.get(conn, job.id)
    assert (done.paid_credits, done.billed_microdollars) == (6, 60_000)
    assert (done.finished_at, done.due_at, done.lease_until) == (NOW + seconds(3), None, None)
    assert credits(conn) == (94, 0)
    assert ledger.check_books(conn) == []


def test_nobody_pays_more_than_the_quote(conn: sa.Connection) -> None:
    job = in_state(conn, JobState.FETCHED)

    done = jobs.finish(conn, job, JobState.DELIVERED, now=NOW, paid_credits=50, due_at=None)

    assert done.paid_credits == 8
    assert credits(conn) == (92, 0)


def test_a_clip_on_the_house_is_the_houses_loss(conn: sa.Connection) -> None:
    job = in_state(conn, JobState.FETCHED)

    jobs.finish(
        conn,
        job,
        JobState.DELIVERED,
        now=NOW,
        paid_credits=0,
        house_loss_credits=2,
        billed_microdollars=10_001,
        due_at=None,
    )

    assert credits(conn) == (100, 0)
    loss = conn.exec_driver_sql(
        "SELECT source, posted_change FROM entry WHERE phase = ?", (Phase.LOSS.value,)
    ).one()
    assert tuple(loss) == (job.id, -2)
    assert ledger.check_books(conn) == []


def test_a_bill_noted_during_the_job_stays_when_it_fails(conn: sa.Connection) -> None:
    job = claimed(conn)
    job = jobs.update(conn, job, now=NOW, due_at=NOW, billed_microdollars=20_000)

    failed = jobs.finish(
        conn, job, JobState.FAILED, now=NOW, paid_credits=0, failure="provider_fault", due_at=NOW
    )

    assert (failed.failure, failed.billed_microdollars) == ("provider_fault", 20_000)
    assert failed.due_at == NOW


def test_a_member_who_pays_leaves_the_house_no_loss(conn: sa.Connection) -> None:
    job = in_state(conn, JobState.RUNNING)

    jobs.finish(
        conn,
        job,
        JobState.CANCELLED,
        now=NOW,
        paid_credits=8,
        billed_microdollars=80_000,
        due_at=None,
    )

    assert credits(conn) == (92, 0)
    losses = conn.exec_driver_sql("SELECT count(*) FROM entry WHERE phase = 'loss'").scalar_one()
    assert losses == 0


def test_a_job_is_finished_once(conn: sa.Connection) -> None:
    job = claimed(conn)
    done = jobs.finish(conn, job, JobState.CANCELLED, now=NOW, paid_credits=0, due_at=None)

    with pytest.raises(StaleFence):
        jobs.finish(conn, job, JobState.FAILED, now=NOW, paid_credits=8, due_at=None)
    with pytest.raises(ValueError, match="cancelled"):
        jobs.finish(conn, done, JobState.CANCELLED, now=NOW, paid_credits=8, due_at=None)
    assert credits(conn) == (100, 0)


@pytest.mark.parametrize("state", [JobState.QUEUED, JobState.RUNNING])
def test_only_an_ending_finishes_a_job(conn: sa.Connection, state: JobState) -> None:
    with pytest.raises(ValueError, match="does not end"):
        jobs.finish(conn, claimed(conn), state, now=NOW, paid_credits=0, due_at=None)


def test_nobody_pays_less_than_nothing(conn: sa.Connection) -> None:
    with pytest.raises(ValueError, match="-1"):
        jobs.finish(conn, claimed(conn), JobState.FAILED, now=NOW, paid_credits=-1, due_at=None)
