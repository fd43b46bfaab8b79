"""What must agree between the ledger and the jobs."""

from __future__ import annotations

import sqlalchemy as sa

from storage.comparing import (
    ENTRY_AND_ACCOUNT,
    NUMBER,
    Comparison,
    compare,
    is_there,
    microsecond,
    or_zero,
    text,
)
from storage.job import SETTLED_STATES, JobState
from storage.job_schema import job, review
from storage.schema import HoldState, Phase, account, entry, hold
from storage.statements import is_one_of

# Who was anonymised has an id below zero in both, and is nobody to be compared.
_is_named = sa.or_(job.c.member_id >= 0, account.c.member_id >= 0)
_job_with_hold = job.join(hold, hold.c.job_id == job.c.id).join(
    account, account.c.id == hold.c.account_id
)
_entry_of_job = ENTRY_AND_ACCOUNT.join(job, job.c.id == entry.c.source)
_member_of_job = "member " + text(job.c.member_id) + " of guild " + text(job.c.guild_id)

_settles = sa.and_(entry.c.source == job.c.id, entry.c.phase == Phase.SETTLE)
_settlement = ENTRY_AND_ACCOUNT.join(job, _settles)
_ending = text(entry.c.ending)
# What was given up may go on later, once somebody has named the task.
_came_late = sa.and_(
    entry.c.ending == JobState.NEEDS_REVIEW,
    review.c.resumed_at.is_not(None),
    is_one_of(job.c.state, frozenset({JobState.LATE, JobState.DELIVERED, JobState.FAILED})),
)

WITH_JOBS: tuple[Comparison, ...] = (
    compare(
        "jobs of the hold of job " + hold.c.job_id,
        expected=sa.literal(1),
        found=is_there(job.c.id),
    ).select_from(hold.join(account).outerjoin(job, job.c.id == hold.c.job_id)),
    compare(
        "holds of job " + job.c.id,
        whose=_member_of_job,
        expected=sa.literal(1),
        found=is_there(hold.c.job_id),
    ).select_from(job.outerjoin(hold, hold.c.job_id == job.c.id)),
    compare(
        "credits set aside for job " + job.c.id + ", by its quote,",
        expected=job.c.price_credits,
        found=hold.c.credits,
    ).select_from(_job_with_hold),
    compare(
        "credits taken for job " + job.c.id + ", by what it says was paid,",
        expected=or_zero(job.c.paid_credits),
        found=hold.c.captured_credits,
    ).select_from(_job_with_hold),
    compare(
        "open holds of job " + job.c.id + ", which is over,",
        expected=sa.literal(0),
        found=sa.case((hold.c.state == HoldState.HELD, 1), else_=0),
    )
    .select_from(_job_with_hold)
    .where(job.c.finished_at.is_not(None)),
    compare(
        "member who pays for job " + job.c.id,
        expected=job.c.member_id,
        found=account.c.member_id,
    )
    .select_from(_job_with_hold)
    .where(_is_named),
    compare(
        "guild where job " + job.c.id + " is paid",
        expected=job.c.guild_id,
        found=account.c.guild_id,
    )
    .select_from(_job_with_hold)
    .where(_is_named),
    compare(
        "state of job " + job.c.id,
        expected=_ending,
        found=text(job.c.state),
    )
    .select_from(_settlement.outerjoin(review, review.c.job_id == job.c.id))
    .where(sa.not_(_came_late)),
    compare(
        "settlements of job " + job.c.id + ", which is " + text(job.c.state) + ",",
        expected=sa.literal(1),
        found=is_there(entry.c.source),
    )
    .select_from(_job_with_hold.outerjoin(entry, _settles))
    .where(is_one_of(job.c.state, SETTLED_STATES)),
    compare(
        "microsecond of entry " + NUMBER + ", as job " + job.c.id + " was made,",
        expected=microsecond(job.c.created_at),
        found=microsecond(entry.c.at),
    )
    .select_from(_entry_of_job)
    .where(entry.c.phase == Phase.HOLD),
    compare(
        "microsecond of entry " + NUMBER + ", as job " + job.c.id + " ended,",
        expected=microsecond(job.c.finished_at),
        found=microsecond(entry.c.at),
    )
    .select_from(_entry_of_job)
    .where(entry.c.phase == Phase.SETTLE),
    compare(
        "moderators named in entry " + NUMBER + " of job " + job.c.id,
        expected=sa.literal(0),
        found=sa.case(
            (sa.and_(entry.c.actor_account_id.is_(None), entry.c.reason_digest.is_(None)), 0),
            else_=1,
        ),
    ).select_from(_entry_of_job),
    compare(
        "jobs of the loss of job " + entry.c.source,
        expected=sa.literal(1),
        found=is_there(job.c.id),
    )
    .select_from(ENTRY_AND_ACCOUNT.outerjoin(job, job.c.id == entry.c.source))
    .where(entry.c.phase == Phase.LOSS),
    compare(
        "guild of the loss of job " + job.c.id,
        expected=job.c.guild_id,
        found=account.c.guild_id,
    )
    .select_from(_entry_of_job)
    .where(entry.c.phase == Phase.LOSS),
)
