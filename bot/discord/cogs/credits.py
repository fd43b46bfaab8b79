"""/credits: what a member has, what is set aside, and what ran recently."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord.answers import defer_in_private
from bot.discord.ordering import roles_of
from bot.discord.views.asking_text import last_asked_text
from bot.discord.views.statement import StatementCard
from bot.errors import NotInServer

if TYPE_CHECKING:
    from bot.discord.client import ZoetropeClient


class Credits(commands.Cog):
    """A member's own account."""

    @app_commands.command()
    async def credits(self, interaction: discord.Interaction[ZoetropeClient]) -> None:
        """See your credits and what ran recently"""
        await defer_in_private(interaction)
        if interaction.guild_id is None:
            raise NotInServer
        client = interaction.client
        statement = await client.budget.statement(
            interaction.guild_id, interaction.user.id, role_ids=roles_of(interaction)
        )
        asked = await client.asking.last(interaction.guild_id, interaction.user.id)
        news = last_asked_text(asked) if asked else ""
        card = StatementCard("Your credits", statement, client.service.catalogue, news=news)
        await interaction.edit_original_response(view=card)
