"""Alerts: a cap of a guild, channel or provider, or the owner's stop, is half, mostly or all used.

Each share of a cap is noted once a period, in the transaction of the hold that reached it.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from storage.cap_schema import IS_UNTOLD, CapScope, alert
from storage.periods import Period
from storage.statements import execute

PERCENTS = (50, 80, 100)
AT_ONCE = 50


@dataclass(frozen=True, kw_only=True)
class Alert:
    """So much of a cap was reached."""

    guild_id: int
    """Zero: the owner's stop, and in microdollars."""
    scope: CapScope
    subject: str
    period: Period
    start: str
    """The first day of the period, "2026-05-01"."""
    percent: int
    credits: int
    """The cap."""
    used: int
    """What was held and spent when it was noted."""
    at: datetime


_COLUMNS = tuple(alert.c[field.name] for field in fields(Alert))
_KEY = ("guild_id", "scope", "subject", "period", "start")
_NOTE = insert(alert).on_conflict_do_nothing()
_UNTOLD = sa.select(*_COLUMNS).where(IS_UNTOLD).order_by(alert.c.at, alert.c.percent).limit(AT_ONCE)
_RECENT = (
    sa.select(*_COLUMNS)
    .where(alert.c.guild_id == sa.bindparam("of_guild_id"))
    .order_by(alert.c.at.desc(), alert.c.percent.desc())
    .limit(sa.bindparam("limit"))
)
_TOLD = (
    sa.update(alert)
    .where(
        *(alert.c[name] == sa.bindparam(f"of_{name}") for name in _KEY),
        alert.c.percent <= sa.bindparam("of_percent"),
        IS_UNTOLD,
    )
    .values(told_at=sa.bindparam("told", type_=alert.c.told_at.type))
)
_VOID = sa.delete(alert).where(*(alert.c[name] == sa.bindparam(f"of_{name}") for name in _KEY[:4]))


def note(conn: sa.Connection, reached: Alert) -> None:
    """Note every share of a cap that is reached now, those noted before left as they are.

    `percent` is ignored. A cap of nothing is always reached, and says nothing.
    """
    for percent in PERCENTS:
        if reached.credits and reached.used * 100 >= reached.credits * percent:
            execute(conn, _NOTE, {**vars(reached), "percent": percent})


def untold(conn: sa.Connection) -> list[Alert]:
    """List what nobody was told of yet, the highest share of each cap alone, oldest first."""
    highest: dict[tuple[object, ...], Alert] = {}
    for row in execute(conn, _UNTOLD):
        one = Alert(**row)
        key = tuple(getattr(one, name) for name in _KEY)
        if key not in highest or highest[key].percent < one.percent:
            highest[key] = one
    return list(highest.values())


def told(conn: sa.Connection, one: Alert, *, now: datetime) -> None:
    """Remember that somebody was told of an alert, and with it of the lesser shares."""
    key = {f"of_{name}": getattr(one, name) for name in (*_KEY, "percent")}
    execute(conn, _TOLD, {**key, "told": now})


def recent(conn: sa.Connection, guild_id: int, *, limit: int) -> list[Alert]:
    """List a guild's alerts, newest first, whether anybody was told or not."""
    rows = execute(conn, _RECENT, {"of_guild_id": guild_id, "limit": limit})
    return [Alert(**row) for row in rows]


def void(conn: sa.Connection, guild_id: int, scope: CapScope, subject: str, period: Period) -> None:
    """Forget what was noted of a cap that is another one now."""
    named = {"guild_id": guild_id, "scope": scope, "subject": subject, "period": period}
    execute(conn, _VOID, {f"of_{name}": value for name, value in named.items()})
