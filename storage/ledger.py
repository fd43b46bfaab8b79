"""Credits: accounts, the holds on them, and the entries that explain every change.

A hold sets credits aside; capture takes them, release gives them back. Every change is written
by `storage.posting`, with the entry that says why.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from storage import lots, schema
from storage.books import Discrepancy as Discrepancy
from storage.books import check_books as check_books
from storage.entries import Entry as Entry
from storage.entries import entries as entries
from storage.errors import NotEnoughCredits, StaleFence
from storage.job import JobState
from storage.posting import house_row, lapse, member_row, row_by_id, write
from storage.posting import open_account as open_account
from storage.schema import HoldState, Phase
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


_ENTERED = sa.select(schema.entry.c.source).where(
    schema.entry.c.source == sa.bindparam("source"), schema.entry.c.phase == sa.bindparam("phase")
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
    return _account(member_row(conn, guild_id, member_id, now=now))


def available(
    conn: sa.Connection, guild_id: int, member_ids: Iterable[int], *, now: datetime
) -> dict[int, int]:
    """What each of some members may spend; opens accounts at first sight."""
    return {one: account(conn, guild_id, one, now=now).available for one in member_ids}


def account_id(conn: sa.Connection, guild_id: int, member_id: int, *, now: datetime) -> int:
    """The number by which entries and acts know a member; opens the account at first sight."""
    number: int = member_row(conn, guild_id, member_id, now=now)["id"]
    return number


def member_of(conn: sa.Connection, number: int) -> int:
    """Whose account it is; below zero once they were forgotten."""
    member: int = row_by_id(conn, number)["member_id"]
    return member


def grant(
    conn: sa.Connection,
    *,
    guild_id: int,
    member_id: int,
    credits: int,
    actor_id: int | None,
    reason: str | None,
    source: str,
    now: datetime,
    expires_at: datetime | None = None,
) -> Account:
    """Give a member credits. A source gives once: repeating it changes nothing.

    No actor: the guild's own rules gave them. Raises ValueError unless credits are positive and
    expire, if at all, later than now.
    """
    if credits <= 0:
        raise ValueError(f"a grant of {credits} credits gives nothing")
    if expires_at is not None and expires_at <= now:
        raise ValueError(f"credits that expire at {expires_at} are gone already")
    actor = None if actor_id is None else account_id(conn, guild_id, actor_id, now=now)
    row = member_row(conn, guild_id, member_id, now=now)
    if execute(conn, _ENTERED, {"source": source, "phase": Phase.GRANT}):
        return _account(row)
    row = write(
        conn,
        row,
        source,
        Phase.GRANT,
        posted_change=credits,
        actor_account_id=actor,
        reason=reason,
        now=now,
    )
    if expires_at is not None:
        lots.add(
            conn,
            account_id=row["id"],
            number=row["entries"],
            credits=credits,
            expires_at=expires_at,
        )
    return _account(row)


def take(
    conn: sa.Connection,
    *,
    guild_id: int,
    member_id: int,
    credits: int,
    actor_id: int,
    reason: str | None,
    source: str,
    now: datetime,
    first_of: str | None = None,
) -> Mapping[int, int]:
    """Take credits from a member, those that last longest first; say how many of each lot.

    `first_of` names a grant whose own lot goes before all others. Raises NotEnoughCredits where
    less is available, and ValueError unless credits are positive.
    """
    if credits <= 0:
        raise ValueError(f"taking {credits} credits takes nothing")
    actor = account_id(conn, guild_id, actor_id, now=now)
    row = member_row(conn, guild_id, member_id, now=now)
    if (available := row["posted"] - row["held"]) < credits:
        raise NotEnoughCredits(price=credits, available=available)
    used = lots.use_longest(conn, row["id"], credits, posted=row["posted"], first_of=first_of)
    write(
        conn,
        row,
        source,
        Phase.TAKE,
        posted_change=-credits,
        actor_account_id=actor,
        reason=reason,
        now=now,
    )
    return used


def expire_due(conn: sa.Connection, *, now: datetime, after: int, limit: int) -> int | None:
    """Let credits expire whose time is over, of some accounts whose ids follow.

    Says the last one's id; None where there was none left.
    """
    due = lots.accounts_due(conn, now=now, after=after, limit=limit)
    for number in due:
        lapse(conn, row_by_id(conn, number), now=now)
    return due[-1] if due else None


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
    row = member_row(conn, guild_id, member_id, now=now)
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
    write(conn, row, job_id, Phase.HOLD, held_change=credits, now=now)


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
    row = house_row(conn, guild_id)
    write(conn, row, job_id, Phase.LOSS, posted_change=-credits, now=now)


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
    row = write(
        conn,
        row_by_id(conn, settled["account_id"]),
        job_id,
        Phase.SETTLE,
        posted_change=-captured,
        held_change=-settled["credits"],
        ending=ending,
        now=now,
    )
    lots.use_soonest(conn, row["id"], captured)
    lapse(conn, row, now=now)
    return captured


def _account(row: Row) -> Account:
    return Account(
        guild_id=row["guild_id"], member_id=row["member_id"], posted=row["posted"], held=row["held"]
    )
