"""What members ask of the moderators: credits, or that a job above the threshold may begin.

A question is open until somebody answers, or its time is over. `storage.answers` answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from storage import ledger
from storage.desk_schema import IS_ASKED, ask
from storage.desk_schema import AskKind as AskKind
from storage.desk_schema import AskState as AskState
from storage.errors import AskedAlready, AskNotFound
from storage.job import Job
from storage.schema import account
from storage.statements import Row, execute, first

CREDITS_LIFETIME = timedelta(days=7)
JOB_LIFETIME = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Ask:
    """One question, and what became of it. Who was forgotten has an id below zero."""

    id: int
    guild_id: int
    member_id: int
    kind: AskKind
    job_id: str | None
    credits: int
    """How many the member asks for, or the job's quote."""
    text: str
    """Why, in the member's words."""
    state: AskState
    moderator_id: int | None
    """Who answered."""
    granted: int
    """How many credits the member got."""
    act: int | None
    """The number of the act that answered it."""
    channel_id: int | None
    """Where the moderators' card stands."""
    message_id: int | None
    """The card; None also once it says how the question ended, for so it stays."""
    created_at: datetime
    expires_at: datetime
    decided_at: datetime | None


_moderator = account.alias("moderator")
_ASKS = sa.select(
    *(column for column in ask.c if not column.name.endswith("account_id")),
    account.c.member_id,
    _moderator.c.member_id.label("moderator_id"),
).select_from(
    ask.join(account, account.c.id == ask.c.account_id).outerjoin(
        _moderator, _moderator.c.id == ask.c.moderator_account_id
    )
)
_ASK = _ASKS.where(ask.c.id == sa.bindparam("of_ask"))
_OF_JOB = _ASKS.where(ask.c.job_id == sa.bindparam("of_job"))
_now = sa.bindparam("now", type_=ask.c.expires_at.type)
_PENDING = (
    _ASKS.where(
        ask.c.guild_id == sa.bindparam("of_guild"),
        sa.text(f"ask.{IS_ASKED.text}"),
        ask.c.expires_at > _now,
    )
    .order_by(ask.c.created_at, ask.c.id)
    .limit(sa.bindparam("limit"))
)
_OF_MEMBER = (
    _ASKS.where(
        account.c.guild_id == sa.bindparam("of_guild"),
        account.c.member_id == sa.bindparam("of_member"),
    )
    .order_by(ask.c.created_at.desc(), ask.c.id.desc())
    .limit(sa.bindparam("limit"))
)
_OPEN = sa.select(ask.c.id).where(
    ask.c.account_id == sa.bindparam("of_account"), IS_ASKED, ask.c.kind == AskKind.CREDITS
)
_STILL_OPEN = (
    sa.select(ask.c.id)
    .select_from(ask.join(account, account.c.id == ask.c.account_id))
    .where(
        account.c.guild_id == sa.bindparam("of_guild"),
        account.c.member_id == sa.bindparam("of_member"),
        ask.c.state == AskState.OPEN,
        ask.c.kind == AskKind.CREDITS,
        ask.c.expires_at > _now,
    )
)
_ADD = sa.insert(ask).returning(ask.c.id)
_CLOSE = (
    sa.update(ask)
    .where(ask.c.id == sa.bindparam("of_ask"), IS_ASKED)
    .values(
        state=sa.bindparam("closing"),
        decided_at=sa.bindparam("closed_at", type_=ask.c.decided_at.type),
        granted=sa.bindparam("given"),
        moderator_account_id=sa.bindparam("moderator"),
        act=sa.bindparam("number"),
    )
    .returning(ask.c.id)
)
# The job's own step ends the question whether a job may begin.
_EXPIRE_DUE = (
    sa.update(ask)
    .where(IS_ASKED, ask.c.kind == AskKind.CREDITS, ask.c.expires_at <= _now)
    .values(state=AskState.EXPIRED, decided_at=ask.c.expires_at)
    .returning(ask.c.id)
)
_EXPIRE_OF_JOB = (
    sa.update(ask)
    .where(ask.c.job_id == sa.bindparam("of_job"), IS_ASKED)
    .values(state=AskState.EXPIRED, decided_at=_now)
)
_UNSETTLED = (
    _ASKS.where(
        sa.or_(
            sa.and_(
                ask.c.state == AskState.OPEN,
                sa.or_(
                    ask.c.expires_at <= _now,
                    ask.c.message_id.is_(None),
                ),
                # The job's own step posts its card.
                ask.c.kind == AskKind.CREDITS,
            ),
            sa.and_(ask.c.state != AskState.OPEN, ask.c.message_id.is_not(None)),
        )
    )
    .order_by(ask.c.id)
    .limit(sa.bindparam("limit"))
)
_KEEP_CARD = (
    sa.update(ask)
    .where(ask.c.id == sa.bindparam("of_ask"))
    .values(channel_id=sa.bindparam("channel"), message_id=sa.bindparam("message"))
)
_FORGET = sa.update(ask).where(ask.c.account_id == sa.bindparam("of_account")).values(text="")
_WITHDRAW = (
    sa.update(ask)
    .where(ask.c.account_id == sa.bindparam("of_account"), IS_ASKED, ask.c.kind == AskKind.CREDITS)
    .values(state=AskState.EXPIRED, decided_at=ask.c.created_at)
)


