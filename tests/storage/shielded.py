"""Refusals, blocks and clips for the tests of the shield to vary."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from storage import jobs, ledger
from storage.job import JobState
from storage.jobs import Job
from storage.strikes import Strike
from storage.strikes import of_job as strike_of_job
from tests.storage.examples import GUILD, LEASE, MEMBER, NOW, in_state, new_job

MODERATOR = 9


def refused(
    conn: sa.Connection,
    interaction_id: int,
    *,
    now: datetime = NOW,
    guild_id: int = GUILD,
    member_id: int = MEMBER,
) -> Strike:
    """Let a member order a job, and the provider's moderation refuse it."""
    job = running(conn, interaction_id, now=now, guild_id=guild_id, member_id=member_id)
    return refuse(conn, job, now=now)


def running(
    conn: sa.Connection,
    interaction_id: int,
    *,
    now: datetime = NOW,
    guild_id: int = GUILD,
    member_id: int = MEMBER,
) -> Job:
    """Let a member order a job, and claim it."""
    new = new_job(
        interaction_id, guild_id=guild_id, member_id=member_id, price_credits=0, due_at=now
    )
    made = jobs.create(conn, new, now=now)
    claims = jobs.claim_due(conn, now=now, lease=LEASE, limit=1000)
    [job] = [claim for claim in claims if claim.id == made.id]
    return job


def refuse(conn: sa.Connection, job: Job, *, now: datetime = NOW) -> Strike:
    """End a job as the provider's moderation does."""
    jobs.finish(conn, job, JobState.FAILED, now=now, paid_credits=0, is_strike=True, due_at=None)
    strike = strike_of_job(conn, job.id)
    assert strike is not None
    return strike


def posted(conn: sa.Connection, interaction_id: int = 1) -> Job:
    """Make a job whose clip is posted."""
    job = in_state(
        conn,
        JobState.FETCHED,
        interaction_id,
        thread_id=902,
        picture=f"{interaction_id}.jpg",
    )
    job = jobs.update(
        conn,
        job,
        now=NOW,
        due_at=NOW,
        keep_lease=True,
        clip=f"{interaction_id}.mp4",
        clip_id=903,
        status_id=904,
    )
    return jobs.finish(conn, job, JobState.DELIVERED, now=NOW, paid_credits=8, due_at=None)


def account_of(conn: sa.Connection, member_id: int = MEMBER) -> int:
    """The number of a member's account."""
    return ledger.account_id(conn, GUILD, member_id, now=NOW)
