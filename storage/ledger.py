"""Credits: accounts, the holds on them, and the entries that explain every change.

A hold sets credits aside; capture takes them, release gives them back. `_write` is the only code
that changes an account, and it always appends the entry that says why.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime

import sqlalchemy as sa

from storage import chain, guilds, schema
from storage.books import Discrepancy as Discrepancy
from storage.books import check_books as check_books
from storage.errors import NotEnoughCredits, StaleFence
from storage.job import JobState
from storage.moments import as_microseconds
from storage.schema import HOUSE, AccountKind, HoldState, Phase
from storage.statements import Row, execute, first


@dataclass(frozen=True, kw_only=True)
class Account:
    """One member's credits in one guild."""

    guild_id: int
    member_id: int
    posted: int
    """The sum of the entries."""
    held: int
    """The sum of the open holds."""

    @property
    def available(self) -> int:
        """What a new hold may take."""
        return self.posted - self.held


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One change of an account, and how the account stood after it."""

    source: str
    """A job's id, or a grant's."""
    phase: Phase
    posted_change: int
    held_change: int
    posted_after: int
    held_after: int
    actor_id: int | None
    """The moderator who did it, where one did; below zero once they were forgotten."""
    reason: str | None
    """What the moderator wrote, until the account's owner is forgotten."""
    at: datetime


_ACCOUNT = sa.select(schema.account).where(
    schema.account.c.guild_id == sa.bindparam("guild_id"),
    schema.account.c.kind == sa.bindparam("kind"),
    schema.account.c.member_id == sa.bindparam("member_id"),
)
_OPEN = sa.insert(schema.account).returning(schema.account)
_CHANGE = (
    sa.update(schema.account)
    .where(schema.account.c.id == sa.bindparam("account_id"))
    .values(
        posted=schema.account.c.posted + sa.bindparam("posted_change"),
        held=schema.account.c.held + sa.bindparam("held_change"),
        entries=schema.account.c.entries + 1,
    )
    .returning(schema.account)
)
_APPEND = sa.insert(schema.entry)
_EXPLAIN = sa.insert(schema.reason)
_SEAL = (
    sa.update(schema.account)
    .where(schema.account.c.id == sa.bindparam("account_id"))
    .values(digest=sa.bindparam("digest"))
)
_GRANTED = sa.select(schema.entry.c.source).where(
    schema.entry.c.source == sa.bindparam("source"), schema.entry.c.phase == Phase.GRANT
)
_HOLD = sa.insert(schema.hold)
_SETTLE = (
    sa.update(schema.hold)
    .where(
        schema.hold.c.job_id == sa.bindparam("settled_job_id"),
        schema.hold.c.state == HoldState.HELD,
    )
    .values(
        state=sa.bindparam("settled_state"),
        captured_credits=sa.case(
            (sa.bindparam("at_most") < schema.hold.c.credits, sa.bindparam("at_most")),
            else_=schema.hold.c.credits,
        ),
    )
    .returning(schema.hold)
)
_actor = schema.account.alias("actor")
_elsewhere = {"actor_id": _actor.c.member_id, "reason": schema.reason.c.text}
ENTRIES = sa.select(
    *(
        _elsewhere[field.name].label(field.name)
        if field.name in _elsewhere
        else schema.entry.c[field.name]
        for field in fields(Entry)
    )
).select_from(
    schema.entry.join(schema.account, schema.account.c.id == schema.entry.c.account_id)
    .outerjoin(_actor, _actor.c.id == schema.entry.c.actor_account_id)
    .outerjoin(schema.reason)
)
"""Every entry of an account, with who did it and why; the fields of `Entry`."""
_ENTRIES = (
    ENTRIES.where(
        schema.account.c.guild_id == sa.bindparam("guild_id"),
        schema.account.c.kind == AccountKind.MEMBER,
        schema.account.c.member_id == sa.bindparam("member_id"),
    )
    .order_by(schema.entry.c.number.desc())
    .limit(sa.bindparam("limit"))
)


def account(conn: sa.Connection, guild_id: int, member_id: int, *, now: datetime) -> Account:
    """Show a member's account; at first sight, open it with the guild's starting grant."""
    return _account(_member(conn, guild_id, member_id, now))


def grant(
    conn: sa.Connection,
    *,
    guild_id: int,
    member_id: int,
    credits: int,
    actor_id: int,
    reason: str | None,
    source: str,
    now: datetime,
) -> Account:
    """Give a member credits. A source gives once: repeating it changes nothing.

    Raises ValueError unless credits are positive.
    """
    if credits <= 0:
        raise ValueError(f"a grant of {credits} credits gives nothing")
    actor = _member(conn, guild_id, actor_id, now)
    row = _member(conn, guild_id, member_id, now)
    if not execute(conn, _GRANTED, {"source": source}):
        row = _write(
            conn,
            row["id"],
            source,
            Phase.GRANT,
            posted_change=credits,
            actor_account_id=actor["id"],
            reason=reason,
            now=now,
        )
    return _account(row)


