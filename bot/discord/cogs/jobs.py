"""/jobs: what a member ordered, how it stands, and what can be done about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord.answers import defer_in_private
from bot.discord.views.jobs import show_jobs

if TYPE_CHECKING:
    from bot.discord.client import ZoetropeClient


class Jobs(commands.Cog):
    """A member's own jobs; for moderators, anybody's."""

    @app_commands.command()
    @app_commands.describe(member="Whose jobs; only moderators see others'")
    async def jobs(
        self,
        interaction: discord.Interaction[ZoetropeClient],
        # Not Member: a moderator may look for somebody who has left.
        member: discord.User | None = None,
    ) -> None:
        """See your jobs, cancel one, or get a clip again"""
        await defer_in_private(interaction)
        await show_jobs(interaction, (member or interaction.user).id)
