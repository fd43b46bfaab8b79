"""The only code that changes an account: `write`, which always appends the entry that says why.

Whoever looks at a member's account looks at it as it is now: opened and welcomed at first sight,
without what has expired since.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from storage import chain, guilds, lots, schema
from storage.job import JobState
from storage.moments import as_microseconds
from storage.schema import HOUSE, AccountKind, Phase
from storage.statements import Row, execute, first

DISCORD_EPOCH = datetime(2015, 1, 1, tzinfo=UTC)
TIME_BITS = 22
"""The bits of an id below the milliseconds at which it was made."""

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
_WELCOMED = (
    sa.update(schema.account)
    .where(schema.account.c.id == sa.bindparam("account_id"))
    .values(awaits_welcome=sa.bindparam("awaits"))
    .returning(schema.account)
)
_CHANGING = ("account_id", "number", "posted_after", "held_after")
_APPEND = sa.insert(schema.entry)
_EXPLAIN = sa.insert(schema.reason)


def member_row(conn: sa.Connection, guild_id: int, member_id: int, *, now: datetime) -> Row:
    """A member's account as it is now; a new one is opened with the guild's starting grant."""
    key: Row = {"guild_id": guild_id, "kind": AccountKind.MEMBER, "member_id": member_id}
    row = first(conn, _ACCOUNT, key)
    if row is None:
        row = _welcome(conn, open_account(conn, **key), now)
    elif row["awaits_welcome"]:
        row = _welcome(conn, row, now)
    return lapse(conn, row, now=now)


def house_row(conn: sa.Connection, guild_id: int) -> Row:
    """The house's account in a guild."""
    key: Row = {"guild_id": guild_id, "kind": AccountKind.HOUSE, "member_id": HOUSE}
    return first(conn, _ACCOUNT, key) or open_account(conn, **key)


def row_by_id(conn: sa.Connection, account_id: int) -> Row:
    """An account as its row stands."""
    [row] = execute(conn, _BY_ID, {"account_id": account_id})
    return row


def open_account(conn: sa.Connection, guild_id: int, kind: AccountKind, member_id: int) -> Row:
    """Open an empty account."""
    key: Row = {"guild_id": guild_id, "kind": kind, "member_id": member_id}
    salt = chain.new_salt()
    origin = chain.origin(salt, **key)
    [row] = execute(conn, _OPEN, {**key, "salt": salt, "origin": origin, "digest": origin})
    return row


def lapse(conn: sa.Connection, row: Row, *, now: datetime) -> Row:
    """Let credits of an account expire whose time is over, but for those set aside in time."""
    expired = lots.lapse(conn, row["id"], now=now)
    if not expired:
        return row
    source = f"expire:{row['id']}:{row['entries'] + 1}"
    return write(conn, row, source, Phase.EXPIRE, posted_change=-expired, now=now)


def write(
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
    """Change an account as it was read, and append the entry."""
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


def _welcome(conn: sa.Connection, row: Row, now: datetime) -> Row:
    """Give a new member the starting grant, once their account on Discord is old enough."""
    chosen = guilds.settings(conn, row["guild_id"])
    made_at = DISCORD_EPOCH + timedelta(milliseconds=row["member_id"] >> TIME_BITS)
    old_enough_at = made_at + timedelta(days=chosen.welcome_age_days)
    awaits = as_microseconds(now) < as_microseconds(old_enough_at)
    if awaits != row["awaits_welcome"]:
        [row] = execute(conn, _WELCOMED, {"account_id": row["id"], "awaits": awaits})
    if awaits or not chosen.starting_credits:
        return row
    source = f"welcome:{row['id']}"
    return write(conn, row, source, Phase.GRANT, posted_change=chosen.starting_credits, now=now)
