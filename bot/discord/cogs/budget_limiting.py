"""The part of /budget that limits spending: caps, allowances, and the pause."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from bot.budget.desk import MOST_AT_ONCE
from bot.discord.views import desk_allowances, desk_caps, desk_home
from bot.discord.views.desk import open_desk
from bot.discord.views.desk_controls import DeskCard, Press
from bot.discord.views.desk_words import CAP_PERIODS, PERIODS
from bot.errors import BadChoice
from storage.allowances import Allowance
from storage.cap_schema import CapScope
from storage.periods import Period

if TYPE_CHECKING:
    from bot.discord.client import ZoetropeClient

LONGEST_PROVIDER_CHARS = 40


def _choices(options: tuple[tuple[str, str], ...]) -> list[app_commands.Choice[str]]:
    return [app_commands.Choice(name=label, value=value) for label, value in options]


def _names(press: Press) -> set[str]:
    return {name for _, name in desk_caps.providers(press)}


class Limiting(commands.Cog):
    """Commands that say how much may be spent."""

    @app_commands.command()
    @app_commands.choices(
        on=_choices(tuple((label, kind) for kind, label in desk_caps.KINDS.items())),
        every=_choices(CAP_PERIODS),
    )
    @app_commands.describe(
        on="Whose spending; leave all out to see the caps",
        every="What it counts over; a month if left out",
        credits="How many; leave it out to lift the cap",
        reason="Why",
    )
    async def cap(
        self,
        interaction: discord.Interaction[ZoetropeClient],
        on: str | None = None,
        every: str = Period.MONTH.value,
        credits: app_commands.Range[int, 0, MOST_AT_ONCE] | None = None,
        member: discord.Member | None = None,
        role: discord.Role | None = None,
        channel: discord.TextChannel | None = None,
        provider: app_commands.Range[str, 1, LONGEST_PROVIDER_CHARS] | None = None,
        reason: app_commands.Range[str, 1, 200] | None = None,
    ) -> None:
        """See, set or lift what may be spent at most"""
        subjects = {
            CapScope.MEMBER.value: member,
            CapScope.ROLE.value: role,
            CapScope.CHANNEL.value: channel,
        }
        named = subjects.get(on or "")
        subject = str(named.id) if named else provider or ""

        async def page(press: Press) -> DeskCard:
            if on is None:
                return await desk_caps.caps(press)
            if on == CapScope.PROVIDER and subject not in _names(press):
                raise BadChoice(f"no provider here is called “{subject}”")
            wanted = desk_caps.cap_choice(on, subject, Period(every), credits)
            return await desk_caps.apply(press, wanted)

        await open_desk(interaction, page, reason=reason)

    @app_commands.command()
    @app_commands.choices(every=_choices(PERIODS))
    @app_commands.describe(
        role="Which role; leave all out to see the allowances",
        credits="For each member; 0 ends the allowance",
        every="How often; a month if left out",
        keep="Whether what is left at the end stays",
        reason="Why",
    )
    async def allowance(
        self,
        interaction: discord.Interaction[ZoetropeClient],
        role: discord.Role | None = None,
        credits: app_commands.Range[int, 0, MOST_AT_ONCE] | None = None,
        every: str = Period.MONTH.value,
        keep: bool = False,
        reason: app_commands.Range[str, 1, 200] | None = None,
    ) -> None:
        """See or set the credits that a role carries"""

        async def page(press: Press) -> DeskCard:
            if role is None or credits is None:
                return await desk_allowances.allowances(press)
            wanted = Allowance(
                guild_id=press.guild_id,
                role_id=role.id,
                period=Period(every),
                credits=credits,
                carries_over=keep,
            )
            return await desk_allowances.apply(press, wanted)

        await open_desk(interaction, page, reason=reason)

    @app_commands.command()
    @app_commands.describe(reason="Why")
    async def pause(
        self,
        interaction: discord.Interaction[ZoetropeClient],
        reason: app_commands.Range[str, 1, 200] | None = None,
    ) -> None:
        """Let nothing new be ordered in this server"""
        await open_desk(interaction, desk_home.pause, reason=reason)

    @app_commands.command()
    @app_commands.describe(reason="Why")
    async def resume(
        self,
        interaction: discord.Interaction[ZoetropeClient],
        reason: app_commands.Range[str, 1, 200] | None = None,
    ) -> None:
        """Let members order again"""
        await open_desk(interaction, desk_home.resume, reason=reason)
