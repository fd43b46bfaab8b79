"""The line before a provider: in order of arrival, a few at a time."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from storage import jobs
from storage.errors import StaleFence
from storage.jobs import Job, JobState
from tests.storage.examples import LEASE, NOW, claimed, new_job, seconds


def in_line(conn: sa.Connection, interaction_id: int, provider: str = "local") -> Job:
    """Make a job with its status message posted, and keep it claimed."""
    job = claimed(conn, interaction_id, provider=provider)
    return jobs.update(conn, job, now=NOW, due_at=NOW, status_id=interaction_id, keep_lease=True)


def begin(conn: sa.Connection, job: Job, max_running: int = 1) -> Job | int:
    return jobs.begin_submit(conn, job, max_running=max_running, now=NOW + seconds(1))


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
