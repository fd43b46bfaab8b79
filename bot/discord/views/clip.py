"""The card of a finished clip."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import discord
from discord import ui

from bot.discord.views.buttons import Act, JobButton
from bot.discord.views.extras_button import more_button
from bot.discord.views.original_button import original_button
from bot.discord.views.status import seconds_taken
from bot.discord.views.text import quoted, summary
from bot.jobs.links import ClipLink
from bot.media.fitting import Fitted
from bot.messages import in_credits
from storage.jobs import Job

ACCENT = discord.Colour(0xF2A65A)


def clip_name(job: Job) -> str:
    """What the posted file is called."""
    return f"zoetrope-{job.id}.mp4"


def clip_file(job: Job, clip: Fitted | ClipLink) -> discord.File:
    """What is posted with the card: no file where a link stands for it."""
    if isinstance(clip, ClipLink):
        missing: discord.File = discord.utils.MISSING
        return missing
    return discord.File(clip.path, filename=clip_name(job))


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
        clip: Fitted | ClipLink,
        offers_original: bool = False,
    ) -> None:
        super().__init__(timeout=None)
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
        shown: list[ui.Item[Any]] = []
        if isinstance(clip, ClipLink):
            buttons.add_item(ui.Button(label="Download", url=clip.url))
            remark = link_words(clip)
        else:
            shown.append(_gallery(job))
            remark = smaller_words(clip)
        if offers_original:
            buttons.add_item(original_button(job.id))
        self.add_item(
            ui.Container(
                ui.TextDisplay(f"<@{job.member_id}>, your clip is ready.\n{quoted(job.prompt)}"),
                *shown,
                ui.TextDisplay(f"-# {' · '.join(facts)}{remark}"),
                buttons,
                accent_colour=ACCENT,
            )
        )
        # Its buttons are found by their ids; the client need not keep this card in memory.
        self.stop()


def _gallery(job: Job) -> ui.MediaGallery[ClipCard]:
    gallery: ui.MediaGallery[ClipCard] = ui.MediaGallery()
    gallery.add_item(
        media=f"attachment://{clip_name(job)}", description=" ".join(job.prompt.split())[:1000]
    )
    return gallery


def smaller_words(clip: Fitted) -> str:
    """One small line more, where something was given up, and for what; else nothing."""
    if clip.is_poor:
        return f"\n-# No better version fits here: {clip.shorter_side}p, and few bits for that."
    if clip.shorter_side < clip.own_side:
        why = "fits" if clip.is_smaller else "plays everywhere"
        return f"\n-# {clip.shorter_side}p here, so that it {why}."
    return "\n-# Compressed here, so that it fits." if clip.is_smaller else ""


def link_words(link: ClipLink) -> str:
    """Why there is a link in the clip's place, and how long it works."""
    until = discord.utils.format_dt(link.until, "D")
    return (
        f"\nIt is too large to be posted here as it is meant. **Download** works until {until}; "
        "**Original file** gives you a new link."
    )


def retry_buttons(job: Job) -> ui.View:
    """The button under a failure."""
    view = ui.View(timeout=None)
    label = f"Try again · {in_credits(job.price_credits)}"
    view.add_item(JobButton(Act.AGAIN, job.id, label=label))
    view.stop()
    return view
