"""Reading the entries: what changed an account, who did it and why."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime

import sqlalchemy as sa

from storage import schema
from storage.schema import AccountKind, Phase
from storage.statements import execute


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


def entries(conn: sa.Connection, guild_id: int, member_id: int, *, limit: int) -> list[Entry]:
    """List a member's entries, newest first."""
    key = {"guild_id": guild_id, "member_id": member_id, "limit": limit}
    return [Entry(**row) for row in execute(conn, _ENTRIES, key)]
