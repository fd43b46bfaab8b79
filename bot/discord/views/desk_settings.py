"""The desk's page of settings: each is seen in one line and changed with one form."""

from __future__ import annotations

from typing import Any

import discord

from bot.discord.cards import check_log_channel
from bot.discord.views.desk_allowances import require_free_hand
from bot.discord.views.desk_choices import SETTINGS
from bot.discord.views.desk_controls import (
    DeskCard,
    DeskForm,
    Press,
    home_button,
    menu,
    option,
    rows_of,
)
from bot.errors import BadChoice
from storage.guilds import GuildSettings

POWER = frozenset({"manager_role_id", "giving_ceiling"})
"""Settings that say who may do how much; they need Manage Server itself."""


async def settings(press: Press, notice: str = "") -> DeskCard:
    """Show all that is set."""
    chosen = await press.budget.settings(press.guild_id)
    lines = [f"**{one.title}**\n{one.shown(chosen)}" for one in SETTINGS.values()]
    options = [option(one.title, name) for name, one in SETTINGS.items()]
    return DeskCard(
        "## Settings",
        "\n".join(lines),
        rows=rows_of(menu("Change …", "setting", options), home_button()),
        notice=notice,
    )


async def ask(press: Press) -> DeskForm:
    """Ask for another value of the setting that was chosen."""
    name = press.chosen
    _check(press, name)
    setting = SETTINGS[name]
    chosen = await press.budget.settings(press.guild_id)
    form = DeskForm(setting.title, "set", name)
    form.ask(setting.title, setting.asked(chosen), setting.hint)
    return form.ask_reason()


async def set_one(press: Press) -> DeskCard:
    """Set what a form says."""
    return await apply(press, press.of, SETTINGS[press.of].read(press))


async def apply(press: Press, name: str, value: object) -> DeskCard:
    """Set one setting, and show them all. Raises NotAllowed, AmountOutOfRange, BadChoice."""
    now = await change(press, **{name: value})
    setting = SETTINGS[name]
    return await settings(press, f"✅ **{setting.title}**\n{setting.shown(now)}")


async def change(press: Press, **changes: Any) -> GuildSettings:
    """Set settings by their names. Raises NotAllowed, AmountOutOfRange, BadChoice."""
    for name in changes:
        _check(press, name)
    if "starting_credits" in changes:
        await require_free_hand(press)
    if changes.get("manager_role_id") == press.guild_id:
        raise BadChoice("everybody would manage the budget")
    if (channel_id := changes.get("log_channel_id")) is not None:
        _check_log(press, channel_id)
    return await press.budget.change_settings(
        press.guild_id, moderator_id=press.moderator_id, reason=press.reason, **changes
    )


def _check(press: Press, name: str) -> None:
    if name in POWER:
        press.require_power()


def _check_log(press: Press, channel_id: int) -> None:
    guild = press.interaction.guild
    channel = guild.get_channel(channel_id) if guild else None
    if not isinstance(channel, discord.TextChannel):
        raise BadChoice("there is no such text channel here")
    check_log_channel(channel)
