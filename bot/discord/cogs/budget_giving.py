"""The part of /budget that gives and takes credits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from bot.budget.desk import MOST_AT_ONCE
from bot.discord.answers import defer_in_private
from bot.discord.membership import members_with
from bot.discord.permissions import giver_of, require_manager
from bot.discord.views.desk import Page, open_desk
from bot.discord.views.desk_controls import DeskCard, Press
from bot.discord.views.desk_giving import MOST_DAYS, mentioned_in, show_plan
from bot.messages import in_credits
from storage.acts import ActKind

if TYPE_CHECKING:
    from bot.discord.client import ZoetropeClient

LONGEST_LIST_CHARS = 2_000
WHOM = {
    "credits": "How many, for each",
    "member": "One member",
    "role": "Everybody who has this role",
    "members": "Several: mention them one after the other",
    "reason": "Why; kept with the entry",
}


class Giving(commands.Cog):
    """Commands that move credits; of one named member at once, of several after a look."""

    @app_commands.command()
    @app_commands.describe(**WHOM, days="Days until they expire")
    async def grant(
        self,
        interaction: discord.Interaction[ZoetropeClient],
        credits: app_commands.Range[int, 1, MOST_AT_ONCE],
        member: discord.Member | None = None,
        role: discord.Role | None = None,
        members: app_commands.Range[str, 1, LONGEST_LIST_CHARS] | None = None,
        reason: app_commands.Range[str, 1, 200] | None = None,
        days: app_commands.Range[int, 1, MOST_DAYS] | None = None,
    ) -> None:
        """Give credits to a member, or see first what giving many would do"""
        if member is not None and role is None and members is None:
            await _give_at_once(interaction, member, credits, reason, days)
        else:
            page = _planned(ActKind.GRANT, member, role, members)
            await open_desk(interaction, page, credits=credits, reason=reason, days=days)

    @app_commands.command()
    @app_commands.describe(**WHOM)
    async def take(
        self,
        interaction: discord.Interaction[ZoetropeClient],
        credits: app_commands.Range[int, 1, MOST_AT_ONCE],
        member: discord.Member | None = None,
        role: discord.Role | None = None,
        members: app_commands.Range[str, 1, LONGEST_LIST_CHARS] | None = None,
        reason: app_commands.Range[str, 1, 200] | None = None,
    ) -> None:
        """See what taking credits would do, and confirm it"""
        page = _planned(ActKind.TAKE, member, role, members)
        await open_desk(interaction, page, credits=credits, reason=reason)


async def _give_at_once(
    interaction: discord.Interaction[ZoetropeClient],
    member: discord.Member,
    credits: int,
    reason: str | None,
    days: int | None,
) -> None:
    await defer_in_private(interaction)
    desk = interaction.client.budget
    account = await desk.grant(
        guild_id=await require_manager(interaction),
        member_id=member.id,
        credits=credits,
        giver=giver_of(interaction),
        reason=reason,
        interaction_id=interaction.id,
        expires_at=desk.in_days(days) if days else None,
    )
    await interaction.edit_original_response(
        content=f"{member.mention} got **{in_credits(credits)}** and now has "
        f"**{in_credits(account.available)}** available."
    )


def _planned(
    kind: ActKind,
    member: discord.Member | None,
    role: discord.Role | None,
    members: str | None,
) -> Page:
    async def page(press: Press) -> DeskCard:
        named = [member.id] if member else []
        if role is not None:
            named += await members_with(press.interaction.client, press.guild_id, role.id)
        named += mentioned_in(members or "")
        return await show_plan(press, kind, list(dict.fromkeys(named)))

    return page
