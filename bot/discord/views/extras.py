"""What else can be made of a clip: a private panel, in which each extra is chosen.

All that the button and the menu need is in their ids, so they work after any restart; who may use
them is asked anew each time.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Self

import discord
from discord import ui

from bot.discord.answers import defer_in_private, guard
from bot.discord.views.extras_button import more_button
from bot.discord.views.extras_forms import (
    BesideForm,
    JoinForm,
    LoopForm,
    PosterForm,
    SoundForm,
    TrimForm,
)
from bot.discord.views.extras_making import ExtrasCard, make_extra
from bot.discord.views.forms import Form
from bot.discord.views.jobs import viewer_of
from bot.errors import Outdated
from bot.jobs.extra import Moving, Mute
from bot.media.extras.stills import Preview

if TYPE_CHECKING:
    from bot.discord.client import ZoetropeClient


class MoreButton(
    ui.DynamicItem[ui.Button[ui.LayoutView]], template=r"zoetrope:more:(?P<job>[0-9a-z]{1,13})"
):
    """Opens the panel of a clip."""

    def __init__(self, job_id: str) -> None:
        self.job_id = job_id
        super().__init__(more_button(job_id))

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str]
    ) -> Self:
        """Rebuild the button that was pressed."""
        return cls(match["job"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Show the panel to whoever pressed."""
        await guard(interaction, _open(interaction, self.job_id))


class ExtrasMenu(
    ui.DynamicItem[ui.Select[ui.LayoutView]],
    template=r"zoetrope:extras:(?P<job>[0-9a-z]{1,13})",
):
    """Chooses an extra."""

    def __init__(self, job_id: str, select: ui.Select[ui.LayoutView]) -> None:
        self.job_id = job_id
        super().__init__(select)

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str]
    ) -> Self:
        """Rebuild the menu that was used."""
        assert isinstance(item, ui.Select)
        return cls(match["job"], item)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Ask how, where there is a choice, and make it."""
        [chosen] = self.item.values
        await guard(interaction, _choose(interaction, self.job_id, chosen))


async def _open(interaction: discord.Interaction[ZoetropeClient], job_id: str) -> None:
    await defer_in_private(interaction)
    job = await interaction.client.extras.job(viewer_of(interaction), job_id)
    await interaction.edit_original_response(view=ExtrasCard(job))


async def _choose(
    interaction: discord.Interaction[ZoetropeClient], job_id: str, chosen: str
) -> None:
    if chosen == "mute":
        await make_extra(interaction, job_id, Mute())
    elif chosen in set(Preview):
        await make_extra(interaction, job_id, Moving(Preview(chosen)))
    else:
        await interaction.response.send_modal(await _form(interaction, job_id, chosen))


async def _form(interaction: discord.Interaction[ZoetropeClient], job_id: str, chosen: str) -> Form:
    """The form for an extra. A modal must be the first answer, so these looks come before it."""
    extras, viewer = interaction.client.extras, viewer_of(interaction)
    job = await extras.job(viewer, job_id)
    match chosen:
        case "poster":
            return PosterForm(job)
        case "loop":
            return LoopForm(job)
        case "trim":
            return TrimForm(job)
        case "sound":
            return SoundForm(job)
        case "join":
            return JoinForm(job, await extras.others(viewer, job_id))
        case "beside":
            return BesideForm(job, await extras.others(viewer, job_id))
        case _:
            raise Outdated
