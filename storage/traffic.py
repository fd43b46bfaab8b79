"""How much runs and waits at each provider, and where a member's jobs stand there."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from storage import line
from storage.fenced import JOB_COLUMNS, as_job
from storage.job import Job
from storage.job_schema import IS_IN_LINE, IS_UNOPENED, job
from storage.line import Place
from storage.slot_schema import SlotKind, slot_account
from storage.slots import NO_LIMITS, Limits
from storage.statements import execute

_RUNNING = sa.select(slot_account.c.provider, slot_account.c.taken.label("jobs")).where(
    slot_account.c.kind == SlotKind.PROVIDER
)
# Two questions, for each is answered from an index that holds such jobs alone.
_WAITING = tuple(
    sa.select(job.c.provider, sa.func.count().label("jobs")).where(which).group_by(job.c.provider)
    for which in (IS_IN_LINE, IS_UNOPENED)
)
_OWN = (
    sa.select(*JOB_COLUMNS)
    .where(
        IS_IN_LINE,
        job.c.guild_id == sa.bindparam("of_guild"),
        job.c.member_id == sa.bindparam("of_member"),
    )
    .order_by(job.c.turn, job.c.created_at, job.c.id)
    .limit(sa.bindparam("most"))
)


@dataclass(frozen=True)
class Traffic:
    """Jobs at one provider, of all guilds together."""

    running: int = 0
    waiting: int = 0


def by_provider(conn: sa.Connection) -> dict[str, Traffic]:
    """Count what runs and waits; a provider without either is left out."""
    running = {row["provider"]: row["jobs"] for row in execute(conn, _RUNNING)}
    waiting: dict[str, int] = {}
    for question in _WAITING:
        for row in execute(conn, question):
            waiting[row["provider"]] = waiting.get(row["provider"], 0) + row["jobs"]
    return {
        provider: Traffic(running.get(provider, 0), waiting.get(provider, 0))
        for provider in sorted({*running, *waiting})
    }


def places_of(
    conn: sa.Connection, guild_id: int, member_id: int, limits: Limits = NO_LIMITS, *, most: int
) -> list[tuple[Job, Place]]:
    """A member's jobs in line in a guild, and where each stands; the first that many."""
    asked = {"of_guild": guild_id, "of_member": member_id, "most": most}
    found = [as_job(row) for row in execute(conn, _OWN, asked)]
    return [(one, line.place(conn, one, limits)) for one in found]
