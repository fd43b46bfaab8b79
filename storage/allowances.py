"""Allowances: credits that a role carries each day, week or month.

Nobody is paid out by a clock: an allowance is given when its member is next looked at, once in a
period. Without carry-over it expires at the period's end.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from storage import guilds, ledger, periods
from storage.desk_schema import allowance, allowance_given
from storage.guilds import GuildSettings
from storage.periods import Period
from storage.statements import Row, execute, first


@dataclass(frozen=True, kw_only=True)
class Allowance:
    """What a role's members get in each period."""

    guild_id: int
    role_id: int
    period: Period
    credits: int
    carries_over: bool = False
    """Whether what is left stays when the period ends."""


_COLUMNS = tuple(allowance.c[field.name] for field in fields(Allowance))
_of_guild = allowance.c.guild_id == sa.bindparam("of_guild")
_roles = sa.func.json_each(sa.bindparam("roles", type_=sa.Text)).table_valued("value")
_OF_GUILD = sa.select(*_COLUMNS).where(_of_guild).order_by(allowance.c.role_id, allowance.c.period)
_OF_ROLES = sa.select(*_COLUMNS).where(
    _of_guild, allowance.c.role_id.in_(sa.select(_roles.c.value))
)
_is_it = sa.and_(
    _of_guild,
    allowance.c.role_id == sa.bindparam("of_role"),
    allowance.c.period == sa.bindparam("of_period"),
)
_ONE = sa.select(*_COLUMNS).where(_is_it)
_set = insert(allowance)
_SET = _set.on_conflict_do_update(
    index_elements=["guild_id", "role_id", "period"],
    set_={name: _set.excluded[name] for name in ("credits", "carries_over")},
)
_REMOVE = sa.delete(allowance).where(_is_it)
_LAST = sa.select(allowance_given.c.start).where(
    allowance_given.c.account_id == sa.bindparam("of_account"),
    allowance_given.c.period == sa.bindparam("of_period"),
)
_given = insert(allowance_given)
_GIVEN = _given.on_conflict_do_update(
    index_elements=["account_id", "period"],
    set_={name: _given.excluded[name] for name in ("start", "credits")},
)
_MOVE = (
    sa.update(allowance_given)
    .where(allowance_given.c.account_id == sa.bindparam("old"))
    .values(account_id=sa.bindparam("new"))
)


def of_guild(conn: sa.Connection, guild_id: int) -> list[Allowance]:
    """List a guild's allowances."""
    return [_allowance(row) for row in execute(conn, _OF_GUILD, {"of_guild": guild_id})]


def find(conn: sa.Connection, guild_id: int, role_id: int, period: Period) -> Allowance | None:
    """One role's allowance for a period."""
    row = first(conn, _ONE, _key(guild_id, role_id, period))
    return None if row is None else _allowance(row)


def set_allowance(conn: sa.Connection, wanted: Allowance) -> Allowance | None:
    """Set a role's allowance, over the one in its place, and return that. Raises ValueError."""
    if wanted.period is Period.JOB or wanted.credits <= 0:
        raise ValueError(f"no role carries {wanted.credits} credits a {wanted.period}")
    before = find(conn, wanted.guild_id, wanted.role_id, wanted.period)
    execute(conn, _SET, vars(wanted))
    return before


def remove(conn: sa.Connection, guild_id: int, role_id: int, period: Period) -> Allowance | None:
    """Give a role's members no more, and return what they got."""
    before = find(conn, guild_id, role_id, period)
    execute(conn, _REMOVE, _key(guild_id, role_id, period))
    return before


def give(
    conn: sa.Connection, guild_id: int, member_id: int, role_ids: Iterable[int], *, now: datetime
) -> int:
    """Give a member what their roles carry and they have not had yet; say how many credits."""
    key = {"of_guild": guild_id, "roles": json.dumps(sorted(role_ids))}
    carried = [_allowance(row) for row in execute(conn, _OF_ROLES, key)]
    if not carried:
        return 0
    chosen = guilds.settings(conn, guild_id)
    account_id = ledger.account_id(conn, guild_id, member_id, now=now)
    return sum(
        _give(conn, member_id, account_id, _counting(carried, period, chosen), chosen, now)
        for period in Period
    )


def move(conn: sa.Connection, old_account: int, new_account: int) -> None:
    """Let what one account had count for the one that takes its place."""
    execute(conn, _MOVE, {"old": old_account, "new": new_account})


def _counting(carried: list[Allowance], period: Period, chosen: GuildSettings) -> list[Allowance]:
    """Of several roles' the highest, or all, as the guild chose."""
    here = sorted(
        (one for one in carried if one.period is period), key=lambda one: one.credits, reverse=True
    )
    return here if chosen.roles_add_up else here[:1]


def _give(
    conn: sa.Connection,
    member_id: int,
    account_id: int,
    counting: list[Allowance],
    chosen: GuildSettings,
    now: datetime,
) -> int:
    if not counting:
        return 0
    guild_id, period = counting[0].guild_id, counting[0].period
    start = periods.start_of(period, periods.day_of(now, chosen.timezone)).isoformat()
    last = first(conn, _LAST, {"of_account": account_id, "of_period": period})
    if last is not None and last["start"] >= start:
        return 0
    total = sum(one.credits for one in counting)
    given = {"account_id": account_id, "period": period, "start": start, "credits": total}
    execute(conn, _GIVEN, given)
    ends_at = periods.resets_at(period, now, chosen.timezone)
    for one in counting:
        ledger.grant(
            conn,
            guild_id=guild_id,
            member_id=member_id,
            credits=one.credits,
            actor_id=None,
            reason=None,
            source=f"allowance:{account_id}:{period}:{start}:{one.role_id}",
            now=now,
            expires_at=None if one.carries_over else ends_at,
        )
    return total


def _key(guild_id: int, role_id: int, period: Period) -> Row:
    return {"of_guild": guild_id, "of_role": role_id, "of_period": period}


def _allowance(row: Row) -> Allowance:
    return Allowance(**(row | {"period": Period(row["period"])}))
