"""Whether every act's digest fits the act, whom it concerned and the act before it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

import sqlalchemy as sa

from storage import chain
from storage.chain import SEALED_ACT
from storage.verifying import Discrepancy, octets

_BOOKS = "SELECT guild_id, acts, digest FROM act_book ORDER BY guild_id"
_WITHOUT_BOOK = (
    "SELECT DISTINCT guild_id FROM act WHERE guild_id NOT IN (SELECT guild_id FROM act_book)"
)
_columns = ", ".join(f'act."{name}"' for name in SEALED_ACT)
# The lines as one JSON list each, in the order they were sealed in.
_ACTS = f"""
    SELECT {_columns}, act.digest, act_reason.salt, act_reason.text,
        (SELECT json_group_array(json_array(account_id, credits)) FROM (
            SELECT account_id, credits FROM act_line
            WHERE act_line.guild_id = act.guild_id AND act_line.number = act.number
            ORDER BY account_id)),
        EXISTS (SELECT 1 FROM act_line JOIN account ON account.id = act_line.account_id
            WHERE act_line.guild_id = act.guild_id AND act_line.number = act.number
                AND account.member_id < 0)
    FROM act LEFT JOIN act_reason
        ON act_reason.guild_id = act.guild_id AND act_reason.number = act.number
    WHERE act.guild_id = ? ORDER BY act.number
"""


@dataclass(frozen=True)
class _Row:
    """One act, as it stands in the file."""

    sealed: tuple[Any, ...]
    digest: bytes
    salt: bytes | None
    reason: str | None
    lines: str
    concerns_forgotten: bool

    @property
    def number(self) -> int:
        number: int = self.sealed[SEALED_ACT.index("number")]
        return number


def check_acts(conn: sa.Connection) -> Iterator[Discrepancy]:
    """Compute every act's digest anew, guild by guild."""
    raw = cast("sqlite3.Connection", conn.connection.driver_connection)
    for guild_id, acts, digest in raw.execute(_BOOKS):
        yield from _check_guild(raw, guild_id, acts, digest)
    for (guild_id,) in raw.execute(_WITHOUT_BOOK):
        yield _differs(guild_id, "book of acts", "there", "gone")


def _check_guild(
    raw: sqlite3.Connection, guild_id: int, acts: int, newest: bytes
) -> Iterator[Discrepancy]:
    before, found = chain.origin_of_acts(guild_id), 0
    for values in raw.execute(_ACTS, (guild_id,)):
        *sealed, digest, salt, reason, lines, concerns_forgotten = values
        row = _Row(tuple(sealed), digest, salt, reason, lines, bool(concerns_forgotten))
        found += 1
        fitting = chain.seal(before, [*row.sealed, json.loads(row.lines)])
        if fitting != row.digest:
            yield _differs(guild_id, f"digest of act {row.number}", fitting, row.digest)
        yield from _check_reason(guild_id, row)
        before = octets(row.digest)
    if found != acts:
        yield _differs(guild_id, "number of acts", acts, found)
    if before != newest:
        yield _differs(guild_id, "digest of the newest act", newest, before)


def _check_reason(guild_id: int, row: _Row) -> Iterator[Discrepancy]:
    kept = row.sealed[SEALED_ACT.index("reason_digest")]
    if row.reason is None or row.salt is None:
        # Those of acts that concern a forgotten member are gone.
        if kept is not None and not row.concerns_forgotten:
            yield _differs(guild_id, f"reason of act {row.number}", "there", "gone")
        return
    fitting = chain.reason_digest(row.salt, row.number, row.reason)
    if fitting != kept:
        yield _differs(guild_id, f"digest of the reason of act {row.number}", fitting, kept)


def _differs(guild_id: int, what: str, expected: object, found: object) -> Discrepancy:
    return Discrepancy(
        account=f"guild {guild_id}", what=what, expected=_shown(expected), found=_shown(found)
    )


def _shown(value: object) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)
