"""When a job is visited, by whom, and how it is woken."""

from __future__ import annotations

import sqlalchemy as sa

from storage import jobs, visits
from storage.jobs import JobState
from tests.storage.examples import LEASE, NOW, claimed, in_state, new_job, plan, seconds


def claim_ids(conn: sa.Connection, *, after: float = 0, limit: int = 10) -> list[str]:
    claims = jobs.claim_due(conn, now=NOW + seconds(after), lease=LEASE, limit=limit)
    return [claim.id for claim in claims]


def test_due_jobs_are_claimed_oldest_first_up_to_the_limit(conn: sa.Connection) -> None:
    running = [in_state(conn, JobState.RUNNING, number) for number in (1, 2, 3, 4)]
    for job, due in zip(running, [0, -2, -1, 1], strict=True):
        jobs.update(conn, job, now=NOW, due_at=NOW + seconds(due))

    assert claim_ids(conn, limit=2) == ["2", "3"]
    assert claim_ids(conn) == ["1"]
    assert claim_ids(conn) == []


def test_the_limit_is_each_providers_own(conn: sa.Connection) -> None:
    for number, provider in enumerate(["busy", "busy", "busy", "quick", "quick"], start=1):
        jobs.create(conn, new_job(number, provider=provider), now=NOW)

    assert claim_ids(conn, limit=2) == ["1", "2", "4", "5"]


def test_visits_under_way_count_towards_their_providers_limit(conn: sa.Connection) -> None:
    for number, provider in enumerate(["busy", "busy", "full", "idle", "idle"], start=1):
        jobs.create(conn, new_job(number, provider=provider), now=NOW)

    claims = jobs.claim_due(
        conn, now=NOW, lease=LEASE, limit=2, visited={"busy": 1, "full": 2, "gone": 1}
    )

    assert [claim.id for claim in claims] == ["1", "4", "5"]


def test_the_next_due_moment_of_a_provider_without_a_free_visit_does_not_matter(
    conn: sa.Connection,
) -> None:
    claimed(conn, 1, provider="full")
    jobs.create(conn, new_job(2, provider="full"), now=NOW)
    jobs.create(conn, new_job(3, provider="idle", due_at=NOW + seconds(30)), now=NOW)

    assert jobs.next_due(conn) == NOW
    assert jobs.next_due(conn, but_for=["full"]) == NOW + seconds(30)
    assert jobs.next_due(conn, but_for=["full", "idle"]) is None


def test_a_claim_leases_the_job_and_raises_its_fence(conn: sa.Connection) -> None:
    claim = claimed(conn)

    assert (claim.lease_until, claim.fence, claim.visits) == (NOW + LEASE, 1, 1)


def test_a_leased_job_is_left_alone_until_the_lease_ends(conn: sa.Connection) -> None:
    claimed(conn)

    assert claim_ids(conn, after=LEASE.total_seconds() - 0.000001) == []
    assert claim_ids(conn, after=LEASE.total_seconds()) == ["1"]
    assert jobs.get(conn, "1").fence == 2


def test_a_parked_job_is_never_due(conn: sa.Connection) -> None:
    jobs.update(conn, claimed(conn), now=NOW, due_at=None)

    assert claim_ids(conn, after=10**6) == []
    assert jobs.next_due(conn) is None


def test_the_next_due_moment_is_the_earliest_a_job_can_be_claimed(conn: sa.Connection) -> None:
    assert jobs.next_due(conn) is None

    claimed(conn)
    assert jobs.next_due(conn) == NOW + LEASE

    jobs.create(conn, new_job(2, due_at=NOW + seconds(30)), now=NOW)
    assert jobs.next_due(conn) == NOW + seconds(30)


def test_a_job_kept_for_longer_than_its_lease_is_next_due_then(conn: sa.Connection) -> None:
    jobs.update(conn, claimed(conn), now=NOW, due_at=NOW + 2 * LEASE, keep_lease=True)

    assert jobs.next_due(conn) == NOW + 2 * LEASE


def test_waking_makes_a_job_due_now(conn: sa.Connection) -> None:
    jobs.create(conn, new_job(1, due_at=NOW + seconds(60)), now=NOW)
    jobs.update(conn, claimed(conn, 2), now=NOW, due_at=None)

    jobs.wake(conn, "1", now=NOW)
    jobs.wake(conn, "2", now=NOW + seconds(1))

    assert claim_ids(conn, after=1) == ["1", "2"]


def test_waking_never_makes_a_job_wait_longer(conn: sa.Connection) -> None:
    jobs.create(conn, new_job(due_at=NOW), now=NOW)

    jobs.wake(conn, "1", now=NOW + seconds(60))

    assert jobs.next_due(conn) == NOW


def test_waking_during_a_visit_makes_the_job_due_when_the_visit_ends(
    conn: sa.Connection,
) -> None:
    job = claimed(conn)
    jobs.wake(conn, job.id, now=NOW)
    assert claim_ids(conn) == []

    jobs.update(conn, job, now=NOW + seconds(3), due_at=None)

    assert jobs.next_due(conn) == NOW + seconds(3)
    [again] = jobs.claim_due(conn, now=NOW + seconds(3), lease=LEASE, limit=1)
    jobs.update(conn, again, now=NOW + seconds(3), due_at=NOW + seconds(60))
    assert jobs.next_due(conn) == NOW + seconds(60)


def test_a_job_that_is_over_is_not_woken(conn: sa.Connection) -> None:
    in_state(conn, JobState.FAILED)

    jobs.wake(conn, "1", now=NOW)
    jobs.wake(conn, "nosuch", now=NOW)

    assert jobs.next_due(conn) is None


def test_dropping_leases_makes_the_jobs_of_a_dead_process_due(conn: sa.Connection) -> None:
    claimed(conn)

    jobs.drop_leases(conn)

    assert claim_ids(conn) == ["1"]


def test_neither_claiming_nor_waiting_searches_the_jobs_that_are_over(conn: sa.Connection) -> None:
    in_state(conn, JobState.RUNNING)
    jobs.create(conn, new_job(2), now=NOW)

    steps = plan(conn, claim_ids) + plan(conn, jobs.next_due)

    assert [step for step in steps if step.startswith("SCAN job") and "INDEX" not in step] == []
    assert "SEARCH job USING INDEX job_due (provider=? AND due_at>? AND due_at<?)" in steps
    assert "SEARCH job USING INDEX job_unopened (provider=?)" in steps


def test_a_visit_that_could_write_nothing_leaves_the_job_due(conn: sa.Connection) -> None:
    visits.give_back(conn, claimed(conn))

    assert claim_ids(conn) == ["1"]
    assert jobs.get(conn, "1").fence == 2


def test_a_visit_that_was_overtaken_gives_nothing_back(conn: sa.Connection) -> None:
    overtaken = claimed(conn)
    assert claim_ids(conn, after=LEASE.total_seconds()) == ["1"]

    visits.give_back(conn, overtaken)

    assert claim_ids(conn, after=LEASE.total_seconds()) == []