def hold(
    conn: sa.Connection,
    *,
    job_id: str,
    guild_id: int,
    member_id: int,
    credits: int,
    now: datetime,
) -> None:
    """Set credits aside for a job. Raises NotEnoughCredits."""
    row = _member(conn, guild_id, member_id, now)
    available = row["posted"] - row["held"]
    if available < credits:
        raise NotEnoughCredits(price=credits, available=available)
    execute(
        conn,
        _HOLD,
        {"job_id": job_id, "account_id": row["id"], "credits": credits, "state": HoldState.HELD},
    )
    _write(conn, row["id"], job_id, Phase.HOLD, held_change=credits, now=now)


def capture(
    conn: sa.Connection, *, job_id: str, credits: int, ending: JobState, now: datetime
) -> int:
    """Take credits of the hold of a job that ends so, never more than it holds; free the rest.

    Says how many were taken. Raises StaleFence if the hold is already settled.
    """
    return _settle(conn, job_id, HoldState.CAPTURED, credits, ending, now)


def release(conn: sa.Connection, *, job_id: str, ending: JobState, now: datetime) -> None:
    """Give back the hold of a job that ends so. Raises StaleFence if it is already settled."""
    _settle(conn, job_id, HoldState.RELEASED, 0, ending, now)


def lose(conn: sa.Connection, *, job_id: str, guild_id: int, credits: int, now: datetime) -> None:
    """Book on the house what a provider billed and no member paid."""
    row = _house(conn, guild_id)
    _write(conn, row["id"], job_id, Phase.LOSS, posted_change=-credits, now=now)


def entries(conn: sa.Connection, guild_id: int, member_id: int, *, limit: int) -> list[Entry]:
    """List a member's entries, newest first."""
    key = {"guild_id": guild_id, "member_id": member_id, "limit": limit}
    return [Entry(**row) for row in execute(conn, _ENTRIES, key)]


def open_account(conn: sa.Connection, guild_id: int, kind: AccountKind, member_id: int) -> Row:
    """Open an empty account."""
    key: Row = {"guild_id": guild_id, "kind": kind, "member_id": member_id}
    salt = chain.new_salt()
    origin = chain.origin(salt, **key)
    [row] = execute(conn, _OPEN, {**key, "salt": salt, "origin": origin, "digest": origin})
    return row


def _settle(
    conn: sa.Connection,
    job_id: str,
    state: HoldState,
    at_most: int,
    ending: JobState,
    now: datetime,
) -> int:
    settled = first(
        conn, _SETTLE, {"settled_job_id": job_id, "settled_state": state, "at_most": at_most}
    )
    if settled is None:
        raise StaleFence(job_id)
    captured: int = settled["captured_credits"]
    _write(
        conn,
        settled["account_id"],
        job_id,
        Phase.SETTLE,
        posted_change=-captured,
        held_change=-settled["credits"],
        ending=ending,
        now=now,
    )
    return captured


def _member(conn: sa.Connection, guild_id: int, member_id: int, now: datetime) -> Row:
    key: Row = {"guild_id": guild_id, "kind": AccountKind.MEMBER, "member_id": member_id}
    known = first(conn, _ACCOUNT, key)
    if known is not None:
        return known
    opened = open_account(conn, **key)
    welcome = guilds.starting_credits(conn, guild_id)
    if not welcome:
        return opened
    source = f"welcome:{opened['id']}"
    return _write(conn, opened["id"], source, Phase.GRANT, posted_change=welcome, now=now)


def _house(conn: sa.Connection, guild_id: int) -> Row:
    key: Row = {"guild_id": guild_id, "kind": AccountKind.HOUSE, "member_id": HOUSE}
    return first(conn, _ACCOUNT, key) or open_account(conn, **key)


def _write(
    conn: sa.Connection,
    account_id: int,
    source: str,
    phase: Phase,
    *,
    posted_change: int = 0,
    held_change: int = 0,
    actor_account_id: int | None = None,
    reason: str | None = None,
    ending: JobState | None = None,
    now: datetime,
) -> Row:
    change = {
        "account_id": account_id,
        "posted_change": posted_change,
        "held_change": held_change,
    }
    [row] = execute(conn, _CHANGE, change)
    entry = {
        **change,
        "source": source,
        "phase": phase,
        "number": row["entries"],
        "posted_after": row["posted"],
        "held_after": row["held"],
        "actor_account_id": actor_account_id,
        "reason_digest": _of_reason(row, reason),
        "ending": ending,
    }
    digest = chain.entry_digest(row["digest"], {**entry, "at": as_microseconds(now)})
    execute(conn, _APPEND, {**entry, "at": now, "digest": digest})
    execute(conn, _SEAL, {"account_id": account_id, "digest": digest})
    if reason is not None:
        key = {"account_id": account_id, "number": row["entries"]}
        execute(conn, _EXPLAIN, {**key, "text": reason})
    return row


def _of_reason(row: Row, reason: str | None) -> bytes | None:
    return None if reason is None else chain.reason_digest(row["salt"], row["entries"], reason)


def _account(row: Row) -> Account:
    return Account(
        guild_id=row["guild_id"], member_id=row["member_id"], posted=row["posted"], held=row["held"]
    )
