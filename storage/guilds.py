"""What a guild has set."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from storage.schema import STARTING_CREDITS, guild
from storage.statements import execute, first

_STARTING_CREDITS = sa.select(guild.c.starting_credits).where(
    guild.c.guild_id == sa.bindparam("guild_id")
)
_SET = insert(guild)
_SET = _SET.on_conflict_do_update(
    index_elements=[guild.c.guild_id], set_={"starting_credits": _SET.excluded.starting_credits}
)


def starting_credits(conn: sa.Connection, guild_id: int) -> int:
    """Say how many credits a new member of the guild starts with."""
    row = first(conn, _STARTING_CREDITS, {"guild_id": guild_id})
    return STARTING_CREDITS if row is None else int(row["starting_credits"])


def set_starting_credits(conn: sa.Connection, guild_id: int, credits: int) -> None:
    """Let new members start with this many credits; accounts already open keep theirs.

    Raises ValueError for a negative number.
    """
    if credits < 0:
        raise ValueError(f"a member cannot start with {credits} credits")
    execute(conn, _SET, {"guild_id": guild_id, "starting_credits": credits})
