"""A guild of two hundred members through a spring: jobs of every ending, in its own time zone."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from storage import guilds, jobs, late, ledger, members
from storage.database import Database
from storage.jobs import Job, JobState
from tests.storage.capped import order
from tests.storage.examples import GUILD, PATHS

ZONE = "America/New_York"
MEMBERS = 200
FORGOTTEN = 1_007
JOBS = 700
NOW = datetime(2026, 6, 3, 2, tzinfo=UTC)
STARTS = datetime(2026, 4, 25, tzinfo=UTC)
MODELS = (("local", "depth"), ("runway", "gen4_turbo"), ("kling", "v2-5"))


async def by_hand(database: Database, query: str) -> list[tuple[Any, ...]]:
    def ask(conn: sa.Connection) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in conn.exec_driver_sql(query)]

    return await database.read(ask)


def live_through(conn: sa.Connection) -> None:
    """Write a month and some days on both sides of it, in any order, as clocks may have it."""
    dice = random.Random(5)
    guilds.change(conn, GUILD, timezone=ZONE)
    for member in range(1_000, 1_000 + MEMBERS):
        _enrich(conn, GUILD, member, reason="=HYPERLINK(1)" if member == 1_003 else "a contest")
    for number in range(1, JOBS + 1):
        member = 1_000 + int(MEMBERS * dice.random() ** 3)
        at = STARTS + timedelta(minutes=dice.randrange(45 * 24 * 60))
        _spend(conn, dice, number, member, at)
    _enrich(conn, GUILD + 1, 1_001, reason=None)
    order(conn, JOBS + 1, 50, now=STARTS + timedelta(days=10), guild_id=GUILD + 1, member_id=1_001)
    members.forget(conn, GUILD, FORGOTTEN, pseudonym=-7)


def _enrich(conn: sa.Connection, guild: int, member: int, *, reason: str | None) -> None:
    ledger.grant(
        conn,
        guild_id=guild,
        member_id=member,
        credits=10_000,
        actor_id=9,
        reason=reason,
        source=f"grant:{guild}:{member}",
        now=STARTS,
    )


def _spend(
    conn: sa.Connection, dice: random.Random, number: int, member: int, at: datetime
) -> None:
    price = dice.randint(1, 60)
    provider, model = dice.choice(MODELS)
    job = order(conn, number, price, now=at, member_id=member, provider=provider, model=model)
    end = at + timedelta(hours=dice.randrange(40))
    match dice.randrange(10 if member != FORGOTTEN else 6):
        case 0:
            _finish(conn, job, JobState.FAILED, end, loss=price, failure="refused")
        case 1:
            _finish(conn, job, JobState.FAILED, end, loss=1, failure="provider_fault")
        case 2:
            _finish(conn, job, JobState.FAILED, end, failure="bad_input")
        case 3:
            _finish(conn, job, JobState.CANCELLED, end, paid=price // 2, failure="cancelled_late")
        case 4 | 5:
            _finish(conn, job, JobState.DELIVERED, end, paid=max(0, price - 2), loss=2)
        case 6:
            lost = _finish(conn, job, JobState.NEEDS_REVIEW, end)
            resumed = late.resume(conn, lost, task={"id": number}, now=end)
            late.finish(
                conn,
                resumed,
                JobState.DELIVERED,
                now=end + timedelta(days=9),
                house_loss_credits=price,
            )
        case 7:
            pass
        case _:
            _finish(conn, job, JobState.DELIVERED, end, paid=price)


def _finish(
    conn: sa.Connection,
    job: Job,
    state: JobState,
    now: datetime,
    *,
    paid: int = 0,
    loss: int = 0,
    **changes: Any,
) -> Job:
    for step in PATHS[state]:
        job = jobs.update(conn, job, now=now, state=step, due_at=now, keep_lease=True)
    return jobs.finish(
        conn,
        job,
        state,
        now=now,
        paid_credits=paid,
        house_loss_credits=loss,
        due_at=None,
        **changes,
    )
