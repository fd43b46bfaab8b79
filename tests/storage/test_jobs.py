"""Jobs: made with their hold, changed only by who holds the claim, finished with the money."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from storage import jobs
from storage.errors import JobNotFound, NotEnoughCredits, StaleFence
from storage.job import NEXT_STATES
from storage.jobs import JobState
from tests.storage.examples import (
    GUILD,
    LEASE,
    MEMBER,
    NOW,
    claimed,
    credits,
    in_state,
    new_job,
    seconds,
)


def test_a_prompt_does_not_show_when_a_job_is_logged(conn: sa.Connection) -> None:
    new = new_job(prompt="a secret wish", negative_prompt="a secret fear")

    logged = repr(jobs.create(conn, new, now=NOW))

    assert "a secret wish" not in logged
    assert "a secret fear" not in logged


def test_a_job_keeps_every_option_it_was_ordered_with(conn: sa.Connection) -> None:
    options: dict[str, Any] = {
        "last_frame": "1-last.jpg",
        "audio": "1.wav",
        "negative_prompt": "people",
        "resolution": "1080p",
        "sound": True,
    }

    job = jobs.create(conn, new_job(**options), now=NOW)

    assert {name: getattr(job, name) for name in options} == options


def test_a_job_may_have_no_picture_and_no_shape(conn: sa.Connection) -> None:
    job = jobs.create(conn, new_job(picture=None, shape=None), now=NOW)

    assert (job.picture, job.shape) == (None, None)


@pytest.mark.parametrize(
    ("interaction_id", "name"),
    [(0, "0"), (31, "z"), (32, "10"), (2**63 - 1, "7zzzzzzzzzzzz")],
)
def test_a_job_is_named_after_its_interaction(interaction_id: int, name: str) -> None:
    assert jobs.job_id(interaction_id) == name


def test_a_new_job_is_queued_with_its_price_held(conn: sa.Connection) -> None:
    new = new_job(thread_id=44)

    job = jobs.create(conn, new, now=NOW)

    assert {name: getattr(job, name) for name in vars(new)} == vars(new)
    assert (job.id, job.state, job.created_at) == ("1", JobState.QUEUED, NOW)
    assert (job.fence, job.visits, job.lease_until) == (0, 0, None)
    assert (job.task, job.hint, job.not_before) == (None, None, None)
    assert not job.cancel_requested
    assert credits(conn) == (100, 8)
    assert jobs.get(conn, "1") == job


def test_the_same_interaction_again_finds_the_first_job_and_holds_nothing(
    conn: sa.Connection,
) -> None:
    first = jobs.create(conn, new_job(), now=NOW)

    again = jobs.create(conn, new_job(prompt="another", price_credits=99), now=NOW)

    assert again == first
    assert credits(conn) == (100, 8)


def test_a_job_too_dear_is_not_made(conn: sa.Connection) -> None:
    with pytest.raises(NotEnoughCredits):
        jobs.create(conn, new_job(price_credits=101), now=NOW)

    with pytest.raises(JobNotFound) as missing:
        jobs.get(conn, "1")
    assert missing.value.job_id == "1"


def test_a_members_jobs_come_newest_first(conn: sa.Connection) -> None:
    jobs.create(conn, new_job(1), now=NOW)
    jobs.create(conn, new_job(2), now=NOW + seconds(1))
    jobs.create(conn, new_job(3), now=NOW + seconds(2))
    jobs.create(conn, new_job(4, member_id=23), now=NOW)
    jobs.create(conn, new_job(5, guild_id=12), now=NOW)

    assert [job.id for job in jobs.of_member(conn, GUILD, MEMBER, limit=2)] == ["3", "2"]


def test_a_visit_writes_what_it_found_and_gives_the_row_back(conn: sa.Connection) -> None:
    job = claimed(conn)

    written = jobs.update(
        conn,
        job,
        now=NOW,
        due_at=NOW + seconds(5),
        thread_id=1,
        status_id=2,
        task={"id": "t", "attempt": 1},
        progress=0.5,
    )

    assert written == jobs.get(conn, job.id)
    assert (written.thread_id, written.status_id) == (1, 2)
    assert written.task == {"id": "t", "attempt": 1}
    assert written.progress == 0.5
    assert (written.due_at, written.lease_until) == (NOW + seconds(5), None)


def test_a_write_that_changes_nothing_leaves_the_row_as_it_was(conn: sa.Connection) -> None:
    job = claimed(conn)

    assert jobs.update(conn, job, now=NOW, due_at=None, keep_lease=True) == job


def test_a_write_in_the_middle_of_a_visit_keeps_the_row(conn: sa.Connection) -> None:
    job = claimed(conn)

    written = jobs.update(
        conn, job, now=NOW, state=JobState.SUBMITTING, due_at=None, keep_lease=True
    )

    assert (written.due_at, written.lease_until) == (NOW, NOW + LEASE)
    later = jobs.update(conn, written, now=NOW, due_at=NOW + seconds(9), keep_lease=True)
    assert (later.due_at, later.lease_until) == (NOW + seconds(9), NOW + LEASE)


def test_who_lost_the_claim_writes_nothing(conn: sa.Connection) -> None:
    lost = claimed(conn)
    [held] = jobs.claim_due(conn, now=NOW + LEASE, lease=LEASE, limit=1)

    with pytest.raises(StaleFence) as stale:
        jobs.update(conn, lost, now=NOW, due_at=None, progress=0.9)

    assert stale.value.job_id == lost.id
    assert jobs.get(conn, lost.id) == held


def test_who_read_an_older_state_writes_nothing(conn: sa.Connection) -> None:
    queued = claimed(conn)
    jobs.update(conn, queued, now=NOW, state=JobState.SUBMITTING, due_at=NOW)

    with pytest.raises(StaleFence):
        jobs.update(conn, queued, now=NOW, due_at=None, progress=0.9)


@pytest.mark.parametrize(
    "changes", [{"fence": 9}, {"paid_credits": 0}, {"hint": {"id": "t"}}, {"nonsense": 1}]
)
def test_a_visit_changes_only_what_is_a_visits_to_change(
    conn: sa.Connection, changes: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match=next(iter(changes))):
        jobs.update(conn, claimed(conn), now=NOW, due_at=None, **changes)


@pytest.mark.parametrize("before", list(JobState))
@pytest.mark.parametrize("after", [state for state in JobState if not state.is_terminal])
def test_a_state_is_followed_only_by_the_states_it_may_lead_to(
    conn: sa.Connection, before: JobState, after: JobState
) -> None:
    job = in_state(conn, before)

    if after is before or after in NEXT_STATES.get(before, ()):
        assert jobs.update(conn, job, now=NOW, state=after, due_at=NOW).state is after
    else:
        with pytest.raises(ValueError, match=f"{before} cannot become {after}"):
            jobs.update(conn, job, now=NOW, state=after, due_at=NOW)


@pytest.mark.parametrize("ending", [state for state in JobState if state.is_terminal])
def test_an_update_never_ends_a_job(conn: sa.Connection, ending: JobState) -> None:
    with pytest.raises(ValueError, match="finish"):
        jobs.update(conn, claimed(conn), now=NOW, state=ending, due_at=None)


def test_a_job_over_can_still_be_visited_and_written(conn: sa.Connection) -> None:
    done = jobs.finish(
        conn, claimed(conn), JobState.FAILED, now=NOW, paid_credits=0, due_at=NOW + seconds(1)
    )

    [visit] = jobs.claim_due(conn, now=NOW + seconds(1), lease=LEASE, limit=1)

    assert visit.id == done.id
    assert jobs.update(conn, visit, now=NOW, due_at=None, status_id=5).status_id == 5


def test_asking_to_cancel_marks_the_job_and_makes_it_due(conn: sa.Connection) -> None:
    job = jobs.create(conn, new_job(due_at=NOW + seconds(60)), now=NOW)

    asked = jobs.request_cancel(conn, job.id, now=NOW + seconds(1))

    assert asked.cancel_requested
    assert asked.due_at == NOW + seconds(1)


def test_asking_to_cancel_a_job_that_is_over_changes_nothing(conn: sa.Connection) -> None:
    done = in_state(conn, JobState.FAILED)

    assert jobs.request_cancel(conn, done.id, now=NOW) == done


def test_asking_to_cancel_a_job_that_never_was_says_so(conn: sa.Connection) -> None:
    with pytest.raises(JobNotFound):
        jobs.request_cancel(conn, "nosuch", now=NOW)


def test_asking_to_cancel_during_a_visit_is_not_lost(conn: sa.Connection) -> None:
    job = claimed(conn)
    jobs.request_cancel(conn, job.id, now=NOW + seconds(1))

    written = jobs.update(conn, job, now=NOW + seconds(2), due_at=NOW + seconds(60))

    assert written.cancel_requested
    assert written.due_at == NOW + seconds(2)
