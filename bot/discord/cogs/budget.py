"""/budget: moderators see and give credits, and choose welcome credits and their log channel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord.answers import defer_in_private
from bot.discord.cards import check_log_channel
from bot.discord.permissions import require_moderator
from bot.discord.views.statement import StatementCard
from bot.jobs.credits import MOST_AT_ONCE
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
        account = await interaction.client.credits.grant(
            guild_id=require_moderator(interaction),
            member_id=member.id,
            credits=credits,
            moderator_id=interaction.user.id,
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
        statement = await client.credits.statement(require_moderator(interaction), member.id)
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
        desk = interaction.client.credits
        if credits is not None:
            await desk.set_starting_credits(guild_id, credits)
        now = await desk.starting_credits(guild_id)
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
        reviews = interaction.client.reviews
        if channel is not None:
            check_log_channel(channel)
            await reviews.set_log_channel(guild_id, channel.id)
        elif clear:
            await reviews.set_log_channel(guild_id, None)
        chosen = await reviews.log_channel(guild_id)
        where = f"in <#{chosen}>" if chosen else "in the clips' own threads"
        await interaction.edit_original_response(
            content=f"When a clip gets lost, I ask moderators **{where}**."
        )
