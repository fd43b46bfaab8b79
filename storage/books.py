"""Checking the books: whether accounts, holds and entries tell one story."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from storage.schema import HoldState, Phase, account, entry, hold


@dataclass(frozen=True, kw_only=True)
class Discrepancy:
    """Two parts of the ledger that should agree and do not."""

    account: str
    what: str
    expected: int
    found: int

    def __str__(self) -> str:
        return f"{self.account}: {self.what} should be {self.expected} and is {self.found}"


def check_books(conn: sa.Connection) -> list[Discrepancy]:
    """Compare accounts, holds and entries; an empty list means that they agree."""
    rows = (row for comparison in _COMPARISONS for row in conn.execute(_differing(comparison)))
    return [
        Discrepancy(
            account=f"{row.kind} {row.member_id} of guild {row.guild_id}",
            what=row.what,
            expected=row.expected,
            found=row.found,
        )
        for row in rows
    ]


def _differing(comparison: sa.Select[tuple[object, ...]]) -> sa.Select[tuple[object, ...]]:
    compared = comparison.subquery()
    return sa.select(compared).where(compared.c.expected != compared.c.found)


def _compare(
    what: str | sa.ColumnElement[str],
    *,
    expected: sa.ColumnElement[int],
    found: sa.ColumnElement[int],
) -> sa.Select[tuple[object, ...]]:
    return sa.select(
        account.c.kind,
        account.c.member_id,
        account.c.guild_id,
        sa.literal(what).label("what") if isinstance(what, str) else what.label("what"),
        expected.label("expected"),
        found.label("found"),
    )


def _or_zero(value: sa.ColumnElement[int]) -> sa.ColumnElement[int]:
    return sa.func.coalesce(value, 0)


def _before(after: sa.ColumnElement[int]) -> sa.ColumnElement[int]:
    """Say how the account stood one entry earlier."""
    return sa.func.lag(after, 1, 0).over(partition_by=entry.c.account_id, order_by=entry.c.number)


_entries_of_account = account.outerjoin(entry)
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


_number = sa.cast(entry.c.number, sa.Text)
_is_settled = sa.case((hold.c.state == HoldState.HELD, 0), else_=1)

_COMPARISONS = (
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
    ).select_from(entry.join(account)),
    _compare(
        "held credits after entry " + _number,
        expected=_before(entry.c.held_after) + entry.c.held_change,
        found=entry.c.held_after,
    ).select_from(entry.join(account)),
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
        found=sa.case((entry.c.source.is_(None), 0), else_=1),
    ).select_from(_hold_with_entry(Phase.SETTLE)),
    _compare(
        "holds of job " + entry.c.source,
        expected=sa.literal(1),
        found=sa.case((hold.c.job_id.is_(None), 0), else_=1),
    )
    .select_from(entry.join(account).outerjoin(hold, hold.c.job_id == entry.c.source))
    .where(entry.c.phase.in_([Phase.HOLD, Phase.SETTLE])),
)
