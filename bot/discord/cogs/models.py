"""/models: what can be used here, what it can do, and what it costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord.answers import defer_in_private
from bot.discord.views.models import ModelsCard

if TYPE_CHECKING:
    from bot.discord.client import ZoetropeClient


class Models(commands.Cog):
    """The price list."""

    @app_commands.command()
    async def models(self, interaction: discord.Interaction[ZoetropeClient]) -> None:
        """See every model you can use here, what it can do and what it costs"""
        await defer_in_private(interaction)
        card = ModelsCard(interaction.client.service.catalogue.choices)
        await interaction.edit_original_response(view=card)
