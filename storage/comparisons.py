"""What must agree within the ledger: accounts, their holds and their entries."""

from __future__ import annotations

import sqlalchemy as sa

from storage.comparing import (
    ENTRIES_OF_ACCOUNT,
    ENTRY_AND_ACCOUNT,
    NUMBER,
    Comparison,
    before,
    compare,
    hold_with_entry,
    is_there,
    or_zero,
    shown,
    text,
)
from storage.job import JobState
from storage.schema import IS_HELD, AccountKind, HoldState, Phase, account, entry, hold
from storage.statements import is_one_of

# Summed before it is joined: without that, every account would search every hold.
_open_holds = (
    sa.select(hold.c.account_id, sa.func.sum(hold.c.credits).label("credits"))
    .where(IS_HELD)
    .group_by(hold.c.account_id)
    .subquery()
)


_number_before = before(entry.c.number)
_phase = text(entry.c.phase)
_welcome = "welcome:" + text(account.c.id)
_newest = sa.and_(entry.c.account_id == account.c.id, entry.c.number == account.c.entries)
_account_with_newest = account.outerjoin(entry, _newest)
_is_settled = sa.case((hold.c.state == HoldState.HELD, 0), else_=1)

_OPEN_HOLDS = compare(
    "sum of the open holds",
    expected=account.c.held,
    found=or_zero(_open_holds.c.credits),
).select_from(account.outerjoin(_open_holds, _open_holds.c.account_id == account.c.id))
HEADS: tuple[Comparison, ...] = (
    compare(
        "posted credits",
        expected=or_zero(entry.c.posted_after),
        found=account.c.posted,
    ).select_from(_account_with_newest),
    compare(
        "held credits",
        expected=or_zero(entry.c.held_after),
        found=account.c.held,
    ).select_from(_account_with_newest),
    compare(
        "digest of the newest entry",
        expected=shown(account.c.digest),
        found=shown(sa.func.coalesce(entry.c.digest, account.c.origin)),
    ).select_from(_account_with_newest),
    _OPEN_HOLDS,
)
"""What can be compared quickly however long the history is: accounts with their newest entries."""

OF_LEDGER: tuple[Comparison, ...] = (
    _OPEN_HOLDS,
    compare(
        "posted credits",
        expected=or_zero(sa.func.sum(entry.c.posted_change)),
        found=account.c.posted,
    )
    .select_from(ENTRIES_OF_ACCOUNT)
    .group_by(account.c.id),
    compare(
        "held credits",
        expected=or_zero(sa.func.sum(entry.c.held_change)),
        found=account.c.held,
    )
    .select_from(ENTRIES_OF_ACCOUNT)
    .group_by(account.c.id),
    compare(
        "number of entries",
        expected=account.c.entries,
        found=sa.func.count(entry.c.number),
    )
    .select_from(ENTRIES_OF_ACCOUNT)
    .group_by(account.c.id),
    compare(
        "posted credits after entry " + NUMBER,
        expected=before(entry.c.posted_after) + entry.c.posted_change,
        found=entry.c.posted_after,
    ).select_from(ENTRY_AND_ACCOUNT),
    compare(
        "held credits after entry " + NUMBER,
        expected=before(entry.c.held_after) + entry.c.held_change,
        found=entry.c.held_after,
    ).select_from(ENTRY_AND_ACCOUNT),
    compare(
        "credits set aside for job " + hold.c.job_id,
        expected=hold.c.credits,
        found=or_zero(entry.c.held_change),
    ).select_from(hold_with_entry(Phase.HOLD)),
    compare(
        "credits taken for job " + hold.c.job_id,
        expected=hold.c.captured_credits,
        found=-or_zero(entry.c.posted_change),
    ).select_from(hold_with_entry(Phase.SETTLE)),
    compare(
        "credits no longer held for job " + hold.c.job_id,
        expected=hold.c.credits * _is_settled,
        found=-or_zero(entry.c.held_change),
    ).select_from(hold_with_entry(Phase.SETTLE)),
    compare(
        "state of the hold of job " + hold.c.job_id,
        expected=sa.case(
            (entry.c.ending == JobState.DELIVERED, HoldState.CAPTURED.value),
            (entry.c.posted_change < 0, HoldState.CAPTURED.value),
            else_=HoldState.RELEASED.value,
        ),
        found=text(hold.c.state),
    )
    .select_from(hold_with_entry(Phase.SETTLE))
    .where(entry.c.source.is_not(None)),
    compare(
        "settlements of job " + hold.c.job_id,
        expected=_is_settled,
        found=is_there(entry.c.source),
    ).select_from(hold_with_entry(Phase.SETTLE)),
    compare(
        "holds of job " + entry.c.source,
        expected=sa.literal(1),
        found=is_there(hold.c.job_id),
    )
    .select_from(ENTRY_AND_ACCOUNT.outerjoin(hold, hold.c.job_id == entry.c.source))
    .where(is_one_of(entry.c.phase, {Phase.HOLD, Phase.SETTLE})),
    compare(
        "number of the entry after entry " + text(_number_before),
        expected=_number_before + 1,
        found=entry.c.number,
    ).select_from(ENTRY_AND_ACCOUNT),
    compare(
        "entries that set credits aside for job " + hold.c.job_id,
        expected=sa.literal(1),
        found=is_there(entry.c.source),
    ).select_from(hold_with_entry(Phase.HOLD)),
    compare(
        "accounts of entry " + NUMBER + " (" + entry.c.source + ")",
        whose="account " + text(entry.c.account_id),
        expected=sa.literal(1),
        found=is_there(account.c.id),
    ).select_from(entry.outerjoin(account, entry.c.account_id == account.c.id)),
    compare(
        "accounts of the hold of job " + hold.c.job_id,
        whose="account " + text(hold.c.account_id),
        expected=sa.literal(1),
        found=is_there(account.c.id),
    ).select_from(hold.outerjoin(account)),
    compare(
        "losses that a member bears for job " + entry.c.source,
        expected=sa.literal(0),
        found=sa.case((account.c.kind == AccountKind.HOUSE, 0), else_=1),
    )
    .select_from(ENTRY_AND_ACCOUNT)
    .where(entry.c.phase == Phase.LOSS),
    compare(
        "entries with the unknown word “" + _phase + "” for job " + entry.c.source,
        expected=sa.literal(0),
        found=sa.literal(1),
    )
    .select_from(ENTRY_AND_ACCOUNT)
    .where(sa.not_(is_one_of(_phase, set(Phase)))),
    compare(
        "starting grants of somebody else, entry " + NUMBER,
        expected=sa.literal(0),
        found=sa.case((entry.c.source == _welcome, 0), else_=1),
    )
    .select_from(ENTRY_AND_ACCOUNT)
    .where(entry.c.source.startswith("welcome:")),
)
