"""The panel of a clip's extras, before, while and after one is made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord
from discord import ui

from bot.discord.answers import DEFERRED, Audience
from bot.discord.calls import best_effort
from bot.discord.views.clip import ACCENT
from bot.discord.views.jobs import viewer_of
from bot.discord.views.text import quoted
from bot.extra_words import FREE, MENU, WAITING, called
from bot.jobs.extra import Extra
from bot.jobs.extras import Asked
from storage.jobs import Job

if TYPE_CHECKING:
    from bot.discord.client import ZoetropeClient


class ExtrasCard(ui.LayoutView):
    """What can be made of a clip, and what was made last."""

    def __init__(self, job: Job, *, last: str | None = None) -> None:
        super().__init__(timeout=None)
        text = f"## More from this clip\n{quoted(job.prompt)}\n{FREE}"
        self.add_item(
            ui.Container(
                ui.TextDisplay(text),
                *([ui.TextDisplay(last)] if last else []),
                ui.ActionRow(_menu(job.id)),
                accent_colour=ACCENT,
            )
        )
        self.stop()


class MakingCard(ui.LayoutView):
    """The panel while it is busy."""

    def __init__(self, extra: Extra) -> None:
        super().__init__(timeout=None)
        text = f"## {called(extra)}\n⏳ I am making it. {WAITING}"
        self.add_item(ui.Container(ui.TextDisplay(text), accent_colour=ACCENT))
        self.stop()


def _menu(job_id: str) -> ui.Select[Any]:
    options = [
        discord.SelectOption(value=key, label=label, description=description)
        for key, label, description in MENU
    ]
    return ui.Select(
        custom_id=f"zoetrope:extras:{job_id}", placeholder="What shall I make?", options=options
    )


async def make_extra(
    interaction: discord.Interaction[ZoetropeClient], job_id: str, extra: Extra
) -> None:
    """Say that it is being made, make and post it, and show the panel again."""
    extras, viewer = interaction.client.extras, viewer_of(interaction)
    # Asked before anything is shown: nobody else may change the panel.
    job = await extras.job(viewer, job_id)
    interaction.extras[DEFERRED] = Audience.MEMBER
    await interaction.response.edit_message(view=MakingCard(extra))
    last = None
    try:
        message_id = await extras.make(Asked(viewer, job_id, interaction.id), extra)
        place = job.thread_id or job.channel_id
        link = f"https://discord.com/channels/{job.guild_id}/{place}/{message_id}"
        last = f"✅ [{called(extra)}]({link}) is posted."
    finally:
        # Whatever went wrong is said beneath it; the next thing can be chosen at once.
        card = ExtrasCard(job, last=last)
        await best_effort(interaction.edit_original_response(view=card))
