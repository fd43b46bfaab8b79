"""What members are called, for pictures: a client shows a mention by itself, a picture does not."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress

import aiohttp
import discord

PATIENCE_SECONDS = 10
LEFT = "someone who left"


def mention_of(member_id: int) -> str:
    """A member as clients show them; whoever was forgotten is nobody in particular."""
    return f"<@{member_id}>" if member_id > 0 else LEFT


async def names_of(guild: discord.Guild | None, member_ids: Sequence[int]) -> dict[int, str]:
    """The names members go by in a guild, as far as Discord tells them within a few seconds."""
    names = {member_id: LEFT for member_id in member_ids if member_id <= 0}
    if guild is None:
        return names
    with suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE_SECONDS):
            for member_id in member_ids:
                if member_id > 0:
                    await _look_up(guild, member_id, names)
    return names


async def _look_up(guild: discord.Guild, member_id: int, names: dict[int, str]) -> None:
    try:
        member = guild.get_member(member_id) or await guild.fetch_member(member_id)
        names[member_id] = member.display_name
    except discord.NotFound:
        names[member_id] = LEFT
    except (discord.HTTPException, aiohttp.ClientError, OSError):
        # The list beneath the picture names them.
        return
