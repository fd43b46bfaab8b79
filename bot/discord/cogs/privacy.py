"""/privacy: members take out or delete what is stored of them; nobody does it for another."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord.answers import defer_in_private
from bot.discord.views.privacy import deletion_card, own_place

if TYPE_CHECKING:
    from bot.discord.client import ZoetropeClient


class PrivacyCommands(commands.GroupCog, group_name="privacy"):
    """What is stored of you in this server"""

    @app_commands.command()
    async def export(self, interaction: discord.Interaction[ZoetropeClient]) -> None:
        """Get a file with everything that is stored of you in this server"""
        await defer_in_private(interaction)
        guild_id, member_id = own_place(interaction)
        data = await interaction.client.members.privacy.export(guild_id, member_id)
        file = discord.File(io.BytesIO(data), filename="zoetrope-my-data.json")
        await interaction.edit_original_response(
            content="This is everything I have stored of you in this server. Only you see it.",
            attachments=[file],
        )

    @app_commands.command()
    async def delete(self, interaction: discord.Interaction[ZoetropeClient]) -> None:
        """Delete what is stored of you in this server; first you see what goes and what stays"""
        await defer_in_private(interaction)
        guild_id, member_id = own_place(interaction)
        held = await interaction.client.members.privacy.holdings(guild_id, member_id)
        await interaction.edit_original_response(view=deletion_card(held))
