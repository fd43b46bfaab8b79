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

_LOG_CHANNEL = sa.select(guild.c.log_channel_id).where(guild.c.guild_id == sa.bindparam("guild_id"))
_SET_LOG = insert(guild)
_SET_LOG = _SET_LOG.on_conflict_do_update(
    index_elements=[guild.c.guild_id], set_={"log_channel_id": _SET_LOG.excluded.log_channel_id}
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


def log_channel(conn: sa.Connection, guild_id: int) -> int | None:
    """Say where the guild's moderators read what needs them; None where they chose no channel."""
    row = first(conn, _LOG_CHANNEL, {"guild_id": guild_id})
    return None if row is None else row["log_channel_id"]


def set_log_channel(conn: sa.Connection, guild_id: int, channel_id: int | None) -> None:
    """Choose the moderators' channel; None for no channel."""
    execute(conn, _SET_LOG, {"guild_id": guild_id, "log_channel_id": channel_id})
