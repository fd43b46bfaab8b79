"""Who has a role: Discord tells only bots whose owner turned the Server Members Intent on."""

from __future__ import annotations

import discord

from bot.errors import MembersUnknown

PAGE = 1_000


async def members_with(client: discord.Client, guild_id: int, role_id: int) -> list[int]:
    """Everybody in a guild who has a role, but for bots. Raises MembersUnknown."""
    found: list[int] = []
    after = 0
    while True:
        try:
            # `Guild.fetch_members` wants the gateway's intent too, which is not needed here.
            page = await client.http.get_members(guild_id, PAGE, after)
        except discord.Forbidden as error:
            raise MembersUnknown from error
        found += [
            int(member["user"]["id"])
            for member in page
            if not member["user"].get("bot")
            # Everybody has the role that is called as the guild is.
            and (role_id == guild_id or str(role_id) in {str(role) for role in member["roles"]})
        ]
        if len(page) < PAGE:
            return found
        after = int(page[-1]["user"]["id"])
