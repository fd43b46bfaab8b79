"""What runs and waits at each provider, and where a member's own jobs stand."""

from __future__ import annotations

import sqlalchemy as sa

from storage import jobs, traffic
from storage.jobs import Job, JobState
from storage.slot_schema import SlotKind
from storage.slots import Limits
from storage.traffic import Traffic
from tests.storage.examples import GUILD, MEMBER, NOW, claimed, in_state, new_job, plan

LIMITS = Limits(guild=None, member=1)


def in_line(conn: sa.Connection, interaction_id: int, **changes: object) -> Job:
    job = claimed(conn, interaction_id, **changes)
    return jobs.update(conn, job, now=NOW, due_at=NOW, status_id=interaction_id)


def test_a_quiet_house_has_no_traffic(conn: sa.Connection) -> None:
    in_state(conn, JobState.DELIVERED, 1)

    assert traffic.by_provider(conn) == {}


def test_what_runs_and_what_waits_is_counted_by_provider(conn: sa.Connection) -> None:
    in_state(conn, JobState.RUNNING, 1)
    in_state(conn, JobState.UNKNOWN, 2)
    in_line(conn, 3)
    in_line(conn, 4, provider="elsewhere")
    jobs.create(conn, new_job(5, provider="elsewhere"), now=NOW)

    assert traffic.by_provider(conn) == {
        "local": Traffic(running=2, waiting=1),
        "elsewhere": Traffic(running=0, waiting=2),
    }


def test_a_member_is_told_of_their_own_jobs_in_that_guild_alone(conn: sa.Connection) -> None:
    in_line(conn, 1, member_id=MEMBER + 1)
    own = in_line(conn, 2)
    in_line(conn, 3, guild_id=GUILD + 1)

    [(job, place)] = traffic.places_of(conn, GUILD, MEMBER, most=5)

    assert (job.id, place.position) == (own.id, 2)


def test_no_more_of_them_than_asked_for_and_the_first_first(conn: sa.Connection) -> None:
    own = [in_line(conn, number) for number in (1, 2, 3)]

    places = traffic.places_of(conn, GUILD, MEMBER, most=2)

    assert [job.id for job, _ in places] == [job.id for job in own[:2]]


def test_whom_a_limit_holds_up_is_told_so(conn: sa.Connection) -> None:
    in_state(conn, JobState.RUNNING, 1)
    in_line(conn, 2)

    [(_, place)] = traffic.places_of(conn, GUILD, MEMBER, LIMITS, most=5)

    assert place.held_up_by is SlotKind.MEMBER


def test_nothing_that_is_over_is_looked_at(conn: sa.Connection) -> None:
    steps = [
        *plan(conn, traffic.by_provider),
        *plan(conn, lambda conn: traffic.places_of(conn, GUILD, MEMBER, most=5)),
    ]

    assert [step for step in steps if step.startswith("SCAN job") and "USING" not in step] == []
