"""A job under review may go on, on the house; its hold was given back and stays so."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from storage import jobs, late, ledger, verdicts
from storage.errors import StaleFence
from storage.jobs import Job, JobState
from storage.schema import Phase
from storage.verdicts import Verdict
from tests.storage.examples import GUILD, LEASE, MEMBER, NOW, credits, in_state, seconds

TASK: dict[str, str | int] = {"id": "t-1"}


def losses(conn: sa.Connection) -> list[int]:
    rows = conn.exec_driver_sql("SELECT posted_change FROM entry WHERE phase = 'loss'")
    return [int(row.posted_change) for row in rows]


def settlements(conn: sa.Connection) -> int:
    entries = ledger.entries(conn, GUILD, MEMBER, limit=99)
    return sum(entry.phase is Phase.SETTLE for entry in entries)


def deliver(conn: sa.Connection, job: Job, *, loss: int = 4) -> Job:
    return late.finish(
        conn,
        job,
        JobState.DELIVERED,
        now=NOW + seconds(9),
        house_loss_credits=loss,
        billed_microdollars=40_000,
    )


def test_a_late_clip_is_the_houses_loss_and_the_members_credits_stay_as_they_are(
    conn: sa.Connection,
) -> None:
    done = deliver(conn, in_state(conn, JobState.LATE))

    assert (done.state, done.failure, done.paid_credits) == (JobState.DELIVERED, None, 0)
    assert (done.due_at, done.finished_at) == (NOW + seconds(9), NOW)
    assert done.billed_microdollars == 40_000
    assert credits(conn) == (100, 0)
    assert (settlements(conn), losses(conn)) == (1, [-4])
    assert ledger.check_books(conn) == []


def test_a_loss_that_is_booked_already_is_not_booked_again(conn: sa.Connection) -> None:
    job = in_state(conn, JobState.UNKNOWN)
    reviewed = jobs.finish(
        conn,
        job,
        JobState.NEEDS_REVIEW,
        now=NOW,
        paid_credits=0,
        house_loss_credits=3,
        due_at=None,
    )

    deliver(conn, late.resume(conn, reviewed, task=TASK, now=NOW))

    assert losses(conn) == [-3]
    assert ledger.check_books(conn) == []


def test_a_late_job_ends_once(conn: sa.Connection) -> None:
    job = in_state(conn, JobState.LATE)
    deliver(conn, job)

    with pytest.raises(StaleFence):
        deliver(conn, job)

    assert losses(conn) == [-4]


@pytest.mark.parametrize("state", [state for state in JobState if state is not JobState.LATE])
def test_only_a_late_job_ends_on_the_house(conn: sa.Connection, state: JobState) -> None:
    with pytest.raises(ValueError, match="does not end"):
        deliver(conn, in_state(conn, state))


@pytest.mark.parametrize("ending", [JobState.CANCELLED, JobState.NEEDS_REVIEW, JobState.RUNNING])
def test_a_late_job_ends_delivered_or_failed(conn: sa.Connection, ending: JobState) -> None:
    with pytest.raises(ValueError, match="does not end"):
        late.finish(conn, in_state(conn, JobState.LATE), ending, now=NOW, house_loss_credits=0)


@pytest.mark.parametrize("state", [state for state in JobState if state.is_terminal])
@pytest.mark.parametrize("ending", [state for state in JobState if state.is_terminal])
def test_a_settled_job_is_never_settled_again(
    conn: sa.Connection, state: JobState, ending: JobState
) -> None:
    job = in_state(conn, state)

    with pytest.raises(ValueError, match="does not end"):
        jobs.finish(conn, job, ending, now=NOW, paid_credits=8, due_at=None)

    assert credits(conn) == (100, 0)


@pytest.mark.parametrize(
    "state", [state for state in JobState if state not in (JobState.NEEDS_REVIEW, JobState.LATE)]
)
def test_no_job_but_one_under_review_comes_late(conn: sa.Connection, state: JobState) -> None:
    job = in_state(conn, state)

    with pytest.raises(ValueError, match="cannot become late"):
        late.resume(conn, job, task=TASK, now=NOW)


def test_a_task_nobody_knows_hands_the_job_back_and_the_verdict_falls(conn: sa.Connection) -> None:
    reviewed = in_state(conn, JobState.NEEDS_REVIEW)
    verdicts.decide(conn, reviewed.id, Verdict.RAN, moderator_id=7, task=TASK, now=NOW)

    reopened = late.reopen(conn, jobs.get(conn, reviewed.id), now=NOW + seconds(1))

    assert (reopened.state, reopened.task, reopened.hint) == (JobState.NEEDS_REVIEW, None, None)
    assert reopened.due_at == NOW + seconds(1)
    case = verdicts.of_job(conn, reviewed.id)
    assert case is not None
    assert (case.verdict, case.moderator_id, case.resumed_at, case.lost_tasks) == (
        None, None, None, 1
    )  # fmt: skip
    assert jobs.hint(conn, reviewed.id, task={"id": "another"}, now=NOW)


def test_a_webhook_during_the_last_visit_keeps_the_job_due(conn: sa.Connection) -> None:
    jobs.update(conn, in_state(conn, JobState.NEEDS_REVIEW), now=NOW, due_at=NOW)
    [visit] = jobs.claim_due(conn, now=NOW, lease=LEASE, limit=1)
    jobs.hint(conn, visit.id, task=TASK, now=NOW + seconds(1))

    given_back = jobs.update(conn, visit, now=NOW + seconds(2), due_at=None)

    assert given_back.due_at == NOW + seconds(2)


def test_a_visit_overtaken_by_a_moderator_writes_nothing(conn: sa.Connection) -> None:
    jobs.update(conn, in_state(conn, JobState.NEEDS_REVIEW), now=NOW, due_at=NOW)
    [visit] = jobs.claim_due(conn, now=NOW, lease=LEASE, limit=1)
    verdicts.decide(conn, visit.id, Verdict.RAN, moderator_id=7, task=TASK, now=NOW)

    with pytest.raises(StaleFence):
        jobs.update(conn, visit, now=NOW, due_at=None)

    assert jobs.get(conn, visit.id).state is JobState.LATE
