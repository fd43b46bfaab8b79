"""Caps: how many credits may be spent in a day, a week, a month or on one job, and by whom.

How they stand is in `storage.standings`, and what they refuse in `storage.admission`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from storage import alerts
from storage.cap_schema import OWNER, CapScope, cap
from storage.periods import Period
from storage.statements import Row, execute, first

EVERYBODY = ""
"""The subject of a cap of each member on their own, of a guild, or of the owner."""


@dataclass(frozen=True, kw_only=True)
class Cap:
    """One rule: in a period, no more than so many credits."""

    guild_id: int
    scope: CapScope
    subject: str = EVERYBODY
    """An account, role or channel by its id, or a provider by its name."""
    period: Period
    credits: int
    """Microdollars where it is the owner's."""


_KEY = ("guild_id", "scope", "subject", "period")
_COLUMNS = tuple(cap.c[field.name] for field in fields(Cap))
_OF_GUILD = (
    sa.select(*_COLUMNS)
    .where(cap.c.guild_id == sa.bindparam("of_guild_id"))
    .order_by(*(cap.c[name] for name in _KEY))
)
_is_it = sa.and_(*(cap.c[name] == sa.bindparam(f"of_{name}") for name in _KEY))
_ONE = sa.select(*_COLUMNS).where(_is_it)
_set = insert(cap)
_SET = _set.on_conflict_do_update(index_elements=_KEY, set_={"credits": _set.excluded.credits})
_REMOVE = sa.delete(cap).where(_is_it)
_MOVE = (
    sa.update(cap)
    .where(cap.c.scope == CapScope.MEMBER, cap.c.subject == sa.bindparam("old"))
    .values(subject=sa.bindparam("new"))
)


def of_guild(conn: sa.Connection, guild_id: int) -> list[Cap]:
    """List a guild's caps; those of the owner for `OWNER`."""
    return [Cap(**row) for row in execute(conn, _OF_GUILD, {"of_guild_id": guild_id})]


def set_cap(conn: sa.Connection, wanted: Cap) -> Cap | None:
    """Set a cap, over the one in its place, and return that. Raises ValueError."""
    _check_form(wanted)
    before = find(conn, wanted)
    if before != wanted:
        alerts.void(conn, wanted.guild_id, wanted.scope, wanted.subject, wanted.period)
        execute(conn, _SET, vars(wanted))
    return before


def remove(conn: sa.Connection, unwanted: Cap) -> Cap | None:
    """Lift the cap in that one's place, whatever its credits, and return it, if there is one."""
    before = find(conn, unwanted)
    if before is not None:
        alerts.void(conn, before.guild_id, before.scope, before.subject, before.period)
        execute(conn, _REMOVE, _place(before))
    return before


def find(conn: sa.Connection, like: Cap) -> Cap | None:
    """The cap in that one's place, whatever its credits."""
    row = first(conn, _ONE, _place(like))
    return None if row is None else Cap(**row)


def set_owner_stop(conn: sa.Connection, microdollars: int | None) -> None:
    """Let all guilds together cost no more in a month, in UTC, at the providers' prices."""
    stop = Cap(guild_id=OWNER, scope=CapScope.OWNER, period=Period.MONTH, credits=microdollars or 0)
    if microdollars is None:
        remove(conn, stop)
    else:
        set_cap(conn, stop)


def move(conn: sa.Connection, old_account: int, new_account: int) -> None:
    """Let what limits one account limit another in its place, and nobody the first."""
    execute(conn, _MOVE, {"old": str(old_account), "new": str(new_account)})


def _check_form(wanted: Cap) -> None:
    if wanted.credits < 0:
        raise ValueError(f"nobody spends {wanted.credits} credits")
    if (wanted.guild_id == OWNER) != (wanted.scope is CapScope.OWNER):
        raise ValueError(f"a cap of {wanted.scope} is none of guild {wanted.guild_id}")
    is_of_all = wanted.scope in (CapScope.GUILD, CapScope.OWNER)
    if wanted.scope is not CapScope.MEMBER and is_of_all == bool(wanted.subject):
        raise ValueError(f"a cap of {wanted.scope} is not one of “{wanted.subject}”")


def _place(one: Cap) -> Row:
    return {f"of_{name}": getattr(one, name) for name in _KEY}
