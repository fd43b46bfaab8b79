"""Slots: no job runs without one, none is kept for longer, and none is given out twice."""

from __future__ import annotations

import asyncio
import sqlite3
from operator import attrgetter

import pytest
import sqlalchemy as sa

from storage import jobs, slots
from storage.books import audit
from storage.database import Database
from storage.job import RUNNING_STATES
from storage.jobs import Job, JobState
from storage.line import Place
from storage.slot_schema import SlotKind
from storage.slots import Limits
from tests.storage.examples import GUILD, LEASE, MEMBER, NOW, claimed, in_state, new_job, seconds

BOTH = Limits(guild=3, member=2)


def in_line(conn: sa.Connection, number: int, **changes: object) -> Job:
    """Make a job with its status message posted, and keep it claimed."""
    job = claimed(conn, number, price_credits=0, **changes)
    return jobs.update(conn, job, now=NOW, due_at=NOW, status_id=number, keep_lease=True)


def begin(
    conn: sa.Connection, job: Job, limits: Limits = BOTH, *, max_running: int = 9
) -> Job | Place:
    return jobs.begin_submit(conn, job, max_running=max_running, now=NOW, limits=limits)


def begun(conn: sa.Connection, number: int, **changes: object) -> Job:
    job = begin(conn, in_line(conn, number, **changes))
    assert isinstance(job, Job)
    return job


def accounts(conn: sa.Connection) -> list[tuple[object, ...]]:
    """What is taken, of whom, as the tables have it."""
    rows = conn.exec_driver_sql(
        "SELECT kind, provider, guild_id, member_id, taken, capacity FROM slot_account ORDER BY id"
    )
    return [tuple(row) for row in rows]


def differences(conn: sa.Connection) -> list[str]:
    return [str(one) for one in audit(conn).discrepancies if "slots" in one.what]


def test_a_job_that_begins_takes_a_slot_of_each_account(conn: sa.Connection) -> None:
    begun(conn, 1)

    assert accounts(conn) == [
        ("provider", "local", 0, 0, 1, 9),
        ("guild", "", GUILD, 0, 1, 3),
        ("member", "", GUILD, MEMBER, 1, 2),
    ]
    assert conn.exec_driver_sql("SELECT count(*) FROM slot WHERE job_id = '1'").scalar() == 3


@pytest.mark.parametrize("state", list(JobState))
def test_slots_are_held_in_the_running_states_and_in_no_other(
    conn: sa.Connection, state: JobState
) -> None:
    job = in_state(conn, state)

    held = {kind: slots.taken(conn, kind, job) for kind in SlotKind}
    assert set(held.values()) == {1 if state in RUNNING_STATES else 0}
    assert differences(conn) == []


def test_a_job_that_is_queued_again_gives_its_slots_back_and_keeps_its_turn(
    conn: sa.Connection,
) -> None:
    first = begun(conn, 1)
    second = in_line(conn, 2, member_id=2)

    again = jobs.update(conn, first, now=NOW, state=JobState.QUEUED, due_at=NOW, keep_lease=True)

    assert accounts(conn) == []
    assert begin(conn, second) == Place(position=2, jobs_before=1)
    assert isinstance(begin(conn, again), Job)


def test_a_member_waits_while_their_slots_are_taken(conn: sa.Connection) -> None:
    begun(conn, 1)
    begun(conn, 2)

    waiting = begin(conn, in_line(conn, 3))

    assert waiting == Place(position=1, jobs_before=0, held_up_by=SlotKind.MEMBER, running=2)


def test_a_guild_waits_while_its_slots_are_taken(conn: sa.Connection) -> None:
    for number in (1, 2, 3):
        begun(conn, number, member_id=number)

    waiting = begin(conn, in_line(conn, 4, member_id=4))

    assert isinstance(waiting, Place)
    assert (waiting.held_up_by, waiting.running) == (SlotKind.GUILD, 3)
    assert isinstance(begin(conn, in_line(conn, 5, guild_id=77)), Job)


def test_whoever_is_held_up_is_passed_over(conn: sa.Connection) -> None:
    begun(conn, 1)
    begun(conn, 2)
    in_line(conn, 3)

    other = in_line(conn, 4, member_id=4)

    assert isinstance(begin(conn, other), Job)


def test_the_limit_of_a_member_holds_at_all_providers_together(conn: sa.Connection) -> None:
    begun(conn, 1)
    begun(conn, 2, provider="elsewhere")

    waiting = begin(conn, in_line(conn, 3, provider="third"))

    assert isinstance(waiting, Place)
    assert waiting.held_up_by is SlotKind.MEMBER


def test_a_slot_that_comes_free_wakes_who_waits_for_it_elsewhere(conn: sa.Connection) -> None:
    running = begun(conn, 1)
    begun(conn, 2)
    waiting = in_line(conn, 3, provider="elsewhere")
    jobs.update(conn, waiting, now=NOW, due_at=NOW + seconds(600))
    jobs.wake_next(conn, now=NOW, limits=BOTH)
    assert jobs.get(conn, waiting.id).due_at == NOW + seconds(600)

    jobs.finish(conn, running, JobState.FAILED, now=NOW, paid_credits=0, due_at=None)
    jobs.wake_next(conn, now=NOW, limits=BOTH)

    assert jobs.get(conn, waiting.id).due_at == NOW


