"""Hands out the file of a clip as the model made it: a link of one's own, new at every press.

A link in the message itself would be over long before the message is.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Self

import discord
from discord import ui

from bot.discord.answers import defer_in_private, guard
from bot.discord.views.job_words import no_original_words
from bot.discord.views.original_button import original_button
from bot.errors import NotInServer
from bot.jobs.links import ClipLink

if TYPE_CHECKING:
    from bot.discord.client import ZoetropeClient


class OriginalButton(
    ui.DynamicItem[ui.Button[ui.LayoutView]],
    template=r"zoetrope:original:(?P<job>[0-9a-z]{1,13})",
):
    """Gives a link to whoever presses it: they see the clip already."""

    def __init__(self, job_id: str) -> None:
        self.job_id = job_id
        super().__init__(original_button(job_id))

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str]
    ) -> Self:
        """Rebuild the button that was pressed."""
        return cls(match["job"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Answer whoever pressed, in private."""
        await guard(interaction, _hand_out(interaction, self.job_id))


async def _hand_out(interaction: discord.Interaction[ZoetropeClient], job_id: str) -> None:
    await defer_in_private(interaction)
    if interaction.guild_id is None:
        raise NotInServer
    found = await interaction.client.members.original(interaction.guild_id, job_id)
    if isinstance(found, ClipLink):
        await show_link(interaction, found)
    else:
        await interaction.edit_original_response(content=no_original_words(found))


async def show_link(
    interaction: discord.Interaction[ZoetropeClient], link: ClipLink, said: str = ""
) -> None:
    """Show a link in place of a deferred answer, under what else there is to say."""
    view = ui.View(timeout=None)
    view.add_item(ui.Button(label="Download", url=link.url))
    view.stop()
    until = discord.utils.format_dt(link.until, "D")
    lines = [said, f"The file as the model made it. The link works until {until}."]
    await interaction.edit_original_response(content="\n".join(filter(None, lines)), view=view)
