"""Plans: what moderators were shown of giving or taking, and may confirm.

A plan is kept for a day and carried out once: that it is gone and the act are one transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from storage import acts, giving
from storage.errors import PlanGone
from storage.giving import Giver, Plan, PlanLine
from storage.plan_schema import plan, plan_line
from storage.statements import Row, execute, first

LIFETIME = timedelta(days=1)
MOST_OF_A_MODERATOR = 50
"""Each may name a thousand members; of more, the oldest go."""

_ONE = sa.select(plan).where(plan.c.id == sa.bindparam("plan_id"))
_LINES = (
    sa.select(*(column for column in plan_line.c if column.name not in ("plan_id", "number")))
    .where(plan_line.c.plan_id == sa.bindparam("plan_id"))
    .order_by(plan_line.c.number)
)
_OF_ACTOR = (
    sa.select(plan)
    .where(
        plan.c.guild_id == sa.bindparam("of_guild"), plan.c.actor_id == sa.bindparam("of_member")
    )
    .order_by(plan.c.created_at, plan.c.id)
)
_ABOUT = (
    sa.select(plan)
    .where(
        plan.c.guild_id == sa.bindparam("of_guild"),
        plan.c.id.in_(
            sa.select(plan_line.c.plan_id).where(plan_line.c.member_id == sa.bindparam("of_member"))
        ),
    )
    .order_by(plan.c.created_at, plan.c.id)
)
_EXPIRED = sa.select(plan.c.id).where(
    plan.c.created_at <= sa.bindparam("cut", type_=plan.c.created_at.type)
)
_ADD, _ADD_LINE = sa.insert(plan), sa.insert(plan_line)
_DROP = sa.delete(plan).where(plan.c.id == sa.bindparam("plan_id"))
_DROP_LINES = sa.delete(plan_line).where(plan_line.c.plan_id == sa.bindparam("plan_id"))
_DROP_EVERY, _DROP_EVERY_LINE = sa.delete(plan), sa.delete(plan_line)


def make(
    conn: sa.Connection,
    wanted: Plan,
    giver: Giver,
    member_ids: Sequence[int],
    credits: int,
    *,
    now: datetime,
) -> Plan:
    """Plan as `giving.plan` does, and keep the plan if it would change anything.

    Where a moderator has too many, the oldest goes. Raises as `giving.plan`.
    """
    planned = giving.plan(conn, wanted, giver, member_ids, credits, now=now)
    if planned.total:
        _keep(conn, planned, now)
        kept = execute(conn, _OF_ACTOR, _key(planned.guild_id, planned.actor_id))
        _drop(conn, kept[:-MOST_OF_A_MODERATOR])
    return planned


def carry_out(
    conn: sa.Connection, guild_id: int, plan_id: str, giver: Giver, *, now: datetime
) -> int:
    """Do what a moderator was shown, and say the number of the act. Safe to repeat.

    Raises PlanGone, and as `giving.carry_out`; then the plan stays as it was.
    """
    row = first(conn, _ONE, {"plan_id": plan_id})
    if row is None:
        return _carried_out(conn, guild_id, plan_id, giver)
    is_theirs = (row["guild_id"], row["actor_id"]) == (guild_id, giver.member_id)
    if not is_theirs or _is_over(row, now):
        raise PlanGone
    planned = _as_plan(conn, row)
    _drop(conn, [row])
    return giving.carry_out(conn, planned, giver, now=now)


def drop_expired(conn: sa.Connection, *, now: datetime) -> None:
    """Give up every plan whose time is over."""
    _drop(conn, execute(conn, _EXPIRED, {"cut": now - LIFETIME}))


def drop_all(conn: sa.Connection) -> None:
    """Give up every plan there is."""
    for statement in (_DROP_EVERY_LINE, _DROP_EVERY):
        execute(conn, statement)


def of_moderator(conn: sa.Connection, guild_id: int, moderator_id: int) -> list[Plan]:
    """List what a moderator planned in a guild, the oldest first."""
    rows = execute(conn, _OF_ACTOR, _key(guild_id, moderator_id))
    return [_as_plan(conn, row) for row in rows]


def about(conn: sa.Connection, guild_id: int, member_id: int) -> list[Plan]:
    """List the plans of a guild that concern a member, the oldest first."""
    return [_as_plan(conn, row) for row in execute(conn, _ABOUT, _key(guild_id, member_id))]


def forget(conn: sa.Connection, guild_id: int, member_id: int) -> None:
    """Give up every plan of a guild that names a member, whole: without them it were another."""
    for statement in (_ABOUT, _OF_ACTOR):
        _drop(conn, execute(conn, statement, _key(guild_id, member_id)))


def _keep(conn: sa.Connection, planned: Plan, now: datetime) -> None:
    row = {name: value for name, value in vars(planned).items() if name != "lines"}
    execute(conn, _ADD, {**row, "created_at": now})
    for number, line in enumerate(planned.lines):
        execute(conn, _ADD_LINE, {**vars(line), "plan_id": planned.id, "number": number})


def _carried_out(conn: sa.Connection, guild_id: int, plan_id: str, giver: Giver) -> int:
    """The number of the act a plan became. Raises PlanGone."""
    number = acts.by_source(conn, guild_id, plan_id)
    done = None if number is None else acts.get(conn, guild_id, number)
    if done is None or done.actor_id != giver.member_id:
        raise PlanGone
    return done.number


def _is_over(row: Row, now: datetime) -> bool:
    """Whether nobody may confirm it any more, or nothing would be left of what it gives."""
    expires_at: datetime | None = row["expires_at"]
    is_spent = expires_at is not None and expires_at <= now
    return is_spent or bool(row["created_at"] <= now - LIFETIME)


def _drop(conn: sa.Connection, rows: Sequence[Row]) -> None:
    for row in rows:
        for statement in (_DROP_LINES, _DROP):
            execute(conn, statement, {"plan_id": row["id"]})


def _as_plan(conn: sa.Connection, row: Row) -> Plan:
    lines = tuple(PlanLine(**line) for line in execute(conn, _LINES, {"plan_id": row["id"]}))
    return Plan(**{name: row[name] for name in row if name != "created_at"}, lines=lines)


def _key(guild_id: int, member_id: int) -> Row:
    return {"of_guild": guild_id, "of_member": member_id}
