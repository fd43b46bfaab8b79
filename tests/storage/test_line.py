"""The line before a provider: in order of arrival, a few at a time."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from storage import jobs, line
from storage.errors import StaleFence
from storage.jobs import Job, JobState
from storage.slots import NO_LIMITS, Limits
from tests.storage.examples import LEASE, NOW, claimed, in_state, new_job, seconds


def in_line(conn: sa.Connection, interaction_id: int, provider: str = "local") -> Job:
    """Make a job with its status message posted, and keep it claimed."""
    job = claimed(conn, interaction_id, provider=provider)
    return jobs.update(conn, job, now=NOW, due_at=NOW, status_id=interaction_id, keep_lease=True)


def begin(
    conn: sa.Connection, job: Job, max_running: int = 1, limits: Limits = NO_LIMITS
) -> Job | int:
    """Begin the submit, or say at which position the job stands."""
    begun = jobs.begin_submit(
        conn, job, max_running=max_running, now=NOW + seconds(1), limits=limits
    )
    return begun if isinstance(begun, Job) else begun.position


def test_the_first_in_line_begins_when_a_place_is_free(conn: sa.Connection) -> None:
    begun = begin(conn, in_line(conn, 1))

    assert isinstance(begun, Job)
    assert (begun.state, begun.started_at) == (JobState.SUBMITTING, NOW + seconds(1))
    assert begun.lease_until == NOW + LEASE


def test_a_job_waits_while_every_place_is_taken(conn: sa.Connection) -> None:
    first, second, third = in_line(conn, 1), in_line(conn, 2), in_line(conn, 3)
    begin(conn, first)

    assert begin(conn, second) == 1
    assert begin(conn, third) == 2
    assert isinstance(begin(conn, second, max_running=2), Job)


def test_nobody_overtakes(conn: sa.Connection) -> None:
    in_line(conn, 1)

    assert begin(conn, in_line(conn, 2), max_running=9) == 2


def test_of_two_that_came_at_once_one_is_first(conn: sa.Connection) -> None:
    first, second = in_line(conn, 1), in_line(conn, 2)

    assert begin(conn, second, max_running=9) == 2
    assert isinstance(begin(conn, first, max_running=9), Job)


def test_a_job_without_a_status_message_does_not_stand_in_the_way(conn: sa.Connection) -> None:
    claimed(conn, 1)

    assert isinstance(begin(conn, in_line(conn, 2)), Job)


def test_providers_have_lines_of_their_own(conn: sa.Connection) -> None:
    begin(conn, in_line(conn, 1, "local"))

    assert isinstance(begin(conn, in_line(conn, 2, "elsewhere")), Job)


@pytest.mark.parametrize(
    ("steps", "is_free"),
    [
        ((), False),
        ((JobState.RUNNING,), False),
        ((JobState.UNKNOWN,), False),
        ((JobState.RUNNING, JobState.FETCHED), True),
    ],
)
def test_a_place_is_free_again_once_the_provider_is_done(
    conn: sa.Connection, steps: tuple[JobState, ...], is_free: bool
) -> None:
    job = begin(conn, in_line(conn, 1))
    assert isinstance(job, Job)
    for state in steps:
        job = jobs.update(conn, job, now=NOW, state=state, due_at=None)

    assert isinstance(begin(conn, in_line(conn, 2)), Job) == is_free


def test_a_failed_job_leaves_its_place(conn: sa.Connection) -> None:
    job = begin(conn, in_line(conn, 1))
    assert isinstance(job, Job)
    jobs.finish(conn, job, JobState.FAILED, now=NOW, paid_credits=0, due_at=None)

    assert isinstance(begin(conn, in_line(conn, 2)), Job)


def test_who_lost_the_claim_does_not_begin(conn: sa.Connection) -> None:
    lost = in_line(conn, 1)
    jobs.claim_due(conn, now=NOW + LEASE, lease=LEASE, limit=1)

    with pytest.raises(StaleFence):
        begin(conn, lost)


def test_the_first_in_line_is_woken_and_nobody_else(conn: sa.Connection) -> None:
    for job in (in_line(conn, 1), in_line(conn, 2)):
        jobs.update(conn, job, now=NOW, due_at=NOW + seconds(60))
    jobs.create(conn, new_job(3, due_at=NOW + seconds(60)), now=NOW - seconds(60))

    jobs.wake_first_in_line(conn, "local", now=NOW)
    jobs.wake_first_in_line(conn, "elsewhere", now=NOW)

    claims = jobs.claim_due(conn, now=NOW, lease=LEASE, limit=9)
    assert [claim.id for claim in claims] == ["1"]


def asked_to_wait(conn: sa.Connection, interaction_id: int) -> Job:
    """Make a job, first in line, that the provider told to come back in 60 seconds."""
    later = NOW + seconds(60)
    return jobs.update(conn, in_line(conn, interaction_id), now=NOW, due_at=later, not_before=later)


def test_a_free_place_does_not_wake_a_job_the_provider_asked_to_wait(conn: sa.Connection) -> None:
    parked = asked_to_wait(conn, 1)

    jobs.wake_first_in_line(conn, "local", now=NOW + seconds(59.999999))

    assert jobs.get(conn, parked.id) == parked


def test_nobody_is_woken_in_place_of_a_job_asked_to_wait(conn: sa.Connection) -> None:
    asked_to_wait(conn, 1)
    second = jobs.update(conn, in_line(conn, 2), now=NOW, due_at=NOW + seconds(60))

    jobs.wake_first_in_line(conn, "local", now=NOW)

    assert jobs.get(conn, second.id) == second


def test_a_free_place_wakes_the_job_again_once_the_wait_is_over(conn: sa.Connection) -> None:
    parked = asked_to_wait(conn, 1)
    [visit] = jobs.claim_due(conn, now=NOW + seconds(60), lease=LEASE, limit=1)
    jobs.update(conn, visit, now=NOW + seconds(60), due_at=NOW + seconds(90))

    jobs.wake_first_in_line(conn, "local", now=NOW + seconds(60))

    assert jobs.get(conn, parked.id).due_at == NOW + seconds(60)


def test_a_job_asked_to_wait_can_be_cancelled_at_once(conn: sa.Connection) -> None:
    parked = asked_to_wait(conn, 1)

    asked = jobs.request_cancel(conn, parked.id, now=NOW + seconds(1))

    assert asked.due_at == NOW + seconds(1)


def test_the_jobs_at_a_provider_are_counted(conn: sa.Connection) -> None:
    for number, state in enumerate(JobState, 1):
        in_state(conn, state, number, price_credits=0)
    in_state(conn, JobState.RUNNING, 99, provider="elsewhere", price_credits=0)

    assert line.running(conn, "local") == 3
    assert line.running(conn, "elsewhere") == 1
    assert line.running(conn, "nowhere") == 0
