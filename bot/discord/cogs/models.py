"""/models: what can be used here, what it can do, and what it costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord.answers import defer_in_private
from bot.discord.completion import any_model
from bot.discord.views.models import ModelCard, ModelsCard

if TYPE_CHECKING:
    from bot.discord.client import ZoetropeClient


class Models(commands.Cog):
    """The price list."""

    @app_commands.command()
    @app_commands.describe(model="See all of this one")
    @app_commands.autocomplete(model=any_model)
    async def models(
        self, interaction: discord.Interaction[ZoetropeClient], model: str | None = None
    ) -> None:
        """See every model you can use here, what it can do and what it costs"""
        await defer_in_private(interaction)
        catalogue = await interaction.client.service.offers(interaction.guild_id or 0)
        if model is None:
            card: discord.ui.LayoutView = ModelsCard(catalogue)
        else:
            card = ModelCard(catalogue, catalogue.find(model, from_picture=True))
        await interaction.edit_original_response(view=card)
