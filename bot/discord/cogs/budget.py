"""/budget: the moderators' desk, and each thing on it as a command of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord.cogs.budget_blocking import Blocking
from bot.discord.cogs.budget_choosing import Choosing
from bot.discord.cogs.budget_giving import Giving
from bot.discord.cogs.budget_limiting import Limiting
from bot.discord.cogs.budget_looking import Looking
from bot.discord.cogs.budget_report import Proving
from bot.discord.views.desk import open_desk
from bot.discord.views.desk_controls import DeskCard, Press
from bot.discord.views.desk_member import show_member

if TYPE_CHECKING:
    from bot.discord.client import ZoetropeClient


@app_commands.default_permissions(manage_guild=True)
class Budget(
    Looking, Giving, Limiting, Choosing, Proving, Blocking, commands.GroupCog, group_name="budget"
):
    """Members' credits, for moderators"""


@app_commands.context_menu(name="Video budget")
@app_commands.default_permissions(manage_guild=True)
async def video_budget(
    interaction: discord.Interaction[ZoetropeClient], member: discord.Member
) -> None:
    """Open the desk at a member."""

    async def page(press: Press) -> DeskCard:
        return await show_member(press, member.id)

    await open_desk(interaction, page)
