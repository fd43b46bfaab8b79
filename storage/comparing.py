"""How a comparison of the books is put: whose, what, and what is expected and found there."""

from __future__ import annotations

from typing import Any, TypeAlias

import sqlalchemy as sa

from storage.schema import Phase, account, entry, hold

Comparison: TypeAlias = sa.Select[Any]


def compare(
    what: str | sa.ColumnElement[str],
    *,
    expected: sa.ColumnElement[Any],
    found: sa.ColumnElement[Any],
    whose: sa.ColumnElement[str] | None = None,
) -> Comparison:
    """Select every row's two values that should be the same, for the owner of the account."""
    return sa.select(
        (OWNER if whose is None else whose).label("whose"),
        sa.literal(what).label("what") if isinstance(what, str) else what.label("what"),
        expected.label("expected"),
        found.label("found"),
    )


def text(value: sa.ColumnElement[Any]) -> sa.ColumnElement[str]:
    """Make a text of a value."""
    return sa.cast(value, sa.Text)


def shown(digest: sa.ColumnElement[Any]) -> sa.ColumnElement[str]:
    """A digest in hexadecimal digits."""
    return sa.func.lower(sa.func.hex(digest))


def is_there(column: sa.ColumnElement[Any]) -> sa.ColumnElement[int]:
    """Count one where an outer join has found something."""
    return sa.case((column.is_(None), 0), else_=1)


def microsecond(moment: sa.ColumnElement[Any]) -> sa.ColumnElement[int]:
    """A moment as the number the database has."""
    return sa.type_coerce(moment, sa.BigInteger)


def or_zero(value: sa.ColumnElement[int]) -> sa.ColumnElement[int]:
    """Nothing counts as zero."""
    return sa.func.coalesce(value, 0)


def before(after: sa.ColumnElement[int]) -> sa.ColumnElement[int]:
    """Say how the account stood one entry earlier."""
    return sa.func.lag(after, 1, 0).over(partition_by=entry.c.account_id, order_by=entry.c.number)


OWNER = (
    text(account.c.kind) + " " + text(account.c.member_id) + " of guild " + text(account.c.guild_id)
)
ENTRY_AND_ACCOUNT = entry.join(account, entry.c.account_id == account.c.id)
ENTRIES_OF_ACCOUNT = account.outerjoin(entry, entry.c.account_id == account.c.id)
NUMBER = text(entry.c.number)


def hold_with_entry(phase: Phase) -> sa.FromClause:
    """Each hold, with its entry of a phase where there is one."""
    same = sa.and_(
        entry.c.source == hold.c.job_id,
        entry.c.phase == phase,
        entry.c.account_id == hold.c.account_id,
    )
    return hold.join(account).outerjoin(entry, same)
