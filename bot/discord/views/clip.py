"""The card of a finished clip."""

from __future__ import annotations

from datetime import datetime

import discord
from discord import ui

from bot.discord.views.buttons import Act, JobButton
from bot.discord.views.extras_button import more_button
from bot.discord.views.status import seconds_taken
from bot.discord.views.text import quoted, summary
from bot.messages import in_credits
from storage.jobs import Job

ACCENT = discord.Colour(0xF2A65A)


def clip_name(job: Job) -> str:
    """What the posted file is called."""
    return f"zoetrope-{job.id}.mp4"


class ClipCard(ui.LayoutView):
    """The clip, playing inline, with all that is worth knowing of it."""

    def __init__(
        self,
        job: Job,
        model_name: str,
        *,
        takes_seed: bool,
        paid_credits: int,
        finished_at: datetime,
    ) -> None:
        super().__init__(timeout=None)
        gallery: ui.MediaGallery[ClipCard] = ui.MediaGallery()
        gallery.add_item(
            media=f"attachment://{clip_name(job)}", description=" ".join(job.prompt.split())[:1000]
        )
        facts = [
            summary(job, model_name),
            *([f"seed {job.seed}"] if takes_seed else []),
            f"{in_credits(paid_credits)} paid",
            f"made in {seconds_taken(job, finished_at)} s",
            f"job {job.id}",
        ]
        buttons: ui.ActionRow[ClipCard] = ui.ActionRow()
        again = JobButton(Act.AGAIN, job.id, label=f"Again · {in_credits(job.price_credits)}")
        buttons.add_item(again)
        buttons.add_item(JobButton(Act.NEW_PROMPT, job.id, label="New prompt …"))
        buttons.add_item(more_button(job.id))
        self.add_item(
            ui.Container(
                ui.TextDisplay(f"<@{job.member_id}>, your clip is ready.\n{quoted(job.prompt)}"),
                gallery,
                ui.TextDisplay(f"-# {' · '.join(facts)}"),
                buttons,
                accent_colour=ACCENT,
            )
        )
        # Its buttons are found by their ids; the client need not keep this card in memory.
        self.stop()


def retry_buttons(job: Job) -> ui.View:
    """The button under a failure."""
    view = ui.View(timeout=None)
    label = f"Try again · {in_credits(job.price_credits)}"
    view.add_item(JobButton(Act.AGAIN, job.id, label=label))
    view.stop()
    return view
