"""Giving and taking credits: planned first, then done as planned, or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

import sqlalchemy as sa

from storage import acts, guilds, ledger, periods
from storage.acts import Act, ActKind, Line
from storage.desk_schema import act, act_line
from storage.errors import GivingCeilingReached, NotEnoughCredits, PlanOutdated
from storage.periods import Period
from storage.schema import AccountKind, account
from storage.statements import execute


@dataclass(frozen=True, kw_only=True)
class PlanLine:
    """One member of a plan."""

    member_id: int
    credits: int
    """How many the member will get, or lose: never more than is available."""
    wanted: int
    """How many the moderator asked for."""
    available: int
    """What the member has now."""

    @property
    def has_less(self) -> bool:
        """Whether there is less to take than was asked for."""
        return self.credits < self.wanted


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What carrying it out does exactly, or does not do at all."""

    id: str
    """The source of the act it becomes: there can be but one."""
    guild_id: int
    actor_id: int
    kind: ActKind
    """GRANT or TAKE."""
    lines: tuple[PlanLine, ...]
    reason: str | None
    expires_at: datetime | None = None
    """When granted credits expire, if they do."""

    @property
    def total(self) -> int:
        """The credits of all lines."""
        return sum(line.credits for line in self.lines)

    @property
    def has_less(self) -> tuple[PlanLine, ...]:
        """The members who have less than is to be taken."""
        return tuple(line for line in self.lines if line.has_less)


@dataclass(frozen=True, kw_only=True)
class Giver:
    """A moderator, and whether the guild's ceiling is none of theirs."""

    member_id: int
    is_unlimited: bool = False


_GIVES = (ActKind.GRANT, ActKind.ANSWER)
_undoing = act.alias("undoing")
_GIVEN = (
    sa.select(sa.func.coalesce(sa.func.sum(act_line.c.credits), 0).label("credits"))
    .select_from(
        act.join(
            act_line,
            sa.and_(act_line.c.guild_id == act.c.guild_id, act_line.c.number == act.c.number),
        ).join(account, account.c.id == act.c.actor_account_id)
    )
    .where(
        act.c.guild_id == sa.bindparam("of_guild"),
        account.c.guild_id == sa.bindparam("of_guild"),
        account.c.kind == AccountKind.MEMBER,
        account.c.member_id == sa.bindparam("of_member"),
        act.c.at >= sa.bindparam("since", type_=act.c.at.type),
        sa.or_(*(act.c.kind == kind for kind in _GIVES)),
        ~sa.exists().where(
            _undoing.c.guild_id == act.c.guild_id, _undoing.c.undoes == act.c.number
        ),
    )
)


def plan(
    conn: sa.Connection,
    wanted: Plan,
    giver: Giver,
    member_ids: Sequence[int],
    credits: int,
    *,
    now: datetime,
) -> Plan:
    """Fill in whom a plan without lines concerns, and how they stand; nothing is changed.

    Raises GivingCeilingReached, and ValueError unless credits are positive.
    """
    if credits <= 0:
        raise ValueError(f"nobody gives or takes {credits} credits")
    with _undone(conn):
        lines = tuple(
            _line(conn, wanted, member_id, credits, now) for member_id in dict.fromkeys(member_ids)
        )
        planned = Plan(**(vars(wanted) | {"lines": lines}))
        _check_ceiling(conn, planned, giver, now)
    return planned


def carry_out(conn: sa.Connection, planned: Plan, giver: Giver, *, now: datetime) -> int:
    """Do what a plan says, and say the number of the act.

    Raises PlanOutdated where a member has less by now, and GivingCeilingReached.
    """
    _check_ceiling(conn, planned, giver, now)
    number = acts.count(conn, planned.guild_id) + 1
    lines = [line for line in planned.lines if line.credits]
    used: dict[int, int] = {}
    for line in lines:
        used |= _move(conn, planned, line, number, now)
    sign = 1 if planned.kind is ActKind.GRANT else -1
    done = Act(
        kind=planned.kind,
        lines=tuple(Line(member_id=line.member_id, credits=sign * line.credits) for line in lines),
        before={"lots": {str(lot): credits for lot, credits in used.items()}} if used else None,
        after={"expires_at": planned.expires_at.isoformat()} if planned.expires_at else None,
        reason=planned.reason,
        source=planned.id,
    )
    return acts.record(conn, planned.guild_id, planned.actor_id, done, now=now)


