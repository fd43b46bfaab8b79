"""/receipt: what one of a member's own jobs cost, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord.answers import defer_in_private
from bot.discord.cogs.budget_report import JobText, show_receipt
from bot.discord.views.jobs import viewer_of
from bot.discord.views.text import cut
from bot.messages import in_credits

if TYPE_CHECKING:
    from bot.discord.client import ZoetropeClient

LONGEST_CHOICE_CHARS = 100


async def own_jobs(
    interaction: discord.Interaction[ZoetropeClient], current: str
) -> list[app_commands.Choice[str]]:
    """The member's latest jobs."""
    page = await interaction.client.members.page(viewer_of(interaction), interaction.user.id, 1)
    offered = {
        job.id: cut(
            f"{' '.join(job.prompt.split())} · {in_credits(job.price_credits)} · {job.id}",
            LONGEST_CHOICE_CHARS,
        )
        for job in page.jobs
    }
    return [
        app_commands.Choice(name=name, value=job_id)
        for job_id, name in offered.items()
        if current.casefold() in name.casefold()
    ]


class Receipts(commands.Cog):
    """A member's own jobs; for moderators, anybody's."""

    @app_commands.command()
    @app_commands.describe(job="Which job; its id stands in /jobs")
    @app_commands.autocomplete(job=own_jobs)
    async def receipt(self, interaction: discord.Interaction[ZoetropeClient], job: JobText) -> None:
        """See what a job of yours was quoted, and what you paid for"""
        await defer_in_private(interaction)
        await show_receipt(interaction, viewer_of(interaction), job)
