"""What must agree in the books: each comparison selects whose, what, expected and found."""

from __future__ import annotations

from typing import Any, TypeAlias

import sqlalchemy as sa

from storage.job import JobState
from storage.schema import AccountKind, HoldState, Phase, account, entry, hold, job

Comparison: TypeAlias = sa.Select[str, str, int, int]


def _compare(
    what: str | sa.ColumnElement[str],
    *,
    expected: sa.ColumnElement[int],
    found: sa.ColumnElement[int],
    whose: sa.ColumnElement[str] | None = None,
) -> Comparison:
    return sa.select(
        (_owner if whose is None else whose).label("whose"),
        sa.literal(what).label("what") if isinstance(what, str) else what.label("what"),
        expected.label("expected"),
        found.label("found"),
    )


def _text(value: sa.ColumnElement[Any]) -> sa.ColumnElement[str]:
    return sa.cast(value, sa.Text)


def _is_there(column: sa.ColumnElement[Any]) -> sa.ColumnElement[int]:
    return sa.case((column.is_(None), 0), else_=1)


def _microsecond(moment: sa.ColumnElement[Any]) -> sa.ColumnElement[int]:
    return sa.type_coerce(moment, sa.BigInteger)


def _or_zero(value: sa.ColumnElement[int]) -> sa.ColumnElement[int]:
    return sa.func.coalesce(value, 0)


def _before(after: sa.ColumnElement[int]) -> sa.ColumnElement[int]:
    """Say how the account stood one entry earlier."""
    return sa.func.lag(after, 1, 0).over(partition_by=entry.c.account_id, order_by=entry.c.number)


_owner = (
    _text(account.c.kind)
    + " "
    + _text(account.c.member_id)
    + " of guild "
    + _text(account.c.guild_id)
)
_entry_and_account = entry.join(account, entry.c.account_id == account.c.id)
_entries_of_account = account.outerjoin(entry, entry.c.account_id == account.c.id)
# Summed before it is joined: without that, every account would search every hold.
_open_holds = (
    sa.select(hold.c.account_id, sa.func.sum(hold.c.credits).label("credits"))
    .where(hold.c.state == HoldState.HELD)
    .group_by(hold.c.account_id)
    .subquery()
)


def _hold_with_entry(phase: Phase) -> sa.FromClause:
    same = sa.and_(
        entry.c.source == hold.c.job_id,
        entry.c.phase == phase,
        entry.c.account_id == hold.c.account_id,
    )
    return hold.join(account).outerjoin(entry, same)


_number = _text(entry.c.number)
_number_before = _before(entry.c.number)
_phase = _text(entry.c.phase)
_welcome = "welcome:" + _text(account.c.id)
_is_settled = sa.case((hold.c.state == HoldState.HELD, 0), else_=1)

OF_LEDGER: tuple[Comparison, ...] = (
    _compare(
        "posted credits",
        expected=_or_zero(sa.func.sum(entry.c.posted_change)),
        found=account.c.posted,
    )
    .select_from(_entries_of_account)
    .group_by(account.c.id),
    _compare(
        "held credits",
        expected=_or_zero(sa.func.sum(entry.c.held_change)),
        found=account.c.held,
    )
    .select_from(_entries_of_account)
    .group_by(account.c.id),
    _compare(
        "number of entries",
        expected=account.c.entries,
        found=sa.func.count(entry.c.number),
    )
    .select_from(_entries_of_account)
    .group_by(account.c.id),
    _compare(
        "sum of the open holds",
        expected=account.c.held,
        found=_or_zero(_open_holds.c.credits),
    ).select_from(account.outerjoin(_open_holds, _open_holds.c.account_id == account.c.id)),
    _compare(
        "posted credits after entry " + _number,
        expected=_before(entry.c.posted_after) + entry.c.posted_change,
        found=entry.c.posted_after,
    ).select_from(_entry_and_account),
    _compare(
        "held credits after entry " + _number,
        expected=_before(entry.c.held_after) + entry.c.held_change,
        found=entry.c.held_after,
    ).select_from(_entry_and_account),
    _compare(
        "credits set aside for job " + hold.c.job_id,
        expected=hold.c.credits,
        found=_or_zero(entry.c.held_change),
    ).select_from(_hold_with_entry(Phase.HOLD)),
    _compare(
        "credits taken for job " + hold.c.job_id,
        expected=hold.c.captured_credits,
        found=-_or_zero(entry.c.posted_change),
    ).select_from(_hold_with_entry(Phase.SETTLE)),
    _compare(
        "credits no longer held for job " + hold.c.job_id,
        expected=hold.c.credits * _is_settled,
        found=-_or_zero(entry.c.held_change),
    ).select_from(_hold_with_entry(Phase.SETTLE)),
    _compare(
        "settlements of job " + hold.c.job_id,
        expected=_is_settled,
        found=_is_there(entry.c.source),
    ).select_from(_hold_with_entry(Phase.SETTLE)),
    _compare(
        "holds of job " + entry.c.source,
        expected=sa.literal(1),
        found=_is_there(hold.c.job_id),
    )
    .select_from(_entry_and_account.outerjoin(hold, hold.c.job_id == entry.c.source))
    .where(entry.c.phase.in_([Phase.HOLD, Phase.SETTLE])),
    _compare(
        "number of the entry after entry " + _text(_number_before),
        expected=_number_before + 1,
        found=entry.c.number,
    ).select_from(_entry_and_account),
    _compare(
        "entries that set credits aside for job " + hold.c.job_id,
        expected=sa.literal(1),
        found=_is_there(entry.c.source),
    ).select_from(_hold_with_entry(Phase.HOLD)),
    _compare(
        "accounts of entry " + _number + " (" + entry.c.source + ")",
        whose="account " + _text(entry.c.account_id),
        expected=sa.literal(1),
        found=_is_there(account.c.id),
    ).select_from(entry.outerjoin(account, entry.c.account_id == account.c.id)),
    _compare(
        "accounts of the hold of job " + hold.c.job_id,
        whose="account " + _text(hold.c.account_id),
        expected=sa.literal(1),
        found=_is_there(account.c.id),
    ).select_from(hold.outerjoin(account)),
    _compare(
        "losses that a member bears for job " + entry.c.source,
        expected=sa.literal(0),
        found=sa.case((account.c.kind == AccountKind.HOUSE, 0), else_=1),
    )
    .select_from(_entry_and_account)
    .where(entry.c.phase == Phase.LOSS),
    _compare(
        "entries with the unknown word “" + _phase + "” for job " + entry.c.source,
        expected=sa.literal(0),
        found=sa.literal(1),
    )
    .select_from(_entry_and_account)
    .where(_phase.not_in([phase.value for phase in Phase])),
    _compare(
        "starting grants of somebody else, entry " + _number,
        expected=sa.literal(0),
        found=sa.case((entry.c.source == _welcome, 0), else_=1),
    )
    .select_from(_entry_and_account)
    .where(entry.c.source.startswith("welcome:")),
)

