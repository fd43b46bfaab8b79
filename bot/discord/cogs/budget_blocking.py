"""The part of /budget that says who may order nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord.answers import defer_in_private
from bot.discord.permissions import require_manager
from bot.discord.views.shield_text import blocked_text
from bot.shield_words import block_words

if TYPE_CHECKING:
    from bot.discord.client import ZoetropeClient

MOST_HOURS = 24 * 365


class Blocking(commands.Cog):
    """Commands that block members, and let them order again."""

    @app_commands.command()
    @app_commands.describe(
        member="Who may order nothing",
        hours="For how long; leave it out to block until you unblock",
        reason="Why; for moderators only",
    )
    async def block(
        self,
        interaction: discord.Interaction[ZoetropeClient],
        member: discord.User,
        hours: app_commands.Range[int, 1, MOST_HOURS] | None = None,
        reason: app_commands.Range[str, 1, 200] | None = None,
    ) -> None:
        """Let a member order nothing, and cancel what they have in line"""
        await defer_in_private(interaction)
        stands = await interaction.client.shield.block(
            await require_manager(interaction),
            member.id,
            moderator_id=interaction.user.id,
            lasts=None if hours is None else timedelta(hours=hours),
            reason=reason,
        )
        await interaction.edit_original_response(
            content=f"{member.mention} is {block_words(stands)}."
        )

    @app_commands.command()
    @app_commands.describe(member="Who may order again", reason="Why; for moderators only")
    async def unblock(
        self,
        interaction: discord.Interaction[ZoetropeClient],
        member: discord.User,
        reason: app_commands.Range[str, 1, 200] | None = None,
    ) -> None:
        """Let a member order again, whatever kept them from it"""
        await defer_in_private(interaction)
        lifted = await interaction.client.shield.unblock(
            await require_manager(interaction),
            member.id,
            moderator_id=interaction.user.id,
            reason=reason,
        )
        said = "can order again" if lifted else "was not blocked"
        await interaction.edit_original_response(content=f"{member.mention} {said}.")

    @app_commands.command()
    async def blocked(self, interaction: discord.Interaction[ZoetropeClient]) -> None:
        """See who may order nothing, and until when"""
        await defer_in_private(interaction)
        listed = await interaction.client.shield.blocked(await require_manager(interaction))
        await interaction.edit_original_response(content=blocked_text(listed))