def test_a_limit_lowered_below_what_runs_lets_nobody_in_and_everybody_out(
    conn: sa.Connection,
) -> None:
    running = [begun(conn, number) for number in (1, 2)]
    lowered = Limits(member=1, guild=1)

    third = in_line(conn, 3)
    assert isinstance(begin(conn, third, lowered), Place)
    jobs.finish(conn, running[0], JobState.FAILED, now=NOW, paid_credits=0, due_at=None)
    assert isinstance(begin(conn, third, lowered), Place)
    jobs.finish(conn, running[1], JobState.FAILED, now=NOW, paid_credits=0, due_at=None)
    assert isinstance(begin(conn, third, lowered), Job)


def test_a_limit_that_was_raised_lets_more_in(conn: sa.Connection) -> None:
    for number in (1, 2):
        begun(conn, number)

    assert isinstance(begin(conn, in_line(conn, 3), Limits(member=3)), Job)


def test_the_schema_refuses_a_slot_over_the_limit(conn: sa.Connection) -> None:
    for number in (1, 2):
        begun(conn, number)
    third = in_line(conn, 3)

    with pytest.raises(sqlite3.IntegrityError, match="ck_slot_account_capacity"):
        slots.take(conn, third, Limits(member=2))


def test_giving_back_twice_gives_back_once(conn: sa.Connection) -> None:
    first, second = begun(conn, 1), begun(conn, 2)

    slots.give_back(conn, first)
    slots.give_back(conn, first)

    assert slots.taken(conn, SlotKind.MEMBER, second) == 1


def test_nothing_is_kept_of_a_member_whose_jobs_no_longer_run(conn: sa.Connection) -> None:
    job = begun(conn, 1)

    jobs.finish(conn, job, JobState.FAILED, now=NOW, paid_credits=0, due_at=None)

    assert accounts(conn) == []


def test_counting_anew_gives_what_is_there(conn: sa.Connection) -> None:
    for number, state in enumerate(JobState, 1):
        in_state(conn, state, number, price_credits=0)
    before = [account[:5] for account in accounts(conn)]
    conn.exec_driver_sql("DELETE FROM slot")
    conn.exec_driver_sql("UPDATE slot_account SET taken = 0")

    slots.recount(conn)

    assert [account[:5] for account in accounts(conn)] == before
    assert differences(conn) == []


@pytest.mark.parametrize(
    ("tampering", "difference"),
    [
        (
            "UPDATE slot_account SET taken = 7, capacity = 9 WHERE kind = 'member'",
            "member 22 of guild 11: slots taken should be 1 and is 7",
        ),
        (
            "UPDATE slot_account SET taken = 2 WHERE kind = 'provider'",
            "provider local: slots taken should be 1 and is 2",
        ),
        (
            "UPDATE job SET state = 'fetched'",
            "provider local: slots held by job 1 should be 0 and is 3",
        ),
        (
            "DELETE FROM slot WHERE account_id = 2",
            "provider local: slots held by job 1 should be 3 and is 2",
        ),
        ("DELETE FROM slot WHERE account_id = 2", "guild 11: slots taken should be 0 and is 1"),
        (
            "UPDATE slot_account SET guild_id = 12 WHERE kind = 'guild'",
            "guild 12: slots that are its own of job 1 should be 1 and is 0",
        ),
    ],
)
def test_tampering_with_slots_is_found_and_named(
    conn: sa.Connection, tampering: str, difference: str
) -> None:
    begun(conn, 1)
    assert differences(conn) == []

    conn.exec_driver_sql(tampering)

    assert difference in differences(conn)


def make_line(conn: sa.Connection, numbers: range, *, guilds: int) -> list[Job]:
    """Make jobs of as many members, in line and claimed."""
    for number in numbers:
        whose = {"member_id": number, "guild_id": 1 + number % guilds}
        new = new_job(number, **whose, price_credits=0, seed=number * 7919 % 1000)
        jobs.create(conn, new, now=NOW)
    conn.exec_driver_sql("UPDATE job SET status_id = interaction_id")
    return jobs.claim_due(conn, now=NOW, lease=LEASE, limit=len(numbers))


@pytest.mark.parametrize(
    ("members", "max_running", "guild_running", "guilds", "begun_in_all"),
    [
        (200, 5, None, 1, 5),
        (200, 500, 8, 1, 8),
        (200, 500, 8, 3, 24),
        (1000, 20, 8, 3, 20),
    ],
)
async def test_of_many_members_at_once_exactly_as_many_get_a_slot_as_there_are(
    database: Database,
    members: int,
    max_running: int,
    guild_running: int | None,
    guilds: int,
    begun_in_all: int,
) -> None:
    limits = Limits(guild=guild_running, member=2)
    waiting = await database.run(make_line, range(1, members + 1), guilds=guilds)
    for key in ("seed", "id"):
        order = sorted(waiting, key=attrgetter(key))
        begun = await asyncio.gather(
            *(
                database.run(
                    jobs.begin_submit, job, max_running=max_running, now=NOW, limits=limits
                )
                for job in order
            )
        )
        waiting = [job for job, got in zip(order, begun, strict=True) if isinstance(got, Place)]

    assert await database.read(count_running) == begun_in_all
    assert len(waiting) == members - begun_in_all
    assert await database.read(differences) == []


def count_running(conn: sa.Connection) -> int:
    return int(
        conn.exec_driver_sql("SELECT count(*) FROM job WHERE state = 'submitting'").scalar_one()
    )
