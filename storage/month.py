"""A guild's month at a glance: what was spent and is held, by whom and with which models."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from storage import guilds, periods, spending
from storage.cap_schema import CapScope, SpendingScope
from storage.cap_schema import spending as counters
from storage.caps import Cap, find
from storage.desk_schema import ask
from storage.periods import Period
from storage.schema import account
from storage.statements import Row, execute

SHOWN = 10


@dataclass(frozen=True, kw_only=True)
class Share:
    """What one of them spent and has held."""

    name: str
    """A member's id, or a model's name after its provider's: "local/depth"."""
    spent: int
    held: int


@dataclass(frozen=True, kw_only=True)
class Month:
    """One month of a guild's, by its own calendar, so far."""

    start: date
    ends_at: datetime
    timezone: str
    spent: int
    held: int
    cap: int | None
    """The guild's cap of the month, if it set one."""
    members: tuple[Share, ...]
    """Who spent most, and the models it was spent on; most first."""
    models: tuple[Share, ...]
    pending: int
    """How many questions wait for an answer."""
    is_paused: bool

    @property
    def used(self) -> int:
        """What counts towards the cap."""
        return self.spent + self.held

    @property
    def left(self) -> int | None:
        """What may still be spent; None without a cap."""
        return None if self.cap is None else max(0, self.cap - self.used)


_spent, _held = (sa.func.sum(counters.c[name]) for name in ("spent", "held"))
_sums = [_spent.label("spent"), _held.label("held")]
_in_month = sa.and_(
    counters.c.guild_id == sa.bindparam("of_guild"), counters.c.day >= sa.bindparam("since")
)
_MODELS = (
    sa.select(*(counters.c.subject.label("name"), *_sums))
    .where(_in_month, counters.c.scope == SpendingScope.MODEL)
    .group_by(counters.c.subject)
    .having(_spent + _held > 0)
    .order_by((_spent + _held).desc(), counters.c.subject)
    .limit(SHOWN)
)
_MEMBERS = (
    sa.select(*(sa.cast(account.c.member_id, sa.Text).label("name"), *_sums))
    .select_from(counters.join(account, account.c.id == sa.cast(counters.c.subject, sa.Integer)))
    .where(_in_month, counters.c.scope == SpendingScope.MEMBER)
    .group_by(account.c.member_id)
    .having(_spent + _held > 0)
    .order_by((_spent + _held).desc(), account.c.member_id)
    .limit(SHOWN)
)
_PENDING = sa.select(sa.func.count().label("asks")).where(
    ask.c.guild_id == sa.bindparam("of_guild"),
    sa.text("state = 'open'"),
    ask.c.expires_at > sa.bindparam("now", type_=ask.c.expires_at.type),
)


def so_far(conn: sa.Connection, guild_id: int, *, now: datetime) -> Month:
    """Add up a guild's month; reads a row for each member and model of each day."""
    chosen = guilds.settings(conn, guild_id)
    start = periods.start_of(Period.MONTH, periods.day_of(now, chosen.timezone))
    ends_at = periods.resets_at(Period.MONTH, now, chosen.timezone)
    used = spending.since(conn, guild_id, SpendingScope.GUILD, "", start)
    cap = find(conn, Cap(guild_id=guild_id, scope=CapScope.GUILD, period=Period.MONTH, credits=0))
    key: Row = {"of_guild": guild_id, "since": start.isoformat()}
    [pending] = execute(conn, _PENDING, {"of_guild": guild_id, "now": now})
    return Month(
        start=start,
        ends_at=ends_at or now,
        timezone=chosen.timezone,
        spent=used.spent,
        held=used.held,
        cap=cap.credits if cap else None,
        members=tuple(Share(**row) for row in execute(conn, _MEMBERS, key)),
        models=tuple(Share(**row) for row in execute(conn, _MODELS, key)),
        pending=pending["asks"],
        is_paused=chosen.is_paused,
    )