def at_once(
    conn: sa.Connection,
    wanted: Plan,
    giver: Giver,
    member_ids: Sequence[int],
    credits: int,
    *,
    now: datetime,
) -> int:
    """Plan and carry out in one, and say the number of the act. Safe to repeat.

    Raises as `plan`.
    """
    known = acts.by_source(conn, wanted.guild_id, wanted.id)
    if known is not None:
        return known
    planned = plan(conn, wanted, giver, member_ids, credits, now=now)
    return carry_out(conn, planned, giver, now=now)


def source_of(guild_id: int, number: int, account_id: int) -> str:
    """How the entry of an act for one of those it concerns is called."""
    return f"act:{guild_id}:{number}:{account_id}"


def given_this_month(conn: sa.Connection, guild_id: int, giver_id: int, *, now: datetime) -> int:
    """How many credits a moderator gave since the guild's month began, but for what was undone."""
    timezone = guilds.settings(conn, guild_id).timezone
    start = periods.start_of(Period.MONTH, periods.day_of(now, timezone))
    since = datetime.combine(start, time(), periods.zone(timezone))
    [row] = execute(conn, _GIVEN, {"of_guild": guild_id, "of_member": giver_id, "since": since})
    given: int = row["credits"]
    return given


def check_ceiling(
    conn: sa.Connection, guild_id: int, giver: Giver, credits: int, *, now: datetime
) -> None:
    """See that a moderator may give so many more. Raises GivingCeilingReached."""
    chosen = guilds.settings(conn, guild_id)
    if giver.is_unlimited or chosen.giving_ceiling is None:
        return
    given = given_this_month(conn, guild_id, giver.member_id, now=now)
    if given + credits > chosen.giving_ceiling:
        resets_at = periods.resets_at(Period.MONTH, now, chosen.timezone)
        raise GivingCeilingReached(
            ceiling=chosen.giving_ceiling, given=given, asked=credits, resets_at=resets_at
        )


def _check_ceiling(conn: sa.Connection, planned: Plan, giver: Giver, now: datetime) -> None:
    if planned.kind is ActKind.GRANT:
        check_ceiling(conn, planned.guild_id, giver, planned.total, now=now)


def _line(
    conn: sa.Connection, wanted: Plan, member_id: int, credits: int, now: datetime
) -> PlanLine:
    available = ledger.account(conn, wanted.guild_id, member_id, now=now).available
    moved = credits if wanted.kind is ActKind.GRANT else min(credits, available)
    return PlanLine(member_id=member_id, credits=moved, wanted=credits, available=available)


def _move(
    conn: sa.Connection, planned: Plan, line: PlanLine, number: int, now: datetime
) -> dict[int, int]:
    """Do one line; say what a take used up of which lot."""
    account_id = ledger.account_id(conn, planned.guild_id, line.member_id, now=now)
    moving: dict[str, Any] = {
        "guild_id": planned.guild_id,
        "member_id": line.member_id,
        "credits": line.credits,
        "actor_id": planned.actor_id,
        "reason": planned.reason,
        "source": source_of(planned.guild_id, number, account_id),
        "now": now,
    }
    if planned.kind is ActKind.GRANT:
        ledger.grant(conn, **moving, expires_at=planned.expires_at)
        return {}
    try:
        return dict(ledger.take(conn, **moving))
    except NotEnoughCredits as error:
        raise PlanOutdated(line.member_id) from error


@contextmanager
def _undone(conn: sa.Connection) -> Iterator[None]:
    """Undo what is written meanwhile: accounts are opened, and credits expire, only for show."""
    conn.exec_driver_sql("SAVEPOINT dry_run")
    try:
        yield
    finally:
        conn.exec_driver_sql("ROLLBACK TO dry_run")
        conn.exec_driver_sql("RELEASE dry_run")
