"""Turns: members begin one after the other, whatever each has in line."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from storage import jobs
from storage.jobs import Job, JobState
from storage.slots import Limits
from tests.benchmarks.crowded_line import (
    CLIP_SECONDS,
    FLOODER,
    NEWCOMER,
    NEWCOMER_AT,
    backlogged,
    flood,
    jain,
    ordinary,
    serve,
    shares,
)
from tests.storage.examples import LEASE, NOW, claimed, new_job, seconds

ALICE, BOB, CAROL = 1, 2, 3


def in_line(conn: sa.Connection, number: int, member: int, **changes: object) -> Job:
    """Make a job with its status message posted, and keep it claimed."""
    job = claimed(conn, number, member_id=member, price_credits=0, **changes)
    return jobs.update(conn, job, now=NOW, due_at=NOW, status_id=number, keep_lease=True)


def begin_all(conn: sa.Connection, *waiting: Job, limits: Limits | None = None) -> list[str]:
    """Let one after the other begin and end, and say in which order they did."""
    order: list[str] = []
    left = list(waiting)
    while left:
        for job in left:
            begun = jobs.begin_submit(conn, job, max_running=1, now=NOW, limits=limits or Limits())
            if isinstance(begun, Job):
                break
        else:
            break
        left.remove(job)
        order.append(job.id)
        jobs.finish(conn, begun, JobState.FAILED, now=NOW, paid_credits=0, due_at=None)
    return order


def turns(conn: sa.Connection) -> dict[str, int]:
    """The turns of those in line."""
    rows = conn.exec_driver_sql("SELECT id, turn FROM job WHERE state = 'queued' ORDER BY id")
    return {row.id: row.turn for row in rows}


def test_members_take_turns_however_many_jobs_each_has(conn: sa.Connection) -> None:
    alices = [in_line(conn, number, ALICE) for number in (1, 2, 3)]
    bobs = [in_line(conn, number, BOB) for number in (4, 5)]
    carols = [in_line(conn, 6, CAROL)]

    assert begin_all(conn, *alices, *bobs, *carols) == ["1", "4", "6", "2", "5", "3"]


def test_a_members_own_jobs_begin_in_the_order_they_came(conn: sa.Connection) -> None:
    waiting = [in_line(conn, number, ALICE) for number in (3, 1, 2)]

    assert begin_all(conn, *reversed(waiting)) == ["3", "1", "2"]


def test_a_newcomer_joins_the_round_that_is_on(conn: sa.Connection) -> None:
    alices = [in_line(conn, number, ALICE) for number in range(1, 6)]
    begin_all(conn, *alices[:3])

    in_line(conn, 6, BOB)

    assert turns(conn) == {"4": 3, "5": 4, "6": 2}


def test_who_orders_again_while_their_job_runs_waits_for_the_next_round(
    conn: sa.Connection,
) -> None:
    running = jobs.begin_submit(conn, in_line(conn, 1, ALICE), max_running=9, now=NOW)
    assert isinstance(running, Job)

    in_line(conn, 2, ALICE)
    in_line(conn, 3, BOB)

    assert turns(conn) == {"2": 1, "3": 0}


@pytest.mark.parametrize("cancelled", [["1"], ["2"], ["1", "2"]])
def test_later_jobs_move_up_where_a_member_cancels(
    conn: sa.Connection, cancelled: list[str]
) -> None:
    waiting = {job.id: job for job in (in_line(conn, number, ALICE) for number in (1, 2, 3))}

    for job_id in cancelled:
        jobs.finish(conn, waiting[job_id], JobState.CANCELLED, now=NOW, paid_credits=0, due_at=None)

    assert list(turns(conn).values()) == list(range(3 - len(cancelled)))


def test_nobody_is_held_back_for_what_they_cancelled(conn: sa.Connection) -> None:
    for number in range(1, 6):
        job = in_line(conn, number, ALICE)
        jobs.finish(conn, job, JobState.CANCELLED, now=NOW, paid_credits=0, due_at=None)

    in_line(conn, 6, ALICE)

    assert turns(conn) == {"6": 0}


def test_nobody_saves_turns_up_while_a_limit_of_their_own_holds_them(
    conn: sa.Connection,
) -> None:
    first, *alices = [in_line(conn, number, ALICE) for number in range(1, 6)]
    bobs = [in_line(conn, number, BOB) for number in range(11, 16)]
    elsewhere = in_line(conn, 20, ALICE, provider="elsewhere")
    running = jobs.begin_submit(conn, elsewhere, max_running=1, now=NOW)
    assert isinstance(running, Job)
    assert begin_all(conn, first, *bobs, limits=Limits(member=1)) == ["b", "c", "d", "e", "f"]
    jobs.finish(conn, running, JobState.FAILED, now=NOW, paid_credits=0, due_at=None)

    assert begin_all(conn, first) == ["1"]
    newcomer = in_line(conn, 30, CAROL)

    assert begin_all(conn, *alices, newcomer) == ["y", "2", "3", "4", "5"]


def test_turns_are_each_providers_own(conn: sa.Connection) -> None:
    in_line(conn, 1, ALICE)
    in_line(conn, 2, ALICE)

    in_line(conn, 3, ALICE, provider="elsewhere")

    assert turns(conn) == {"1": 0, "2": 1, "3": 0}


def test_a_flood_of_orders_keeps_nobody_elses_thread_waiting(conn: sa.Connection) -> None:
    for number in range(1, 101):
        jobs.create(conn, new_job(number, member_id=FLOODER, price_credits=0), now=NOW)
    jobs.create(conn, new_job(900, member_id=NEWCOMER, due_at=NOW + seconds(1)), now=NOW)

    first = jobs.claim_due(conn, now=NOW, lease=LEASE, limit=32)
    second = jobs.claim_due(
        conn, now=NOW + seconds(1), lease=LEASE, limit=32, visited={"local": len(first)}
    )

    assert {job.member_id for job in first} == {FLOODER}
    assert len(first) == 8
    assert [job.member_id for job in second] == [NEWCOMER]
    assert jobs.next_due(conn) == NOW + LEASE


@pytest.mark.parametrize("seed", [1, 3])
def test_a_flooder_costs_a_newcomer_no_more_than_the_clip_under_way(
    conn: sa.Connection, seed: int
) -> None:
    savepoint = conn.begin_nested()
    calm = serve(conn, ordinary(seed), until=NEWCOMER_AT + 300)
    savepoint.rollback()

    flooded = serve(conn, ordinary(seed) + flood(), until=NEWCOMER_AT + 300)

    assert flooded.waits[NEWCOMER] <= calm.waits[NEWCOMER] + CLIP_SECONDS


def test_all_who_wait_get_the_same_share(conn: sa.Connection) -> None:
    served = serve(conn, backlogged(), until=1200)

    got = shares(served, since=0, until=1200)
    assert len(got) == 11
    assert max(got) - min(got) <= 1
    assert jain(got) >= 0.99