# Who was anonymised has no id above zero, and is nobody to be compared.
_are_named = sa.and_(job.c.member_id > 0, account.c.member_id > 0)
_job_with_hold = job.join(hold, hold.c.job_id == job.c.id).join(
    account, account.c.id == hold.c.account_id
)
_entry_of_job = _entry_and_account.join(job, job.c.id == entry.c.source)
_member_of_job = "member " + _text(job.c.member_id) + " of guild " + _text(job.c.guild_id)

WITH_JOBS: tuple[Comparison, ...] = (
    _compare(
        "jobs of the hold of job " + hold.c.job_id,
        expected=sa.literal(1),
        found=_is_there(job.c.id),
    ).select_from(hold.join(account).outerjoin(job, job.c.id == hold.c.job_id)),
    _compare(
        "holds of job " + job.c.id,
        whose=_member_of_job,
        expected=sa.literal(1),
        found=_is_there(hold.c.job_id),
    ).select_from(job.outerjoin(hold, hold.c.job_id == job.c.id)),
    _compare(
        "credits set aside for job " + job.c.id + ", by its quote,",
        expected=job.c.price_credits,
        found=hold.c.credits,
    ).select_from(_job_with_hold),
    _compare(
        "credits taken for job " + job.c.id + ", by what it says was paid,",
        expected=_or_zero(job.c.paid_credits),
        found=hold.c.captured_credits,
    ).select_from(_job_with_hold),
    _compare(
        "open holds of job " + job.c.id + ", which is over,",
        expected=sa.literal(0),
        found=sa.case((hold.c.state == HoldState.HELD, 1), else_=0),
    )
    .select_from(_job_with_hold)
    .where(job.c.finished_at.is_not(None)),
    _compare(
        "member who pays for job " + job.c.id,
        expected=job.c.member_id,
        found=account.c.member_id,
    )
    .select_from(_job_with_hold)
    .where(_are_named),
    _compare(
        "guild where job " + job.c.id + " is paid",
        expected=job.c.guild_id,
        found=account.c.guild_id,
    )
    .select_from(_job_with_hold)
    .where(_are_named),
    _compare(
        "captures of job " + job.c.id + ", for which nobody paid,",
        expected=sa.literal(0),
        found=sa.case((hold.c.state == HoldState.CAPTURED, 1), else_=0),
    )
    .select_from(_job_with_hold)
    .where(job.c.state != JobState.DELIVERED, _or_zero(job.c.paid_credits) == 0),
    _compare(
        "microsecond of entry " + _number + ", as job " + job.c.id + " was made,",
        expected=_microsecond(job.c.created_at),
        found=_microsecond(entry.c.at),
    )
    .select_from(_entry_of_job)
    .where(entry.c.phase == Phase.HOLD),
    _compare(
        "microsecond of entry " + _number + ", as job " + job.c.id + " ended,",
        expected=_microsecond(job.c.finished_at),
        found=_microsecond(entry.c.at),
    )
    .select_from(_entry_of_job)
    .where(entry.c.phase == Phase.SETTLE),
    _compare(
        "moderators named in entry " + _number + " of job " + job.c.id,
        expected=sa.literal(0),
        found=sa.case(
            (sa.and_(entry.c.actor_account_id.is_(None), entry.c.reason_digest.is_(None)), 0),
            else_=1,
        ),
    ).select_from(_entry_of_job),
    _compare(
        "jobs of the loss of job " + entry.c.source,
        expected=sa.literal(1),
        found=_is_there(job.c.id),
    )
    .select_from(_entry_and_account.outerjoin(job, job.c.id == entry.c.source))
    .where(entry.c.phase == Phase.LOSS),
    _compare(
        "guild of the loss of job " + job.c.id,
        expected=job.c.guild_id,
        found=account.c.guild_id,
    )
    .select_from(_entry_of_job)
    .where(entry.c.phase == Phase.LOSS),
)
