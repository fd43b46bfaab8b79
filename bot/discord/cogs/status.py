"""/status: whether the bot is well, what runs and waits, and what it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord.answers import defer_in_private
from bot.discord.permissions import is_moderator
from bot.discord.views.status_panel import StatusPanel
from bot.errors import NotInServer
from bot.jobs.history import Viewer

if TYPE_CHECKING:
    from bot.discord.client import ZoetropeClient


class Status(commands.Cog):
    """How the bot is, for whoever asks."""

    @app_commands.command()
    async def status(self, interaction: discord.Interaction[ZoetropeClient]) -> None:
        """See whether all is well, what runs and waits, and your place in line"""
        await defer_in_private(interaction)
        if interaction.guild_id is None:
            raise NotInServer
        viewer = Viewer(interaction.guild_id, interaction.user.id, is_moderator(interaction))
        client = interaction.client
        condition = await client.condition.look(viewer, is_owner=_is_owner(interaction))
        card = StatusPanel(condition, client.service.catalogue)
        await interaction.edit_original_response(view=card)


def _is_owner(interaction: discord.Interaction[ZoetropeClient]) -> bool:
    """Whether whoever asks owns the bot, alone or in a team; known since the bot logged in."""
    application = interaction.client.application
    if application is None:
        return False
    owners = application.team.members if application.team else [application.owner]
    return interaction.user.id in {owner.id for owner in owners}
