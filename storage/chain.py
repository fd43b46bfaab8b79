"""The digests that tie the books together, each SHA-256 over one canonical form.

An account's origin stands for whose it is, each entry's digest covers the entry and the digest
before it, and the account carries the newest: what is changed, taken out or put in by hand no
longer fits. There is no key: whoever computes every later digest anew leaves no trace here.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

SALT_BYTES = 16
SEALED = (
    "account_id",
    "number",
    "source",
    "phase",
    "posted_change",
    "held_change",
    "posted_after",
    "held_after",
    "actor_account_id",
    "reason_digest",
    "ending",
    "at",
)
"""The columns an entry's digest covers, in this order; the moment as microseconds since 1970."""
SEALED_ACT = (
    "guild_id",
    "number",
    "kind",
    "actor_account_id",
    "subject",
    "before",
    "after",
    "reason_digest",
    "undoes",
    "source",
    "at",
)
"""The columns an act's digest covers, in this order and before its lines."""
# A list in JSON tells a number from a text, and where one value ends and the next begins.
_canonical = json.JSONEncoder(separators=(",", ":"), default=bytes.hex)


def new_salt() -> bytes:
    """Random bytes for one account, without which its origin and its reasons tell nothing."""
    return secrets.token_bytes(SALT_BYTES)


def origin(salt: bytes, *, guild_id: int, kind: str, member_id: int) -> bytes:
    """What the first entry of an account is tied to: whose account it is, and in which guild."""
    return _digest(salt, [guild_id, kind, member_id])


def reason_digest(salt: bytes, number: int, text: str) -> bytes:
    """What an entry keeps of its reason, for good."""
    return _digest(salt, [number, text])


def origin_of_acts(guild_id: int) -> bytes:
    """What a guild's first act is tied to."""
    return _digest(b"", [guild_id])


def entry_digest(before: bytes, row: Mapping[str, Any]) -> bytes:
    """Seal an entry's columns, as the database has them, over the digest before it."""
    return seal(before, [row[name] for name in SEALED])


def seal(before: bytes, values: Sequence[object]) -> bytes:
    """The same for the values of those columns."""
    return _digest(before, values)


def _digest(before: bytes, values: Sequence[object]) -> bytes:
    return hashlib.sha256(before + _canonical.encode(values).encode()).digest()
