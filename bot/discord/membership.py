"""Who has which roles, asked of Discord, for a bot is not told by itself."""

from __future__ import annotations

import discord

from bot.discord.calls import reliably
from bot.errors import MembersUnknown

PAGE = 1_000
UNKNOWN_MEMBER = 10007


async def members_with(client: discord.Client, guild_id: int, role_id: int) -> list[int]:
    """Everybody in a guild who has a role, but for bots.

    Raises MembersUnknown where the owner has not turned the Server Members Intent on.
    """
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


async def roles_now(client: discord.Client, guild_id: int, member_id: int) -> tuple[int, ...]:
    """The roles of somebody who did not act just now; none of who has left the guild.

    Raises ThreadUnreachable.
    """
    try:
        member = await reliably(lambda: client.http.get_member(guild_id, member_id))
    except discord.NotFound as error:
        if error.code != UNKNOWN_MEMBER:
            raise
        return ()
    return tuple(int(role) for role in member["roles"])
