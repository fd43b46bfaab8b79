"""Jobs: made with their hold, advanced under a lease, finished with their settlement.

This is the whole interface to jobs; the values, the visits, the line before a provider and the
fenced write have a module each.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage import (
    admission,
    allowances,
    asks,
    blocks,
    guilds,
    job_schema,
    ledger,
    spending,
    strikes,
    turns,
)
from storage.errors import JobNotFound
from storage.fenced import JOB_COLUMNS, as_job, write
from storage.fenced import update as update
from storage.job import Job as Job
from storage.job import JobRequest as JobRequest
from storage.job import JobState as JobState
from storage.job import NewJob as NewJob
from storage.job import job_id as job_id
from storage.late import hint as hint
from storage.line import begin_submit as begin_submit
from storage.line import wake_first_in_line as wake_first_in_line
from storage.line import wake_next as wake_next
from storage.statements import execute, first
from storage.visits import WAKING
from storage.visits import claim_due as claim_due
from storage.visits import drop_leases as drop_leases
from storage.visits import next_due as next_due
from storage.visits import wake as wake

_JOB = sa.select(*JOB_COLUMNS).where(job_schema.job.c.id == sa.bindparam("job_id"))
_INSERT = sa.insert(job_schema.job).returning(*JOB_COLUMNS)
_OF_MEMBER = (
    sa.select(*JOB_COLUMNS)
    .where(
        job_schema.job.c.guild_id == sa.bindparam("guild_id"),
        job_schema.job.c.member_id == sa.bindparam("member_id"),
    )
    .order_by(job_schema.job.c.created_at.desc(), job_schema.job.c.id.desc())
    .limit(sa.bindparam("limit"))
)
_REQUEST_CANCEL = (
    sa.update(job_schema.job)
    .where(job_schema.job.c.id == sa.bindparam("job_id"), job_schema.job.c.finished_at.is_(None))
    .values({**WAKING, "cancel_requested": True})
    .returning(*JOB_COLUMNS)
)


def create(conn: sa.Connection, new: NewJob, *, now: datetime, role_ids: Sequence[int] = ()) -> Job:
    """Hold the price and make the job. The same interaction again finds the first job.

    The roles are those the member has now. Raises NotEnoughCredits, and BudgetError where the
    guild or the owner lets this not be spent, or the member may order nothing.
    """
    name = job_id(new.interaction_id)
    known = first(conn, _JOB, {"job_id": name})
    if known is not None:
        return as_job(known)
    blocks.check(conn, new.guild_id, new.member_id, now=now)
    strikes.check_brake(conn, new.guild_id, new.provider, now=now)
    chosen = guilds.settings(conn, new.guild_id)
    account_id = ledger.account_id(conn, new.guild_id, new.member_id, now=now)
    allowances.give(conn, new.guild_id, new.member_id, role_ids, now=now)
    day = admission.admit(conn, new, account_id, role_ids, chosen, now=now)
    ledger.hold(
        conn,
        job_id=name,
        guild_id=new.guild_id,
        member_id=new.member_id,
        credits=new.price_credits,
        day=day,
        now=now,
    )
    spending.held(conn, new, account_id, day=day, now=now)
    given = {**vars(new), "id": name, "created_at": now, "turn": turns.next_turn(conn, new)}
    needs_approval = chosen.needs_approval(new.price_credits)
    state = JobState.NEEDS_APPROVAL if needs_approval else JobState.QUEUED
    [row] = execute(conn, _INSERT, {**given, "state": state})
    job = as_job(row)
    if needs_approval:
        asks.for_job(conn, job, account_id, now=now)
    return job


def get(conn: sa.Connection, job_id: str) -> Job:
    """Read a job. Raises JobNotFound."""
    row = first(conn, _JOB, {"job_id": job_id})
    if row is None:
        raise JobNotFound(job_id)
    return as_job(row)


def of_member(conn: sa.Connection, guild_id: int, member_id: int, *, limit: int) -> list[Job]:
    """List a member's jobs in a guild, newest first."""
    key = {"guild_id": guild_id, "member_id": member_id, "limit": limit}
    return [as_job(row) for row in execute(conn, _OF_MEMBER, key)]


def request_cancel(conn: sa.Connection, job_id: str, *, now: datetime) -> Job:
    """Ask the worker to cancel a job, at its next visit, which is due now. Safe to repeat.

    A job that is over stays as it is. Raises JobNotFound.
    """
    row = first(conn, _REQUEST_CANCEL, {"job_id": job_id, "now": now})
    return get(conn, job_id) if row is None else as_job(row)


def finish(
    conn: sa.Connection,
    job: Job,
    state: JobState,
    *,
    now: datetime,
    paid_credits: int,
    house_loss_credits: int = 0,
    failure: str | None = None,
    billed_microdollars: int | None = None,
    is_strike: bool = False,
    due_at: datetime | None,
) -> Job:
    """End a job and settle its hold, together or not at all.

    The member pays `paid_credits`, never more than the quote, and gets the rest back. What the
    provider billed and no member pays is the house's loss. A strike counts against the member.
    Raises StaleFence, and ValueError where the state does not end a job or may not follow.
    """
    if not state.is_terminal or job.state.is_terminal:
        raise ValueError(f"{state} does not end a job that is {job.state}")
    if min(paid_credits, house_loss_credits) < 0:
        raise ValueError(f"nobody pays {min(paid_credits, house_loss_credits)} credits")
    paid = min(paid_credits, job.price_credits)
    values: dict[str, Any] = {
        "paid_credits": paid,
        "finished_at": now,
        "due_at": due_at,
        "lease_until": None,
        "woken": False,
    }
    if failure is not None:
        values["failure"] = failure
    if billed_microdollars is not None:
        values["billed_microdollars"] = billed_microdollars
    finished = write(conn, job, state, values)
    if job.state is JobState.NEEDS_APPROVAL:
        asks.expire_of_job(conn, job.id, now=now)
    _settle(conn, finished, paid, now)
    spending.settled(conn, finished)
    if house_loss_credits:
        ledger.lose(conn, job_id=job.id, guild_id=job.guild_id, credits=house_loss_credits, now=now)
    if is_strike:
        strikes.add(conn, finished, now=now)
    return finished


def _settle(conn: sa.Connection, job: Job, paid: int, now: datetime) -> None:
    if paid or job.state is JobState.DELIVERED:
        ledger.capture(conn, job_id=job.id, credits=paid, ending=job.state, now=now)
    else:
        ledger.release(conn, job_id=job.id, ending=job.state, now=now)
