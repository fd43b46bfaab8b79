"""Whether every digest fits what it covers, read entry by entry and never all at once."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

import sqlalchemy as sa

from storage import chain
from storage.triggers import TRIGGERS

_OWNERS = (
    "SELECT id, guild_id, kind, member_id, salt, origin, digest, "
    "kind || ' ' || member_id || ' of guild ' || guild_id FROM account ORDER BY id"
)
_ENTRIES = (
    f"SELECT {', '.join(f'entry.{name}' for name in chain.SEALED)}, entry.digest, reason.text "
    "FROM entry LEFT JOIN reason ON reason.account_id = entry.account_id "
    "AND reason.number = entry.number WHERE entry.account_id = ? ORDER BY entry.number"
)
_TRIGGERS = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
_NUMBER, _SOURCE, _PHASE, _REASON_DIGEST = (
    chain.SEALED.index(name) for name in ("number", "source", "phase", "reason_digest")
)

LONG = 20


@dataclass(frozen=True, kw_only=True)
class Discrepancy:
    """Two parts of the ledger that should agree and do not."""

    account: str
    what: str
    expected: int | str | None
    found: int | str | None

    def __str__(self) -> str:
        expected, found = _short(self.expected), _short(self.found)
        return f"{self.account}: {self.what} should be {expected} and is {found}"


@dataclass(frozen=True)
class _Owner:
    """Whose account it is, and what its entries are tied to."""

    id: int
    guild_id: int
    kind: str
    member_id: int
    salt: bytes | None
    origin: bytes
    digest: bytes
    name: str

    def differs(self, what: str, expected: object, found: object) -> Discrepancy:
        """Say what is wrong, digests in hexadecimal digits."""
        return Discrepancy(
            account=self.name, what=what, expected=_shown(expected), found=_shown(found)
        )


def check_chain(conn: sa.Connection) -> Iterator[Discrepancy]:
    """Compute every digest anew, from what stands in the rows."""
    raw = cast("sqlite3.Connection", conn.connection.driver_connection)
    for values in raw.execute(_OWNERS):
        owner = _Owner(*values)
        yield from _check_owner(owner)
        yield from _check_entries(owner, raw.execute(_ENTRIES, (owner.id,)))


def check_triggers(conn: sa.Connection) -> Iterator[Discrepancy]:
    """Compare the triggers that guard history with those the schema makes."""
    there = {row.name: row.sql for row in conn.exec_driver_sql(_TRIGGERS)}
    for name in sorted(TRIGGERS.keys() | there.keys()):
        if TRIGGERS.get(name) != there.get(name):
            yield Discrepancy(
                account="the database",
                what=f"trigger {name}",
                expected="as the bot makes it" if name in TRIGGERS else "absent",
                found="another" if name in there else "gone",
            )


def _check_owner(owner: _Owner) -> Iterator[Discrepancy]:
    if owner.salt is not None:
        origin = chain.origin(
            octets(owner.salt), guild_id=owner.guild_id, kind=owner.kind, member_id=owner.member_id
        )
        if origin != owner.origin:
            yield owner.differs(f"origin of account {owner.id}", origin, owner.origin)
    elif owner.member_id >= 0:
        yield owner.differs(f"salt of account {owner.id}", "there", "gone")


def _check_entries(owner: _Owner, entries: Iterable[tuple[Any, ...]]) -> Iterator[Discrepancy]:
    before = owner.origin
    for *row, digest, reason in entries:
        named = f"entry {row[_NUMBER]} ({row[_SOURCE]}, {row[_PHASE]})"
        fitting = chain.seal(octets(before), row)
        if fitting != digest:
            yield owner.differs(f"digest of {named}", fitting, digest)
        yield from _check_reason(owner, row, named, reason)
        before = digest
    if before != owner.digest:
        yield owner.differs("digest of the newest entry", owner.digest, before)


def _check_reason(
    owner: _Owner, row: Sequence[Any], named: str, reason: str | None
) -> Iterator[Discrepancy]:
    kept = row[_REASON_DIGEST]
    if kept is None and reason is None:
        return
    if reason is None:
        # A forgotten member's reasons are gone, and so is the salt.
        if owner.salt is not None:
            yield owner.differs(f"reason of {named}", "there", "gone")
    elif owner.salt is not None:
        fitting = chain.reason_digest(octets(owner.salt), row[_NUMBER], reason)
        if fitting != kept:
            yield owner.differs(f"digest of the reason of {named}", fitting, kept)


def octets(stored: object) -> bytes:
    """What stands in a column of digests, whatever it is."""
    # By hand anything can be written into any column.
    return stored if isinstance(stored, bytes) else str(stored).encode()


def _shown(value: object) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)


def _short(value: int | str | None) -> int | str | None:
    # The first digits of a digest are enough to look it up by.
    is_long = isinstance(value, str) and len(value) > LONG
    return f"{str(value)[:LONG]}…" if is_long else value
