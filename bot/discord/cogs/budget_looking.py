"""The part of /budget that looks: the desk, a member, the history, and undoing an act."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord.answers import defer_in_private
from bot.discord.permissions import require_manager
from bot.discord.views.desk import open_desk
from bot.discord.views.desk_controls import DeskCard, Press
from bot.discord.views.desk_history import show_history, undo_act
from bot.discord.views.desk_home import home
from bot.discord.views.statement import StatementCard

if TYPE_CHECKING:
    from bot.discord.client import ZoetropeClient

MOST_ACTS = 1_000_000_000


class Looking(commands.Cog):
    """Commands that show something, and undo."""

    @app_commands.command()
    async def desk(self, interaction: discord.Interaction[ZoetropeClient]) -> None:
        """See the month at a glance, and change anything from there"""
        await open_desk(interaction, home)

    @app_commands.command()
    @app_commands.describe(member="Whose credits to look at")
    async def show(
        self, interaction: discord.Interaction[ZoetropeClient], member: discord.Member
    ) -> None:
        """See a member's credits and what moved them"""
        await defer_in_private(interaction)
        guild_id = await require_manager(interaction)
        client = interaction.client
        statement = await client.budget.statement(guild_id, member.id)
        card = StatementCard(
            f"Credits of {member.mention}", statement, client.service.catalogue, with_entries=True
        )
        await interaction.edit_original_response(view=card)

    @app_commands.command()
    @app_commands.describe(member="Only what concerned this member")
    async def history(
        self,
        interaction: discord.Interaction[ZoetropeClient],
        member: discord.Member | None = None,
    ) -> None:
        """See what moderators did, and undo it"""

        async def page(press: Press) -> DeskCard:
            return await show_history(press, member_id=member.id if member else None)

        await open_desk(interaction, page)

    @app_commands.command()
    @app_commands.describe(number="Of the act, as the history has it", reason="Why")
    async def undo(
        self,
        interaction: discord.Interaction[ZoetropeClient],
        number: app_commands.Range[int, 1, MOST_ACTS],
        reason: app_commands.Range[str, 1, 200] | None = None,
    ) -> None:
        """Put back exactly what an act changed"""

        async def page(press: Press) -> DeskCard:
            return await undo_act(press, number)

        await open_desk(interaction, page, reason=reason)
