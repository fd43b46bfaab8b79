"""Credits: accounts, the holds on them, and the entries that explain every change.

A hold sets credits aside; capture takes them, release gives them back. `_write` is the only code
that changes an account, and it always appends the entry that says why.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from storage import chain, guilds, schema
from storage.books import Discrepancy as Discrepancy
from storage.books import check_books as check_books
from storage.entries import Entry as Entry
from storage.entries import entries as entries
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


_ACCOUNT = sa.select(schema.account).where(
    schema.account.c.guild_id == sa.bindparam("guild_id"),
    schema.account.c.kind == sa.bindparam("kind"),
    schema.account.c.member_id == sa.bindparam("member_id"),
)
_OPEN = sa.insert(schema.account).returning(schema.account)
_BY_ID = sa.select(schema.account).where(schema.account.c.id == sa.bindparam("account_id"))
_CHANGE = (
    sa.update(schema.account)
    .where(
        schema.account.c.id == sa.bindparam("account_id"),
        # What the new digest covers must be what stands there.
        schema.account.c.digest == sa.bindparam("before"),
    )
    .values(
        posted=sa.bindparam("posted_after"),
        held=sa.bindparam("held_after"),
        entries=sa.bindparam("number"),
        digest=sa.bindparam("sealed"),
    )
    .returning(schema.account)
)
_CHANGING = ("account_id", "number", "posted_after", "held_after")
_APPEND = sa.insert(schema.entry)
_EXPLAIN = sa.insert(schema.reason)
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


def account(conn: sa.Connection, guild_id: int, member_id: int, *, now: datetime) -> Account:
    """Show a member's account; at first sight, open it with the guild's starting grant."""
    return _account(_member(conn, guild_id, member_id, now))


def account_id(conn: sa.Connection, guild_id: int, member_id: int, *, now: datetime) -> int:
    """The number of a member's account, opened at first sight."""
    number: int = _member(conn, guild_id, member_id, now)["id"]
    return number


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
            row,
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
    day: str,
    now: datetime,
) -> None:
    """Set credits aside for a job, counted under a day. Raises NotEnoughCredits."""
    row = _member(conn, guild_id, member_id, now)
    available = row["posted"] - row["held"]
    if available < credits:
        raise NotEnoughCredits(price=credits, available=available)
    execute(
        conn,
        _HOLD,
        {
            "job_id": job_id,
            "account_id": row["id"],
            "credits": credits,
            "state": HoldState.HELD,
            "day": day,
        },
    )
    _write(conn, row, job_id, Phase.HOLD, held_change=credits, now=now)


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
    _write(conn, row, job_id, Phase.LOSS, posted_change=-credits, now=now)


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
    [row] = execute(conn, _BY_ID, {"account_id": settled["account_id"]})
    _write(
        conn,
        row,
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
    return _write(conn, opened, source, Phase.GRANT, posted_change=welcome, now=now)


def _house(conn: sa.Connection, guild_id: int) -> Row:
    key: Row = {"guild_id": guild_id, "kind": AccountKind.HOUSE, "member_id": HOUSE}
    return first(conn, _ACCOUNT, key) or open_account(conn, **key)


def _write(
    conn: sa.Connection,
    account: Row,
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
    number = account["entries"] + 1
    entry: Row = {
        "account_id": account["id"],
        "number": number,
        "source": source,
        "phase": phase,
        "posted_change": posted_change,
        "held_change": held_change,
        "posted_after": account["posted"] + posted_change,
        "held_after": account["held"] + held_change,
        "actor_account_id": actor_account_id,
        "reason_digest": _of_reason(account, number, reason),
        "ending": ending,
        "at": now,
    }
    before = account["digest"]
    digest = chain.entry_digest(before, {**entry, "at": as_microseconds(now)})
    changed = {name: entry[name] for name in _CHANGING}
    [row] = execute(conn, _CHANGE, {**changed, "before": before, "sealed": digest})
    execute(conn, _APPEND, {**entry, "digest": digest})
    if reason is not None:
        execute(conn, _EXPLAIN, {"account_id": account["id"], "number": number, "text": reason})
    return row


def _of_reason(account: Row, number: int, reason: str | None) -> bytes | None:
    return None if reason is None else chain.reason_digest(account["salt"], number, reason)


def _account(row: Row) -> Account:
    return Account(
        guild_id=row["guild_id"], member_id=row["member_id"], posted=row["posted"], held=row["held"]
    )
