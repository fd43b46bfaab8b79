"""A guild's month in figures: spent and held by day, model and member, and what the house lost.

All but the losses is read from the counters of `storage.spending`: a row for each member and model
of each day. Losses are looked up by the jobs that each member ordered around the month.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from storage import caps
from storage.cap_schema import CapScope, SpendingScope, spending
from storage.caps import Cap
from storage.exports import COUNTS, month_key
from storage.job import JobState
from storage.job_schema import job
from storage.moments import Moment
from storage.periods import Period
from storage.schema import AccountKind, HoldState, Phase, account, entry, hold
from storage.spans import Span, month_of
from storage.statements import Row, execute

TOP = 10
CALENDARS_DIFFER = timedelta(days=2)
"""At most, and a little more."""


@dataclass(frozen=True, kw_only=True)
class Amount:
    """Credits that were spent, and those set aside for jobs that are not over."""

    spent: int = 0
    held: int = 0

    @property
    def used(self) -> int:
        """What counts towards a cap."""
        return self.spent + self.held


@dataclass(frozen=True, kw_only=True)
class DaySpent(Amount):
    """One day."""

    day: date


@dataclass(frozen=True, kw_only=True)
class ModelSpent(Amount):
    """One model of one provider."""

    provider: str
    model: str


@dataclass(frozen=True, kw_only=True)
class MemberSpent(Amount):
    """One member's account."""

    account_id: int
    member_id: int
    """Below zero once they were forgotten."""


@dataclass(frozen=True, kw_only=True)
class Rest(Amount):
    """All members after the top, or all models, together."""

    count: int = 0


@dataclass(frozen=True, kw_only=True)
class Loss:
    """What the house lost to one kind of ending."""

    state: JobState
    failure: str | None
    is_paid: bool
    """Whether the member paid a part, so that the house lost the rest."""
    jobs: int
    credits: int


@dataclass(frozen=True, kw_only=True)
class Figures:
    """One month of a guild's."""

    span: Span
    days: tuple[DaySpent, ...]
    """Every day of the month, spent on or not."""
    models: tuple[ModelSpent, ...]
    """Most first, as are all below; the top ones, and the rest."""
    other_models: Rest
    members: tuple[MemberSpent, ...]
    other_members: Rest
    losses: tuple[Loss, ...]
    month_cap: int | None
    """The guild's caps as they are now."""
    day_cap: int | None

    @property
    def spent(self) -> int:
        """Credits that were taken."""
        return sum(day.spent for day in self.days)

    @property
    def held(self) -> int:
        """Credits that are set aside still."""
        return sum(day.held for day in self.days)

    @property
    def lost(self) -> int:
        """Credits that providers billed and nobody paid."""
        return sum(loss.credits for loss in self.losses)


_spent, _held = (sa.func.sum(spending.c[name]) for name in ("spent", "held"))
_SUMS = [_spent.label("spent"), _held.label("held")]
_in_month = sa.and_(
    spending.c.guild_id == sa.bindparam("of_guild"),
    spending.c.scope == sa.bindparam("of_scope", type_=spending.c.scope.type),
    spending.c.day >= sa.bindparam("first"),
    spending.c.day <= sa.bindparam("last"),
)
_MOST_FIRST = (_spent + _held).desc()
_DAYS = sa.select(spending.c.day, spending.c.spent, spending.c.held).where(
    _in_month, spending.c.subject == ""
)
_MODELS = (
    sa.select(spending.c.subject, *_SUMS)
    .where(_in_month)
    .group_by(spending.c.subject)
    .having(_spent + _held > 0)
    .order_by(_MOST_FIRST, spending.c.subject)
)
_MEMBERS = (
    sa.select(account.c.id.label("account_id"), account.c.member_id, *_SUMS)
    .select_from(
        account.join(spending, spending.c.subject == sa.cast(account.c.id, sa.Text)),
    )
    .where(account.c.guild_id == sa.bindparam("of_guild"), _in_month)
    .group_by(account.c.id)
    .having(_spent + _held > 0)
    .order_by(_MOST_FIRST, account.c.id)
)
_is_paid = hold.c.state == HoldState.CAPTURED
_lost = -sa.func.sum(entry.c.posted_change)
_ALL_MEMBERS = sa.select(account.c.member_id).where(
    account.c.guild_id == sa.bindparam("of_guild"), account.c.kind == AccountKind.MEMBER
)
# One member at a time: left to choose, SQLite begins with all jobs the guild ever had.
_LOSSES = (
    sa.select(
        job.c.state,
        job.c.failure,
        _is_paid.label("is_paid"),
        sa.func.count().label("jobs"),
        _lost.label("credits"),
    )
    .select_from(job.join(hold, hold.c.job_id == job.c.id).join(entry, entry.c.source == job.c.id))
    .where(
        job.c.guild_id == sa.bindparam("of_guild"),
        job.c.member_id == sa.bindparam("of_member"),
        # The day a job counts for is that of this moment, on whatever calendar the guild had.
        job.c.created_at >= sa.bindparam("ordered_after", type_=Moment),
        job.c.created_at < sa.bindparam("ordered_before", type_=Moment),
        entry.c.phase == Phase.LOSS,
        COUNTS,
    )
    .group_by(job.c.state, job.c.failure, _is_paid)
)


