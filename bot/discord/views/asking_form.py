"""What a member presses who is out of credits, and the form that asks how many and why."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

import discord
from discord import ui

from bot.budget.desk import MOST_AT_ONCE
from bot.discord.answers import defer_in_private, guard
from bot.discord.cards import check_log_channel
from bot.discord.ordering import roles_of
from bot.discord.remedies import ask_id
from bot.discord.views.asking import whole_number
from bot.discord.views.asking_text import asked_text
from bot.discord.views.forms import Form
from bot.errors import MissingPermissions, NotInServer, NowhereToAsk

if TYPE_CHECKING:
    from bot.discord.client import ZoetropeClient

LONGEST_WHY_CHARS = 300


class AskForCreditsButton(
    ui.DynamicItem[ui.Button[ui.View]], template=r"zoetrope:askfor:(?P<missing>[0-9]{1,18})"
):
    """Opens the form for whoever presses it."""

    def __init__(self, missing: int) -> None:
        self.missing = missing
        super().__init__(ui.Button(label="Ask for credits", custom_id=ask_id(missing)))

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str]
    ) -> Self:
        """Rebuild the button that was pressed."""
        return cls(int(match["missing"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Ask how many and why, if there is anybody to ask."""
        await guard(interaction, _open_form(interaction, self.missing))


class AskForm(Form):
    """Asks how many credits, and why."""

    template = re.compile(r"zoetrope:asknew:(?P<missing>[0-9]{1,18})")

    def __init__(self, missing: int) -> None:
        super().__init__(title="Ask for credits", custom_id=f"zoetrope:asknew:{missing}")
        credits: ui.TextInput[AskForm] = ui.TextInput(
            custom_id="credits",
            default=str(max(1, min(missing, MOST_AT_ONCE))),
            max_length=len(str(MOST_AT_ONCE)),
        )
        why: ui.TextInput[AskForm] = ui.TextInput(
            custom_id="why", style=discord.TextStyle.paragraph, max_length=LONGEST_WHY_CHARS
        )
        self.add_item(ui.Label(text="How many credits?", component=credits))
        self.add_item(
            ui.Label(text="What for?", description="The moderators read it.", component=why)
        )

    @classmethod
    async def submitted(
        cls, interaction: discord.Interaction[Any], about: str, filled: Mapping[str, str]
    ) -> None:
        """Ask the moderators."""
        await defer_in_private(interaction)
        guild_id = await _guild_with_moderators_to_ask(interaction)
        ask = await interaction.client.asking.ask(
            guild_id,
            interaction.user.id,
            whole_number(filled["credits"]),
            filled["why"],
            role_ids=roles_of(interaction),
        )
        await interaction.edit_original_response(content=asked_text(ask))


async def _open_form(interaction: discord.Interaction[ZoetropeClient], missing: int) -> None:
    # A modal must be the first answer, so these looks come before it.
    guild_id = await _guild_with_moderators_to_ask(interaction)
    await interaction.client.asking.check_may_ask(guild_id, interaction.user.id)
    await interaction.response.send_modal(AskForm(missing))


async def _guild_with_moderators_to_ask(
    interaction: discord.Interaction[ZoetropeClient],
) -> int:
    """Raises NotInServer or NowhereToAsk: what a member writes to moderators is for them alone."""
    if interaction.guild_id is None or interaction.guild is None:
        raise NotInServer
    chosen = await interaction.client.budget.settings(interaction.guild_id)
    channel = interaction.guild.get_channel(chosen.log_channel_id or 0)
    if not isinstance(channel, discord.TextChannel):
        raise NowhereToAsk
    try:
        check_log_channel(channel)
    except MissingPermissions as error:
        raise NowhereToAsk from error
    return interaction.guild_id
