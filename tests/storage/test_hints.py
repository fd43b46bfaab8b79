"""What a webhook says: look now, and perhaps which task; never more, however it comes."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from storage import jobs
from storage.errors import StaleFence
from storage.jobs import Job, JobState
from tests.storage.examples import LEASE, NOW, in_state, seconds

TASK: dict[str, str | int] = {"id": "t-1", "attempt": 2}
OTHER: dict[str, str | int] = {"id": "t-2"}
UNCERTAIN = [JobState.SUBMITTING, JobState.UNKNOWN]


def asleep(conn: sa.Connection, state: JobState) -> Job:
    """Make a job that is to be visited in a minute."""
    return jobs.update(conn, in_state(conn, state), now=NOW, due_at=NOW + seconds(60))


@pytest.mark.parametrize("state", [*UNCERTAIN, JobState.RUNNING])
def test_a_job_at_its_provider_is_due_now(conn: sa.Connection, state: JobState) -> None:
    asleep(conn, state)

    assert jobs.hint(conn, "1", task=None, now=NOW + seconds(1))

    job = jobs.get(conn, "1")
    assert (job.due_at, job.hint, job.state) == (NOW + seconds(1), None, state)


def test_a_job_that_waits_for_nothing_is_due_now(conn: sa.Connection) -> None:
    jobs.update(conn, in_state(conn, JobState.UNKNOWN), now=NOW, due_at=None)

    assert jobs.hint(conn, "1", task=None, now=NOW)

    assert jobs.next_due(conn) == NOW


@pytest.mark.parametrize("state", UNCERTAIN)
def test_the_task_of_an_uncertain_submit_is_kept_as_a_hint(
    conn: sa.Connection, state: JobState
) -> None:
    asleep(conn, state)

    assert jobs.hint(conn, "1", task=TASK, now=NOW)

    job = jobs.get(conn, "1")
    assert (job.due_at, job.hint, job.task) == (NOW, TASK, None)


def test_a_task_that_is_known_is_not_doubted(conn: sa.Connection) -> None:
    running = jobs.update(
        conn, in_state(conn, JobState.RUNNING), now=NOW, due_at=NOW + seconds(60), task=TASK
    )

    assert jobs.hint(conn, running.id, task=OTHER, now=NOW)

    job = jobs.get(conn, running.id)
    assert (job.due_at, job.hint, job.task) == (NOW, None, TASK)


def test_a_task_named_of_a_job_under_review_is_to_be_looked_at_now(conn: sa.Connection) -> None:
    reviewed = in_state(conn, JobState.NEEDS_REVIEW)

    assert not jobs.hint(conn, reviewed.id, task=None, now=NOW)
    assert jobs.hint(conn, reviewed.id, task=TASK, now=NOW)

    job = jobs.get(conn, reviewed.id)
    assert (job.state, job.hint, job.due_at) == (JobState.NEEDS_REVIEW, TASK, NOW)


@pytest.mark.parametrize(
    "state",
    [
        JobState.QUEUED,
        JobState.FETCHED,
        JobState.DELIVERED,
        JobState.FAILED,
        JobState.CANCELLED,
    ],
)
def test_a_late_webhook_changes_nothing(conn: sa.Connection, state: JobState) -> None:
    asleep(conn, state)
    before = jobs.get(conn, "1")

    assert not jobs.hint(conn, "1", task=TASK, now=NOW)

    assert jobs.get(conn, "1") == before


def test_a_webhook_about_no_job_of_ours_changes_nothing(conn: sa.Connection) -> None:
    assert not jobs.hint(conn, "nosuch", task=TASK, now=NOW)


@pytest.mark.parametrize("state", [*UNCERTAIN, JobState.RUNNING, JobState.NEEDS_REVIEW])
@pytest.mark.parametrize("again", [TASK, OTHER, None])
def test_a_second_webhook_changes_nothing(
    conn: sa.Connection, state: JobState, again: dict[str, str | int] | None
) -> None:
    asleep(conn, state)
    jobs.hint(conn, "1", task=TASK, now=NOW)
    before = jobs.get(conn, "1")

    assert not jobs.hint(conn, "1", task=again, now=NOW + seconds(5))

    assert jobs.get(conn, "1") == before


def test_a_webhook_that_names_the_task_after_one_that_did_not_still_tells(
    conn: sa.Connection,
) -> None:
    asleep(conn, JobState.UNKNOWN)
    jobs.hint(conn, "1", task=None, now=NOW)

    assert jobs.hint(conn, "1", task=TASK, now=NOW + seconds(5))

    job = jobs.get(conn, "1")
    assert (job.hint, job.due_at) == (TASK, NOW)


def test_a_webhook_never_makes_a_job_wait_longer(conn: sa.Connection) -> None:
    asleep(conn, JobState.RUNNING)

    assert not jobs.hint(conn, "1", task=None, now=NOW + seconds(61))

    assert jobs.next_due(conn) == NOW + seconds(60)


def test_a_webhook_during_a_visit_makes_the_job_due_when_the_visit_ends(
    conn: sa.Connection,
) -> None:
    submitting = in_state(conn, JobState.SUBMITTING)

    assert jobs.hint(conn, submitting.id, task=TASK, now=NOW)
    assert not jobs.hint(conn, submitting.id, task=TASK, now=NOW)
    running = jobs.update(
        conn,
        submitting,
        now=NOW + seconds(1),
        state=JobState.RUNNING,
        task=OTHER,
        due_at=NOW + seconds(60),
    )

    assert (running.due_at, running.task) == (NOW + seconds(1), OTHER)


@pytest.mark.parametrize("state", UNCERTAIN)
def test_a_job_whose_task_was_named_meanwhile_is_not_queued_again(
    conn: sa.Connection, state: JobState
) -> None:
    visit = in_state(conn, state)
    jobs.hint(conn, visit.id, task=TASK, now=NOW)

    with pytest.raises(StaleFence):
        jobs.update(conn, visit, now=NOW, state=JobState.QUEUED, due_at=NOW)

    [again] = jobs.claim_due(conn, now=NOW + LEASE, lease=LEASE, limit=1)
    assert (again.state, again.hint) == (state, TASK)


def test_a_job_whose_task_was_named_meanwhile_is_not_given_up(conn: sa.Connection) -> None:
    visit = in_state(conn, JobState.UNKNOWN)
    jobs.hint(conn, visit.id, task=TASK, now=NOW)

    with pytest.raises(StaleFence):
        jobs.finish(conn, visit, JobState.NEEDS_REVIEW, now=NOW, paid_credits=0, due_at=None)


def test_a_visit_that_has_seen_the_hint_decides_freely(conn: sa.Connection) -> None:
    asleep(conn, JobState.UNKNOWN)
    jobs.hint(conn, "1", task=TASK, now=NOW)
    [visit] = jobs.claim_due(conn, now=NOW, lease=LEASE, limit=1)

    queued = jobs.update(conn, visit, now=NOW, state=JobState.QUEUED, due_at=NOW)

    assert (queued.state, queued.hint) == (JobState.QUEUED, TASK)


def test_the_last_visit_of_a_job_under_review_is_not_held_up(conn: sa.Connection) -> None:
    reviewed = in_state(conn, JobState.NEEDS_REVIEW)
    jobs.hint(conn, reviewed.id, task=TASK, now=NOW)

    assert jobs.update(conn, reviewed, now=NOW, due_at=None, status_id=5).status_id == 5