def of_month(conn: sa.Connection, guild_id: int, month: date | None, *, now: datetime) -> Figures:
    """Add up the month a day is in; this month for None."""
    span = month_of(conn, guild_id, month, now=now)
    models = [_model(row) for row in _rows(conn, _MODELS, guild_id, SpendingScope.MODEL, span)]
    members = [
        MemberSpent(**row) for row in _rows(conn, _MEMBERS, guild_id, SpendingScope.MEMBER, span)
    ]
    return Figures(
        span=span,
        days=_days(conn, guild_id, span),
        models=tuple(models[:TOP]),
        other_models=_rest(models[TOP:]),
        members=tuple(members[:TOP]),
        other_members=_rest(members[TOP:]),
        losses=_losses(conn, guild_id, span),
        month_cap=_cap(conn, guild_id, Period.MONTH),
        day_cap=_cap(conn, guild_id, Period.DAY),
    )


def _days(conn: sa.Connection, guild_id: int, span: Span) -> tuple[DaySpent, ...]:
    counted = {
        row["day"]: Amount(spent=row["spent"], held=row["held"])
        for row in _rows(conn, _DAYS, guild_id, SpendingScope.GUILD, span)
    }
    amounts = ((day, counted.get(day.isoformat(), Amount())) for day in span.days)
    return tuple(DaySpent(day=day, spent=one.spent, held=one.held) for day, one in amounts)


def _losses(conn: sa.Connection, guild_id: int, span: Span) -> tuple[Loss, ...]:
    around = {
        "ordered_after": span.begins_at - CALENDARS_DIFFER,
        "ordered_before": span.ends_at + CALENDARS_DIFFER,
    }
    key = {"of_guild": guild_id, **around, **month_key(span)}
    found: dict[tuple[JobState, str | None, bool], Loss] = {}
    for member in execute(conn, _ALL_MEMBERS, {"of_guild": guild_id}):
        for row in execute(conn, _LOSSES, {**key, "of_member": member["member_id"]}):
            loss = Loss(**row)
            why = (loss.state, loss.failure, loss.is_paid)
            known = found.get(why, replace(loss, jobs=0, credits=0))
            found[why] = replace(
                known, jobs=known.jobs + loss.jobs, credits=known.credits + loss.credits
            )
    return tuple(
        sorted(found.values(), key=lambda loss: (-loss.credits, loss.state, loss.failure or ""))
    )


def _rows(
    conn: sa.Connection,
    statement: sa.Select[tuple[object, ...]],
    guild_id: int,
    scope: SpendingScope,
    span: Span,
) -> list[Row]:
    days = {"first": span.first.isoformat(), "last": span.last.isoformat()}
    return execute(conn, statement, {"of_guild": guild_id, "of_scope": scope, **days})


def _model(row: Row) -> ModelSpent:
    provider, _, model = row["subject"].partition("/")
    return ModelSpent(provider=provider, model=model, spent=row["spent"], held=row["held"])


def _rest(amounts: Iterable[Amount]) -> Rest:
    every = tuple(amounts)
    return Rest(
        count=len(every),
        spent=sum(one.spent for one in every),
        held=sum(one.held for one in every),
    )


def _cap(conn: sa.Connection, guild_id: int, period: Period) -> int | None:
    wanted = Cap(guild_id=guild_id, scope=CapScope.GUILD, period=period, credits=0)
    cap = caps.find(conn, wanted)
    return cap.credits if cap else None
