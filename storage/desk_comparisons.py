"""What must agree between the ledger and the desk: acts with their entries, lots with theirs."""

from __future__ import annotations

import sqlalchemy as sa

from storage.comparing import ENTRY_AND_ACCOUNT, Comparison, compare, is_there, or_zero, text
from storage.desk_schema import act_line, lot
from storage.schema import Phase, account, entry

_source = (
    "act:"
    + text(act_line.c.guild_id)
    + ":"
    + text(act_line.c.number)
    + ":"
    + text(act_line.c.account_id)
)
_entry_of_line = sa.and_(entry.c.source == _source, entry.c.account_id == act_line.c.account_id)
_grant_of_lot = sa.and_(
    entry.c.account_id == lot.c.account_id,
    entry.c.number == lot.c.number,
    entry.c.phase == Phase.GRANT,
)


def _sum_of_lots(amount: sa.ColumnElement[int]) -> sa.ColumnElement[int]:
    lots = sa.select(sa.func.sum(amount)).where(lot.c.account_id == account.c.id)
    return or_zero(lots.scalar_subquery())


def _sum_of_entries(*phases: Phase) -> sa.ColumnElement[int]:
    entries = sa.select(-sa.func.sum(entry.c.posted_change)).where(
        entry.c.account_id == account.c.id, sa.or_(*(entry.c.phase == one for one in phases))
    )
    return or_zero(entries.scalar_subquery())


def _at_most(value: sa.ColumnElement[int], most: sa.ColumnElement[int]) -> sa.ColumnElement[int]:
    # Two-argument min() is SQLite's LEAST.
    return sa.func.min(value, most, type_=sa.BigInteger)


_remaining = _sum_of_lots(lot.c.remaining)
_used = _sum_of_lots(lot.c.credits - lot.c.remaining - lot.c.expired)
_with_lots = account.c.id.in_(sa.select(lot.c.account_id))

OF_DESK: tuple[Comparison, ...] = (
    compare(
        "credits of act " + text(act_line.c.number),
        expected=act_line.c.credits,
        found=or_zero(entry.c.posted_change),
    )
    .select_from(
        act_line.join(account, account.c.id == act_line.c.account_id).outerjoin(
            entry, _entry_of_line
        )
    )
    .where(act_line.c.credits != 0),
    compare(
        "acts of entry " + entry.c.source,
        expected=sa.literal(1),
        found=is_there(act_line.c.number),
    )
    .select_from(ENTRY_AND_ACCOUNT.outerjoin(act_line, _entry_of_line))
    .where(entry.c.source.startswith("act:")),
    compare(
        "credits of lot " + text(lot.c.id),
        expected=or_zero(entry.c.posted_change),
        found=lot.c.credits,
    ).select_from(
        lot.join(account, account.c.id == lot.c.account_id).outerjoin(entry, _grant_of_lot)
    ),
    compare(
        "credits that expired",
        expected=_sum_of_entries(Phase.EXPIRE),
        found=_sum_of_lots(lot.c.expired),
    )
    .select_from(account)
    .where(
        sa.or_(
            _with_lots,
            account.c.id.in_(sa.select(entry.c.account_id).where(entry.c.phase == Phase.EXPIRE)),
        )
    ),
    compare(
        "credits left of lots", expected=_at_most(_remaining, account.c.posted), found=_remaining
    )
    .select_from(account)
    .where(_with_lots),
    compare(
        "credits used of lots",
        expected=_at_most(_used, _sum_of_entries(Phase.SETTLE, Phase.TAKE)),
        found=_used,
    )
    .select_from(account)
    .where(_with_lots),
)
