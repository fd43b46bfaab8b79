"""The part of /budget that shows and proves: a month in pictures, as a table, and receipts."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, TypeAlias

import discord
from discord import app_commands
from discord.ext import commands

from bot.budget.reporting import Export, Figures, Names
from bot.discord.answers import defer_in_private, defer_in_public
from bot.discord.naming import names_of
from bot.discord.permissions import require_manager
from bot.discord.views.receipt import ReceiptCard
from bot.discord.views.report import ReportCard
from bot.jobs.history import Viewer
from bot.messages import in_credits

if TYPE_CHECKING:
    from bot.discord.client import ZoetropeClient

MONTHS_OFFERED = 12
MonthText: TypeAlias = app_commands.Range[str, 1, 20]
JobText: TypeAlias = app_commands.Range[str, 1, 20]


async def months(
    interaction: discord.Interaction[ZoetropeClient], current: str
) -> list[app_commands.Choice[str]]:
    """The last months, newest first."""
    day = interaction.created_at.date().replace(day=1)
    offered = []
    for _ in range(MONTHS_OFFERED):
        number = f"{day:%Y-%m}"
        if current.casefold() in f"{number} {day:%B %Y}".casefold():
            offered.append(app_commands.Choice(name=f"{day:%B %Y}", value=number))
        day = (day.replace(day=1) - day.resolution).replace(day=1)
    return offered


class Proving(commands.Cog):
    """Commands that show where the credits went, and prove it."""

    @app_commands.command()
    @app_commands.describe(
        month="Which month, like 2026-05; this one if you leave it out",
        public="Let everybody in this channel see it",
    )
    @app_commands.autocomplete(month=months)
    async def report(
        self,
        interaction: discord.Interaction[ZoetropeClient],
        month: MonthText | None = None,
        public: bool = False,
    ) -> None:
        """See a month in pictures: by day, model and member, and what the house lost"""
        if public:
            await defer_in_public(interaction)
        else:
            await defer_in_private(interaction)
        guild_id = await require_manager(interaction)
        client = interaction.client
        figures = await client.budget.reports.figures(guild_id, month)
        charts = await client.budget.reports.charts(figures, await _names(interaction, figures))
        await interaction.edit_original_response(
            view=ReportCard(figures, charts),
            attachments=[discord.File(io.BytesIO(chart.png), chart.name) for chart in charts],
        )

    @app_commands.command()
    @app_commands.describe(month="Which month, like 2026-05; this one if you leave it out")
    @app_commands.autocomplete(month=months)
    async def export(
        self,
        interaction: discord.Interaction[ZoetropeClient],
        month: MonthText | None = None,
    ) -> None:
        """Get every entry of a month as a table (CSV)"""
        await defer_in_private(interaction)
        guild_id = await require_manager(interaction)
        reports = interaction.client.budget.reports
        limit_bytes = interaction.filesize_limit
        async with reports.export(guild_id, month, limit_bytes=limit_bytes) as made:
            await interaction.edit_original_response(
                content=_exported(made), attachments=[discord.File(made.file)]
            )

    @app_commands.command()
    @app_commands.describe(job="The job's id, as it stands in /jobs and beneath a clip")
    async def receipt(self, interaction: discord.Interaction[ZoetropeClient], job: JobText) -> None:
        """See what any job here was quoted and billed, and who paid why"""
        await defer_in_private(interaction)
        guild_id = await require_manager(interaction)
        await show_receipt(
            interaction, Viewer(guild_id, interaction.user.id, is_moderator=True), job
        )


async def show_receipt(
    interaction: discord.Interaction[ZoetropeClient], viewer: Viewer, job_id: str
) -> None:
    """Show a job's receipt in place of a deferred answer. Raises NotAllowed and JobNotFound."""
    client = interaction.client
    job = await client.members.job(viewer, job_id.strip().lower())
    receipt = await client.budget.reports.receipt(job.id)
    name = client.service.catalogue.name_of(job.provider, job.model)
    await interaction.edit_original_response(view=ReceiptCard(receipt, name))


async def _names(interaction: discord.Interaction[ZoetropeClient], figures: Figures) -> Names:
    catalogue = interaction.client.service.catalogue
    members = [one.member_id for one in figures.members]
    models = [(one.provider, one.model) for one in figures.models]
    return Names(
        members=await names_of(interaction.guild, members),
        models={key: catalogue.name_of(*key) for key in models},
    )


def _exported(made: Export) -> str:
    sums = made.sums
    return (
        f"**{made.span.first:%B %Y}**: {sums.entries:,} entries · {in_credits(sums.spent)} spent"
        f" · {in_credits(sums.held)} held · {in_credits(sums.lost)} lost by the house.\n"
        f"-# A job's entries count for the day it was ordered on, by {made.span.timezone}."
    )
