"""The part of /budget that chooses: welcome, log channel, and `/budget set` for all else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

import discord
from discord import app_commands
from discord.ext import commands

from bot.budget.desk import MOST_AT_ONCE
from bot.discord.answers import defer_in_private
from bot.discord.permissions import require_manager
from bot.discord.views import desk_settings
from bot.discord.views.desk import open_desk
from bot.discord.views.desk_choices import LONGEST_ZONE_CHARS, MOST_AGE_DAYS
from bot.discord.views.desk_controls import MOST_OPTIONS, DeskCard, Press
from bot.messages import in_credits
from storage.guilds import LEAST_PERCENT, MOST_PERCENT

if TYPE_CHECKING:
    from bot.discord.client import ZoetropeClient


class Choosing(commands.Cog):
    """Commands that see and change a guild's settings."""

    set = app_commands.Group(name="set", description="Choose how the budget works here")

    @app_commands.command()
    @app_commands.describe(
        credits="What a member who is new from now on starts with",
        days="How old a Discord account must be for that",
    )
    async def welcome(
        self,
        interaction: discord.Interaction[ZoetropeClient],
        credits: app_commands.Range[int, 0, MOST_AT_ONCE] | None = None,
        days: app_commands.Range[int, 0, MOST_AGE_DAYS] | None = None,
    ) -> None:
        """See or choose what a new member starts with"""
        press = await _press(interaction)
        chosen = {"starting_credits": credits, "welcome_age_days": days}
        changes = {name: value for name, value in chosen.items() if value is not None}
        if changes:
            await desk_settings.change(press, **changes)
        now = await press.budget.settings(press.guild_id)
        said = f"New members start with **{in_credits(now.starting_credits)}**."
        if days is not None:
            said += f"\nTheir accounts must be **{now.welcome_age_days:,} days** old."
        await interaction.edit_original_response(content=said)

    @app_commands.command()
    @app_commands.describe(
        channel="Where I ask moderators from now on",
        clear="Ask in the clips' own threads instead",
    )
    async def log(
        self,
        interaction: discord.Interaction[ZoetropeClient],
        channel: discord.TextChannel | None = None,
        clear: bool = False,
    ) -> None:
        """See or choose where I ask moderators: for credits, approvals, and about lost clips"""
        press = await _press(interaction)
        if channel is not None or clear:
            await desk_settings.change(press, log_channel_id=channel.id if channel else None)
        chosen = (await press.budget.settings(press.guild_id)).log_channel_id
        await interaction.edit_original_response(
            content=f"I ask moderators **in <#{chosen}>**."
            if chosen
            else "I ask moderators **in the clips' own threads**, where members read along; so "
            "nobody can ask you for credits until you choose a channel."
        )

    @app_commands.command()
    async def settings(self, interaction: discord.Interaction[ZoetropeClient]) -> None:
        """See all that is set here, and change it"""
        await open_desk(interaction, desk_settings.settings)

    @set.command()
    @app_commands.describe(percent="Of the provider's price; 100 is the price itself")
    async def price(
        self,
        interaction: discord.Interaction[ZoetropeClient],
        percent: app_commands.Range[int, LEAST_PERCENT, MOST_PERCENT],
    ) -> None:
        """Choose what a clip costs here"""
        await _set(interaction, "price_percent", percent)

    @set.command()
    @app_commands.describe(above="Clips that cost more wait; leave it out and none does")
    async def approval(
        self,
        interaction: discord.Interaction[ZoetropeClient],
        above: app_commands.Range[int, 0, MOST_AT_ONCE] | None = None,
    ) -> None:
        """Choose which clips wait for a moderator"""
        await _set(interaction, "approval_credits", above)

    @set.command()
    @app_commands.describe(channel="Which channel", allowed="Whether clips may be ordered there")
    async def channel(
        self,
        interaction: discord.Interaction[ZoetropeClient],
        channel: discord.TextChannel,
        allowed: bool = True,
    ) -> None:
        """Choose where clips may be ordered; with none chosen, everywhere"""

        async def page(press: Press) -> DeskCard:
            before = (await press.budget.settings(press.guild_id)).channels
            after = before | {channel.id} if allowed else before - {channel.id}
            return await desk_settings.apply(press, "channels", after)

        await open_desk(interaction, page)

    @set.command()
    @app_commands.describe(zone="By its name, such as Europe/Berlin")
    async def timezone(
        self,
        interaction: discord.Interaction[ZoetropeClient],
        zone: app_commands.Range[str, 1, LONGEST_ZONE_CHARS],
    ) -> None:
        """Choose by whose calendar days, weeks and months begin"""
        await _set(interaction, "timezone", zone)

    @timezone.autocomplete("zone")
    async def complete_zone(
        self, interaction: discord.Interaction[ZoetropeClient], typed: str
    ) -> list[app_commands.Choice[str]]:
        """Offer the zones whose names contain what is typed."""
        wanted = typed.lower().replace(" ", "_")
        found = sorted(name for name in available_timezones() if wanted in name.lower())
        return [app_commands.Choice(name=name, value=name) for name in found[:MOST_OPTIONS]]

    @set.command()
    @app_commands.describe(add_up="Their sum counts, and not only the highest")
    async def roles(self, interaction: discord.Interaction[ZoetropeClient], add_up: bool) -> None:
        """Choose what counts for members with several roles"""
        await _set(interaction, "roles_add_up", add_up)

    @set.command()
    @app_commands.describe(member_pays="A clip that is refused costs its member the price")
    async def refused(
        self, interaction: discord.Interaction[ZoetropeClient], member_pays: bool
    ) -> None:
        """Choose who pays if a provider's moderation refuses"""
        await _set(interaction, "refused_pays", member_pays)

    @set.command()
    @app_commands.describe(role="Who may use the desk too; leave it out for nobody")
    async def manager(
        self, interaction: discord.Interaction[ZoetropeClient], role: discord.Role | None = None
    ) -> None:
        """Choose the role that manages the budget; needs Manage Server"""
        await _set(interaction, "manager_role_id", role.id if role else None)

    @set.command()
    @app_commands.describe(credits="What one moderator may give a month; leave it out for no end")
    async def ceiling(
        self,
        interaction: discord.Interaction[ZoetropeClient],
        credits: app_commands.Range[int, 0, MOST_AT_ONCE] | None = None,
    ) -> None:
        """Choose how much each moderator may give; needs Manage Server"""
        await _set(interaction, "giving_ceiling", credits)


async def _press(interaction: discord.Interaction[Any]) -> Press:
    await defer_in_private(interaction)
    return Press(interaction=interaction, guild_id=await require_manager(interaction))


async def _set(interaction: discord.Interaction[Any], name: str, value: object) -> None:
    async def page(press: Press) -> DeskCard:
        return await desk_settings.apply(press, name, value)

    await open_desk(interaction, page)
