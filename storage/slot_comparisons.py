"""What must agree about slots: accounts with the slots held of them, and these with the jobs."""

from __future__ import annotations

import sqlalchemy as sa

from storage.comparing import Comparison, compare, or_zero, text
from storage.job import RUNNING_STATES
from storage.job_schema import job
from storage.slot_schema import SlotKind, slot, slot_account
from storage.slots import is_account_of_job
from storage.statements import is_one_of

_owner = sa.case(
    (slot_account.c.kind == SlotKind.PROVIDER, "provider " + slot_account.c.provider),
    (slot_account.c.kind == SlotKind.GUILD, "guild " + text(slot_account.c.guild_id)),
    else_="member " + text(slot_account.c.member_id) + " of guild " + text(slot_account.c.guild_id),
)
_held_of_account = (
    sa.select(slot.c.account_id, sa.func.count().label("slots")).group_by(slot.c.account_id)
).subquery()
_held_by_job = (
    sa.select(slot.c.job_id, sa.func.count().label("slots")).group_by(slot.c.job_id)
).subquery()
_runs = is_one_of(job.c.state, RUNNING_STATES)

OF_SLOTS: tuple[Comparison, ...] = (
    compare(
        "slots taken",
        whose=_owner,
        expected=or_zero(_held_of_account.c.slots),
        found=slot_account.c.taken,
    ).select_from(
        slot_account.outerjoin(_held_of_account, _held_of_account.c.account_id == slot_account.c.id)
    ),
    compare(
        "slots held by job " + job.c.id,
        whose="provider " + job.c.provider,
        expected=sa.case((_runs, len(SlotKind)), else_=0),
        found=or_zero(_held_by_job.c.slots),
    )
    .select_from(job.outerjoin(_held_by_job, _held_by_job.c.job_id == job.c.id))
    .where(sa.or_(_runs, _held_by_job.c.job_id.is_not(None))),
    compare(
        "slots that are its own of job " + job.c.id,
        whose=_owner,
        expected=sa.literal(1),
        found=sa.case((is_account_of_job, 1), else_=0),
    ).select_from(
        slot.join(job, job.c.id == slot.c.job_id).join(
            slot_account, slot_account.c.id == slot.c.account_id
        )
    ),
)
