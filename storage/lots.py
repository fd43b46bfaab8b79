"""Lots: granted credits that expire, and which of an account's credits go first.

A capture uses up what expires soonest; a moderator's take, the opposite of a grant, what lasts
longest. What a hold had set aside in time stays for its capture, though the lot expires meanwhile.
Nothing here changes an account: `storage.ledger` does, and writes the entry that says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from storage.desk_schema import IS_LEFT, lot
from storage.schema import AccountKind, Phase, account, entry, hold
from storage.statements import execute, first


@dataclass(frozen=True, kw_only=True)
class Lot:
    """Credits of one grant that expire together."""

    id: int
    account_id: int
    number: int
    """Of the grant among the account's entries."""
    credits: int
    remaining: int
    expired: int
    expires_at: datetime


_IS_HELD = sa.text("hold.state = 'held'")
_ADD = sa.insert(lot)
_of_account = sa.and_(lot.c.account_id == sa.bindparam("of_account"), IS_LEFT)
_SOONEST = sa.select(lot).where(_of_account).order_by(lot.c.expires_at, lot.c.id)
_DUE = _SOONEST.where(lot.c.expires_at <= sa.bindparam("now", type_=lot.c.expires_at.type))
_OF_GRANT = (
    sa.select(lot)
    .select_from(
        lot.join(
            entry, sa.and_(entry.c.account_id == lot.c.account_id, entry.c.number == lot.c.number)
        )
    )
    .where(entry.c.source == sa.bindparam("source"), entry.c.phase == Phase.GRANT)
)
_OF_MEMBER = (
    sa.select(lot)
    .join(account, account.c.id == lot.c.account_id)
    .where(
        account.c.guild_id == sa.bindparam("of_guild"),
        account.c.kind == AccountKind.MEMBER,
        account.c.member_id == sa.bindparam("of_member"),
        IS_LEFT,
    )
    .order_by(lot.c.expires_at, lot.c.id)
)
_USE = (
    sa.update(lot)
    .where(lot.c.id == sa.bindparam("of_lot"))
    .values(
        remaining=lot.c.remaining - sa.bindparam("used"),
        expired=lot.c.expired + sa.bindparam("lapsed"),
    )
)
_SET_ASIDE_BEFORE = (
    sa.select(sa.func.coalesce(sa.func.sum(hold.c.credits), 0).label("credits"))
    .select_from(
        hold.join(entry, sa.and_(entry.c.source == hold.c.job_id, entry.c.phase == Phase.HOLD))
    )
    .where(
        hold.c.account_id == sa.bindparam("of_account"),
        _IS_HELD,
        entry.c.at < sa.bindparam("expired_at", type_=entry.c.at.type),
    )
)
_ACCOUNTS_DUE = (
    sa.select(lot.c.account_id)
    .distinct()
    .where(
        IS_LEFT,
        lot.c.expires_at <= sa.bindparam("now", type_=lot.c.expires_at.type),
        lot.c.account_id > sa.bindparam("after"),
    )
    .order_by(lot.c.account_id)
    .limit(sa.bindparam("limit"))
)


def add(
    conn: sa.Connection, *, account_id: int, number: int, credits: int, expires_at: datetime
) -> None:
    """Let the credits of a grant expire."""
    row = {"account_id": account_id, "number": number, "credits": credits, "remaining": credits}
    execute(conn, _ADD, {**row, "expires_at": expires_at})


def lapse(conn: sa.Connection, account_id: int, *, now: datetime) -> int:
    """Let what is due expire, but for what was set aside in time; say how many credits it was."""
    lapsed, kept = 0, 0
    for row in execute(conn, _DUE, {"of_account": account_id, "now": now}):
        key = {"of_account": account_id, "expired_at": row["expires_at"]}
        [set_aside] = execute(conn, _SET_ASIDE_BEFORE, key)
        staying = min(row["remaining"], max(0, set_aside["credits"] - kept))
        kept += staying
        if going := row["remaining"] - staying:
            execute(conn, _USE, {"of_lot": row["id"], "used": going, "lapsed": going})
            lapsed += going
    return lapsed


def use_soonest(conn: sa.Connection, account_id: int, credits: int) -> None:
    """Take captured credits from the lots that expire soonest, as far as there are lots."""
    _use(conn, execute(conn, _SOONEST, {"of_account": account_id}), credits)


def use_longest(
    conn: sa.Connection, account_id: int, credits: int, *, posted: int, first_of: str | None = None
) -> dict[int, int]:
    """Take credits of so many posted from those that last longest; say how many of each lot.

    `first_of` names a grant whose own lot is used up before all others.
    """
    rows = execute(conn, _SOONEST, {"of_account": account_id})
    own = [] if first_of is None else execute(conn, _OF_GRANT, {"source": first_of})
    mine = {row["id"] for row in own}
    used = _use(conn, [row for row in rows if row["id"] in mine], credits)
    lasting = posted - sum(row["remaining"] for row in rows)
    rest = max(0, credits - sum(used.values()) - lasting)
    return used | _use(conn, [row for row in reversed(rows) if row["id"] not in mine], rest)


def put_back(conn: sa.Connection, used: Mapping[int, int]) -> None:
    """Give back to lots what was taken of them; what is due expires again when next looked at."""
    for lot_id, credits in used.items():
        execute(conn, _USE, {"of_lot": lot_id, "used": -credits, "lapsed": 0})


def of_grant(conn: sa.Connection, source: str) -> Lot | None:
    """Find the lot of a grant; None where its credits do not expire."""
    row = first(conn, _OF_GRANT, {"source": source})
    return None if row is None else Lot(**row)


def of_member(conn: sa.Connection, guild_id: int, member_id: int) -> list[Lot]:
    """List what expires of a member's credits, soonest first; nothing is opened for who is new."""
    key = {"of_guild": guild_id, "of_member": member_id}
    return [Lot(**row) for row in execute(conn, _OF_MEMBER, key)]


def accounts_due(conn: sa.Connection, *, now: datetime, after: int, limit: int) -> list[int]:
    """List accounts with credits whose time is over, by their ids."""
    rows = execute(conn, _ACCOUNTS_DUE, {"now": now, "after": after, "limit": limit})
    return [row["account_id"] for row in rows]


def _use(conn: sa.Connection, rows: list[dict[str, int]], credits: int) -> dict[int, int]:
    used = {}
    for row in rows:
        if share := min(row["remaining"], credits):
            execute(conn, _USE, {"of_lot": row["id"], "used": share, "lapsed": 0})
            used[row["id"]] = share
            credits -= share
    return used
