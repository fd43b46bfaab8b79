"""/budget: moderators see and give credits, and choose welcome credits and their log channel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from bot.budget.desk import MOST_AT_ONCE
from bot.discord.answers import defer_in_private
from bot.discord.cards import check_log_channel
from bot.discord.permissions import giver_of, require_moderator
from bot.discord.views.statement import StatementCard
from bot.messages import in_credits

if TYPE_CHECKING:
    from bot.discord.client import ZoetropeClient


@app_commands.default_permissions(manage_guild=True)
class Budget(commands.GroupCog, group_name="budget"):
    """Members' credits, for moderators"""

    @app_commands.command()
    @app_commands.describe(
        member="Who gets the credits",
        credits="How many",
        reason="Why; kept with the entry",
    )
    async def grant(
        self,
        interaction: discord.Interaction[ZoetropeClient],
        member: discord.Member,
        credits: app_commands.Range[int, 1, MOST_AT_ONCE],
        reason: app_commands.Range[str, 1, 200] | None = None,
    ) -> None:
        """Give a member credits"""
        await defer_in_private(interaction)
        account = await interaction.client.budget.grant(
            guild_id=require_moderator(interaction),
            member_id=member.id,
            credits=credits,
            giver=giver_of(interaction),
            reason=reason,
            interaction_id=interaction.id,
        )
        await interaction.edit_original_response(
            content=f"{member.mention} got **{in_credits(credits)}** and now has "
            f"**{in_credits(account.available)}** available."
        )

    @app_commands.command()
    @app_commands.describe(member="Whose credits to look at")
    async def show(
        self, interaction: discord.Interaction[ZoetropeClient], member: discord.Member
    ) -> None:
        """See a member's credits and what moved them"""
        await defer_in_private(interaction)
        client = interaction.client
        statement = await client.budget.statement(require_moderator(interaction), member.id)
        card = StatementCard(
            f"Credits of {member.mention}", statement, client.service.catalogue, with_entries=True
        )
        await interaction.edit_original_response(view=card)

    @app_commands.command()
    @app_commands.describe(credits="What a member who is new from now on starts with")
    async def welcome(
        self,
        interaction: discord.Interaction[ZoetropeClient],
        credits: app_commands.Range[int, 0, MOST_AT_ONCE] | None = None,
    ) -> None:
        """See or choose how many credits a new member starts with"""
        await defer_in_private(interaction)
        guild_id = require_moderator(interaction)
        desk = interaction.client.budget
        if credits is not None:
            await desk.change_settings(
                guild_id, moderator_id=interaction.user.id, starting_credits=credits
            )
        now = (await desk.settings(guild_id)).starting_credits
        await interaction.edit_original_response(
            content=f"New members start with **{in_credits(now)}**."
        )

    @app_commands.command()
    @app_commands.describe(
        channel="Where I ask moderators from now on",
        clear="Ask in the clips' own threads instead",
    )
    async def log(
        self,
        interaction: discord.Interaction[ZoetropeClient],
        channel: discord.TextChannel | None = None,
        clear: bool = False,
    ) -> None:
        """See or choose where I ask moderators about clips that got lost"""
        await defer_in_private(interaction)
        guild_id = require_moderator(interaction)
        desk = interaction.client.budget
        moderator_id = interaction.user.id
        if channel is not None:
            check_log_channel(channel)
            await desk.change_settings(
                guild_id, moderator_id=moderator_id, log_channel_id=channel.id
            )
        elif clear:
            await desk.change_settings(guild_id, moderator_id=moderator_id, log_channel_id=None)
        chosen = (await desk.settings(guild_id)).log_channel_id
        where = f"in <#{chosen}>" if chosen else "in the clips' own threads"
        await interaction.edit_original_response(
            content=f"When a clip gets lost, I ask moderators **{where}**."
        )