def for_credits(
    conn: sa.Connection, guild_id: int, member_id: int, credits: int, text: str, *, now: datetime
) -> Ask:
    """Ask for credits, one question at a time.

    Raises AskedAlready, and ValueError unless credits are positive.
    """
    if credits <= 0:
        raise ValueError(f"nobody asks for {credits} credits")
    expire_due(conn, now=now)
    account_id = ledger.account_id(conn, guild_id, member_id, now=now)
    if before := first(conn, _OPEN, {"of_account": account_id}):
        raise AskedAlready(before["id"])
    row: Row = {"kind": AskKind.CREDITS, "credits": credits, "text": text}
    key: Row = {"guild_id": guild_id, "account_id": account_id, "state": AskState.OPEN}
    lifetime = {"created_at": now, "expires_at": now + CREDITS_LIFETIME}
    [added] = execute(conn, _ADD, {**key, **row, **lifetime})
    return get(conn, added["id"])


def check_may_ask(conn: sa.Connection, guild_id: int, member_id: int, *, now: datetime) -> None:
    """Raises AskedAlready while a member's last question for credits is open."""
    key = {"of_guild": guild_id, "of_member": member_id, "now": now}
    if before := first(conn, _STILL_OPEN, key):
        raise AskedAlready(before["id"])


def for_job(conn: sa.Connection, job: Job, account_id: int, *, now: datetime) -> None:
    """Ask whether a job may begin."""
    row: Row = {"kind": AskKind.JOB, "job_id": job.id, "credits": job.price_credits}
    key: Row = {"guild_id": job.guild_id, "account_id": account_id, "state": AskState.OPEN}
    execute(conn, _ADD, {**key, **row, "created_at": now, "expires_at": now + JOB_LIFETIME})


def get(conn: sa.Connection, ask_id: int) -> Ask:
    """Read one question. Raises AskNotFound."""
    row = first(conn, _ASK, {"of_ask": ask_id})
    if row is None:
        raise AskNotFound(str(ask_id))
    return Ask(**row)


def of_job(conn: sa.Connection, job_id: str) -> Ask | None:
    """The question whether a job may begin; None where it needed none."""
    row = first(conn, _OF_JOB, {"of_job": job_id})
    return None if row is None else Ask(**row)


def pending(conn: sa.Connection, guild_id: int, *, now: datetime, limit: int = 25) -> list[Ask]:
    """What waits for an answer in a guild, oldest first."""
    key = {"of_guild": guild_id, "now": now, "limit": limit}
    return [Ask(**row) for row in execute(conn, _PENDING, key)]


def of_member(conn: sa.Connection, guild_id: int, member_id: int, *, limit: int) -> list[Ask]:
    """What a member asked, newest first."""
    key = {"of_guild": guild_id, "of_member": member_id, "limit": limit}
    return [Ask(**row) for row in execute(conn, _OF_MEMBER, key)]


def close(
    conn: sa.Connection,
    ask_id: int,
    state: AskState,
    *,
    moderator_account_id: int | None = None,
    granted: int = 0,
    act: int | None = None,
    now: datetime,
) -> bool:
    """Settle a question; of several at once exactly one does, and hears True."""
    given: Row = {
        "of_ask": ask_id,
        "closing": state,
        "closed_at": now,
        "given": granted,
        "moderator": moderator_account_id,
        "number": act,
    }
    return bool(execute(conn, _CLOSE, given))


def expire_due(conn: sa.Connection, *, now: datetime) -> int:
    """Close questions for credits nobody answered in time; say how many."""
    return len(execute(conn, _EXPIRE_DUE, {"now": now}))


def expire_of_job(conn: sa.Connection, job_id: str, *, now: datetime) -> None:
    """Close the question about a job that ends without an answer. Safe to repeat."""
    execute(conn, _EXPIRE_OF_JOB, {"of_job": job_id, "now": now})


def keep_card(
    conn: sa.Connection, ask_id: int, *, channel_id: int | None, message_id: int | None
) -> None:
    """Remember where the moderators' card stands, for as long as it may have to be changed."""
    execute(conn, _KEEP_CARD, {"of_ask": ask_id, "channel": channel_id, "message": message_id})


def unsettled(conn: sa.Connection, *, now: datetime, limit: int = 100) -> list[Ask]:
    """Questions for credits that have no card, or are over by now; and cards of what is over."""
    return [Ask(**row) for row in execute(conn, _UNSETTLED, {"now": now, "limit": limit})]


def forget(conn: sa.Connection, account_id: int) -> None:
    """Withdraw what is open, and keep no words of somebody who is forgotten."""
    for statement in (_WITHDRAW, _FORGET):
        execute(conn, statement, {"of_account": account_id})
