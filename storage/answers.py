"""How moderators answer what members ask: whatever an answer does is done once, with its act."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from storage import acts, asks, giving, jobs, ledger, turns
from storage.acts import Act, ActKind, Line
from storage.asks import Ask, AskKind, AskState
from storage.fenced import write
from storage.giving import Giver
from storage.job import Job, JobState


@dataclass(frozen=True, kw_only=True)
class Answered:
    """A question after somebody answered it."""

    ask: Ask
    is_first: bool
    """Whether this answer counts; else the ask says who was quicker, or that it expired."""


def answer(
    conn: sa.Connection,
    ask_id: int,
    giver: Giver,
    *,
    granted: int,
    reason: str | None = None,
    failure: str,
    now: datetime,
) -> Answered:
    """Grant so many credits, or let a job begin; or deny it, with nothing granted.

    `failure` is what a denied job's row says. Raises AskNotFound, GivingCeilingReached, and
    ValueError for less than nothing.
    """
    if granted < 0:
        raise ValueError(f"nobody grants {granted} credits")
    asks.expire_due(conn, now=now)
    asked = asks.get(conn, ask_id)
    if asked.state is not AskState.OPEN:
        return Answered(ask=asked, is_first=False)
    if asked.kind is AskKind.CREDITS:
        number = _answer_member(conn, asked, giver, granted, reason, now)
    else:
        number = _answer_job(conn, asked, giver, granted, reason, failure, now)
    return Answered(ask=_closed(conn, asked, giver, granted, number, now), is_first=True)


def _answer_member(
    conn: sa.Connection,
    asked: Ask,
    giver: Giver,
    granted: int,
    reason: str | None,
    now: datetime,
) -> int:
    giving.check_ceiling(conn, asked.guild_id, giver, granted, now=now)
    number = acts.count(conn, asked.guild_id) + 1
    if granted:
        account_id = ledger.account_id(conn, asked.guild_id, asked.member_id, now=now)
        ledger.grant(
            conn,
            guild_id=asked.guild_id,
            member_id=asked.member_id,
            credits=granted,
            actor_id=giver.member_id,
            reason=reason,
            source=giving.source_of(asked.guild_id, number, account_id),
            now=now,
        )
    return _record(conn, asked, giver, ActKind.ANSWER, granted, reason, now)


def _answer_job(
    conn: sa.Connection,
    asked: Ask,
    giver: Giver,
    granted: int,
    reason: str | None,
    failure: str,
    now: datetime,
) -> int:
    job = jobs.get(conn, asked.job_id or "")
    number = _record(conn, asked, giver, ActKind.APPROVAL, 0, reason, now, is_granted=granted > 0)
    # Settled here, or the job's end would call it expired.
    _close(conn, asked, giver, granted, number, now)
    if granted:
        _let_begin(conn, job, now)
    else:
        jobs.finish(
            conn, job, JobState.CANCELLED, now=now, paid_credits=0, failure=failure, due_at=now
        )
    return number


def _let_begin(conn: sa.Connection, job: Job, now: datetime) -> None:
    """Put a job in line, behind whatever its member has ordered meanwhile."""
    values = {"approved_at": now, "turn": turns.next_turn(conn, job)}
    write(
        conn,
        job,
        JobState.QUEUED,
        {**values, "due_at": now, "lease_until": None, "woken": False},
    )


def _record(
    conn: sa.Connection,
    asked: Ask,
    giver: Giver,
    kind: ActKind,
    credits: int,
    reason: str | None,
    now: datetime,
    *,
    is_granted: bool | None = None,
) -> int:
    state = AskState.GRANTED if (credits or is_granted) else AskState.DENIED
    done = Act(
        kind=kind,
        lines=(Line(member_id=asked.member_id, credits=credits),),
        subject=asked.job_id or "",
        before={"asked": asked.credits},
        after={"state": state, "granted": credits},
        reason=reason,
        source=f"ask:{asked.id}",
    )
    return acts.record(conn, asked.guild_id, giver.member_id, done, now=now)


def _close(
    conn: sa.Connection, asked: Ask, giver: Giver, granted: int, number: int, now: datetime
) -> None:
    asks.close(
        conn,
        asked.id,
        AskState.GRANTED if granted else AskState.DENIED,
        moderator_account_id=ledger.account_id(conn, asked.guild_id, giver.member_id, now=now),
        granted=granted,
        act=number,
        now=now,
    )


def _closed(
    conn: sa.Connection, asked: Ask, giver: Giver, granted: int, number: int, now: datetime
) -> Ask:
    _close(conn, asked, giver, granted, number, now)
    return asks.get(conn, asked.id)
