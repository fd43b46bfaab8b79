"""What the shield knows of a member in a guild, and what is left of it once they are forgotten.

Strikes and a block move to the account that is opened in place of the old one, as caps do: nobody
ends a quarantine by having their data deleted. They take nothing with them that leads to a job or
an act of before: moments are rounded to the day, or to the hour in the member's disfavour.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from storage.job_schema import job
from storage.moments import MICROSECOND
from storage.schema import AccountKind, account
from storage.shield_schema import BlockKind, block, report, report_case, strike
from storage.statements import execute, first

DAY = timedelta(days=1) // MICROSECOND
HOUR = timedelta(hours=1) // MICROSECOND


@dataclass(frozen=True, kw_only=True)
class StrikeHeld:
    """A strike, as its member may have it."""

    at: datetime
    number: int
    until: datetime | None


@dataclass(frozen=True, kw_only=True)
class BlockHeld:
    """A block, as its member may have it."""

    kind: BlockKind
    since: datetime
    until: datetime | None


@dataclass(frozen=True, kw_only=True)
class ReportHeld:
    """What a member reported."""

    job_id: str
    text: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class ShieldHoldings:
    """All of it."""

    strikes: tuple[StrikeHeld, ...] = ()
    block: BlockHeld | None = None
    reports: tuple[ReportHeld, ...] = ()


is_known = sa.or_(
    sa.exists().where(report.c.reporter_account_id == account.c.id),
    sa.exists().where(report_case.c.moderator_account_id == account.c.id),
)
"""Whether an account is named by something that stays with it."""

_of_member = sa.and_(
    account.c.guild_id == sa.bindparam("of_guild"),
    account.c.kind == AccountKind.MEMBER,
    account.c.member_id == sa.bindparam("of_member"),
)
_STRIKES = (
    sa.select(strike.c.at, strike.c.number, strike.c.until)
    .join(account, account.c.id == strike.c.account_id)
    .where(_of_member)
    .order_by(strike.c.at, strike.c.id)
)
_BLOCK = (
    sa.select(block.c.kind, block.c.since, block.c.until)
    .join(account, account.c.id == block.c.account_id)
    .where(_of_member)
)
_REPORTS = (
    sa.select(report.c.job_id, report.c.text, report.c.at)
    .join(account, account.c.id == report.c.reporter_account_id)
    .where(_of_member)
    .order_by(report.c.at, report.c.job_id)
)

_is_old_strike = strike.c.account_id == sa.bindparam("old")
_DROP_LIFTED = sa.delete(strike).where(_is_old_strike, strike.c.lifted_by.is_not(None))


def _floor(moment: sa.Column[datetime], step: int) -> sa.ColumnElement[int]:
    microseconds = sa.type_coerce(moment, sa.BigInteger)
    return microseconds - microseconds.op("%")(sa.literal_column(str(step)))


def _ceiling(moment: sa.Column[datetime], step: int) -> sa.ColumnElement[int]:
    return _floor(moment, step) + sa.literal_column(str(step))


_MOVE_STRIKES = (
    sa.update(strike)
    .where(_is_old_strike)
    .values(
        account_id=sa.bindparam("new"),
        job_id=None,
        provider="",
        at=sa.type_coerce(_floor(strike.c.at, DAY), strike.c.at.type),
        until=None,
    )
)
_MOVE_BLOCK = (
    sa.update(block)
    .where(block.c.account_id == sa.bindparam("old"))
    .values(
        account_id=sa.bindparam("new"),
        since=sa.type_coerce(_floor(block.c.since, DAY), block.c.since.type),
        until=sa.type_coerce(_ceiling(block.c.until, HOUR), block.c.until.type),
        act=None,
    )
)
_old_jobs = sa.select(job.c.id).join(
    account,
    sa.and_(account.c.guild_id == job.c.guild_id, account.c.member_id == job.c.member_id),
)
_FORGET_WORDS = (
    sa.update(report)
    .where(
        sa.or_(
            report.c.reporter_account_id == sa.bindparam("old"),
            report.c.job_id.in_(_old_jobs.where(account.c.id == sa.bindparam("old"))),
        )
    )
    .values(text="")
)


def holdings(conn: sa.Connection, guild_id: int, member_id: int) -> ShieldHoldings:
    """Read all that the shield knows of a member in a guild."""
    key = {"of_guild": guild_id, "of_member": member_id}
    blocked = first(conn, _BLOCK, key)
    return ShieldHoldings(
        strikes=tuple(StrikeHeld(**row) for row in execute(conn, _STRIKES, key)),
        block=None if blocked is None else BlockHeld(**blocked),
        reports=tuple(ReportHeld(**row) for row in execute(conn, _REPORTS, key)),
    )


def forget(conn: sa.Connection, old_account: int, new_account: int) -> None:
    """Keep no words of the old account's, and let the new one order no sooner."""
    key = {"old": old_account}
    execute(conn, _DROP_LIFTED, key)
    for move in (_MOVE_STRIKES, _MOVE_BLOCK):
        execute(conn, move, {**key, "new": new_account})
    execute(conn, _FORGET_WORDS, key)
