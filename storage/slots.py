"""Slots: how many jobs may run at once, at a provider, in a guild and of a member.

A job that runs holds one slot of each of its three accounts, and every write that leads it into
or out of the running states keeps them so, in its own transaction (`storage.fenced`). An account
is there for as long as one of its slots is taken.
"""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from storage.job import RUNNING_STATES, Job
from storage.job_schema import job as jobs
from storage.slot_schema import SlotKind, slot, slot_account
from storage.statements import Row, execute, first, is_one_of


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How many jobs may run at once; None is no limit."""

    provider: int | None = None
    guild: int | None = None
    member: int | None = None

    def of(self, kind: SlotKind) -> int | None:
        """The limit of one kind of account."""
        return {
            SlotKind.PROVIDER: self.provider,
            SlotKind.GUILD: self.guild,
            SlotKind.MEMBER: self.member,
        }[kind]


NO_LIMITS = Limits()

_KEY = ("kind", "provider", "guild_id", "member_id")

# The capacity is that of the last taking, so one that was lowered since is no contradiction.
_first = insert(slot_account).values(taken=1)
_TAKE = _first.on_conflict_do_update(
    index_elements=_KEY,
    set_={"taken": slot_account.c.taken + 1, "capacity": _first.excluded.capacity},
).returning(slot_account.c.id)
_HOLD = sa.insert(slot)
_held_by_job = sa.select(slot.c.account_id).where(slot.c.job_id == sa.bindparam("of_job"))
_FREE = (
    sa.update(slot_account)
    .where(slot_account.c.id.in_(_held_by_job))
    .values(taken=slot_account.c.taken - 1)
)
_LET_GO = sa.delete(slot).where(slot.c.job_id == sa.bindparam("of_job"))
_CLOSE_EMPTY = sa.delete(slot_account).where(slot_account.c.taken == 0)
_TAKEN = sa.select(slot_account.c.taken).where(
    *(slot_account.c[name] == sa.bindparam(f"of_{name}") for name in _KEY)
)

is_account_of_job = sa.or_(
    sa.and_(
        slot_account.c.kind == SlotKind.PROVIDER,
        slot_account.c.provider == jobs.c.provider,
    ),
    sa.and_(slot_account.c.kind == SlotKind.GUILD, slot_account.c.guild_id == jobs.c.guild_id),
    sa.and_(
        slot_account.c.kind == SlotKind.MEMBER,
        slot_account.c.guild_id == jobs.c.guild_id,
        slot_account.c.member_id == jobs.c.member_id,
    ),
)
"""Which accounts a job that runs holds a slot of."""


def take(conn: sa.Connection, job: Job, limits: Limits = NO_LIMITS) -> None:
    """Take one slot of each of a job's accounts.

    Whoever may lack one asks before (`taken`): the schema refuses what is over the limit.
    """
    for kind in SlotKind:
        [account] = execute(conn, _TAKE, {**_key(job, kind), "capacity": limits.of(kind)})
        execute(conn, _HOLD, {"job_id": job.id, "account_id": account["id"]})


def give_back(conn: sa.Connection, job: Job) -> None:
    """Give a job's slots back. Safe to repeat."""
    for statement in (_FREE, _LET_GO):
        execute(conn, statement, {"of_job": job.id})
    execute(conn, _CLOSE_EMPTY)


def taken(conn: sa.Connection, kind: SlotKind, job: Job) -> int:
    """Count the slots taken of one of a job's accounts."""
    return _taken(conn, _key(job, kind))


def taken_at(conn: sa.Connection, provider: str) -> int:
    """Count the slots taken at a provider."""
    return _taken(conn, _provider_key(provider))


def recount(conn: sa.Connection) -> None:
    """Open the accounts anew from the jobs that run, where these changed by other hands."""
    runs = is_one_of(jobs.c.state, RUNNING_STATES)
    conn.execute(sa.delete(slot))
    conn.execute(sa.delete(slot_account))
    for kind, columns in _COLUMNS.items():
        owners = [jobs.c[name] for name in columns]
        counted = sa.select(sa.literal(kind), *owners, sa.func.count()).where(runs)
        filled = sa.insert(slot_account).from_select(
            ["kind", *columns, "taken"], counted.group_by(*owners)
        )
        conn.execute(filled)
    held = sa.select(jobs.c.id, slot_account.c.id).where(runs, is_account_of_job)
    conn.execute(sa.insert(slot).from_select(["job_id", "account_id"], held))


_COLUMNS = {
    SlotKind.PROVIDER: ["provider"],
    SlotKind.GUILD: ["guild_id"],
    SlotKind.MEMBER: ["guild_id", "member_id"],
}


def _taken(conn: sa.Connection, key: Row) -> int:
    row = first(conn, _TAKEN, {f"of_{name}": value for name, value in key.items()})
    return 0 if row is None else int(row["taken"])


def _key(job: Job, kind: SlotKind) -> Row:
    match kind:
        case SlotKind.PROVIDER:
            return _provider_key(job.provider)
        case SlotKind.GUILD:
            return {"kind": kind, "provider": "", "guild_id": job.guild_id, "member_id": 0}
        case SlotKind.MEMBER:
            owner = {"guild_id": job.guild_id, "member_id": job.member_id}
            return {"kind": kind, "provider": "", **owner}


def _provider_key(provider: str) -> Row:
    return {"kind": SlotKind.PROVIDER, "provider": provider, "guild_id": 0, "member_id": 0}
