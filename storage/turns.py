"""Turns: the order in which jobs leave the line, fair to members however many jobs each has.

Start-time fair queuing (Goyal, Vin and Cheng 1996) with members for flows and a job for a unit of
work: a job's turn is the round it may begin in, and a member has one job in each round. Whoever
comes new takes part from the present round on, which is the highest of a job that has begun;
nobody saves turns up while they have nothing to begin, or while a limit of their own holds them.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from storage.job import Job, JobRequest
from storage.job_schema import IS_QUEUED, TAKES_A_TURN, job
from storage.slot_schema import line
from storage.statements import Row, execute

_of_member = sa.and_(
    job.c.provider == sa.bindparam("of_provider"),
    job.c.guild_id == sa.bindparam("of_guild"),
    job.c.member_id == sa.bindparam("of_member"),
)
_round = sa.func.coalesce(
    sa.select(line.c.turn).where(line.c.provider == sa.bindparam("of_provider")).scalar_subquery(),
    0,
)
_last = sa.select(sa.func.max(job.c.turn)).where(_of_member, TAKES_A_TURN).scalar_subquery()
_NEXT = sa.select(sa.func.max(_round, sa.func.coalesce(_last + 1, 0)).label("turn"))

_its_turn = (
    sa.select(job.c.turn)
    .where(job.c.id == sa.bindparam("job_id"))
    .correlate(None)
    .scalar_subquery()
)
_REACHED = insert(line).values(provider=sa.bindparam("provider"), turn=_its_turn)
_REACHED = _REACHED.on_conflict_do_update(
    index_elements=[line.c.provider],
    set_={"turn": sa.func.max(line.c.turn, _REACHED.excluded.turn)},
)
_BEHIND = sa.select((_round + 1 - sa.func.min(job.c.turn)).label("rounds")).where(
    _of_member, TAKES_A_TURN, IS_QUEUED
)
_PUT_OFF = (
    sa.update(job)
    .where(_of_member, TAKES_A_TURN, IS_QUEUED)
    .values(turn=job.c.turn + sa.bindparam("rounds"))
)
_MOVE_UP = (
    sa.update(job)
    .where(_of_member, TAKES_A_TURN, IS_QUEUED, job.c.turn > sa.func.max(_round, _its_turn))
    .values(turn=job.c.turn - 1)
)


def next_turn(conn: sa.Connection, new: JobRequest) -> int:
    """Say in which round a new job may begin: the present one, or that after its member's last."""
    [row] = execute(conn, _NEXT, _member(new))
    turn: int = row["turn"]
    return turn


def began(conn: sa.Connection, begun: Job) -> None:
    """Go on to a job's round; its member's next job begins in a later one."""
    execute(conn, _REACHED, {"provider": begun.provider, "job_id": begun.id})
    [row] = execute(conn, _BEHIND, _member(begun))
    if (row["rounds"] or 0) > 0:
        execute(conn, _PUT_OFF, {**_member(begun), "rounds": row["rounds"]})


def left(conn: sa.Connection, ended: Job) -> None:
    """Let a member's later jobs move up by one, where a job left the line without beginning."""
    execute(conn, _MOVE_UP, {**_member(ended), "job_id": ended.id})


def _member(of: JobRequest) -> Row:
    return {"of_provider": of.provider, "of_guild": of.guild_id, "of_member": of.member_id}
