"""A member's jobs in pages: how each stands, what can be done about it, and doing it.

All that a button needs is in its id, so it works after any restart; who may press it is asked
anew each time.
"""

from __future__ import annotations

import asyncio
import enum
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, assert_never

import discord
from discord import ui

from bot.discord.answers import DEFERRED, Audience, defer_in_private, guard
from bot.discord.permissions import is_moderator
from bot.discord.views.clip import ACCENT, clip_name
from bot.discord.views.job_words import (
    DELIVERED_HERE,
    NOT_KEPT,
    cancelled_words,
    clip_words,
    cost_of_cancelling,
    job_text,
    page_title,
)
from bot.discord.views.original import show_link
from bot.discord.views.status import cancel_label
from bot.errors import NotInServer
from bot.jobs.catalogue import Catalogue
from bot.jobs.history import NoClip, Page, Viewer, is_ready
from bot.jobs.links import ClipLink
from bot.jobs.upload_tiers import lower_limit
from bot.messages import in_credits
from storage.jobs import Job, JobState

if TYPE_CHECKING:
    from bot.discord.client import ZoetropeClient

TOO_LARGE = 413
HAND_OUT_ATTEMPTS = 3


class Deed(enum.StrEnum):
    """What a button of the list does."""

    TURN = "turn"
    """To a page of a member's jobs."""
    ASK = "ask"
    """Whether a job is really to be cancelled."""
    STOP = "stop"
    """Cancels it."""
    CLIP = "clip"
    """Hands out the clip."""


class ListButton(
    ui.DynamicItem[ui.Button[ui.LayoutView]],
    template=r"zoetrope:jobs:(?P<deed>turn|ask|stop|clip):(?P<of>[0-9a-z]{1,20}):(?P<page>\d{1,9})",
):
    """One button of the list."""

    def __init__(
        self,
        deed: Deed,
        of: int | str,
        page: int,
        *,
        label: str,
        style: discord.ButtonStyle = discord.ButtonStyle.secondary,
    ) -> None:
        """`of` is a member's id for TURN, and a job's for all else."""
        self.deed = deed
        self.of = str(of)
        self.page = page
        super().__init__(
            ui.Button(label=label, style=style, custom_id=f"zoetrope:jobs:{deed}:{of}:{page}")
        )

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str]
    ) -> Self:
        """Rebuild the button that was pressed."""
        return cls(Deed(match["deed"]), match["of"], int(match["page"]), label="…")

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Do what the button says."""
        match self.deed:
            case Deed.TURN:
                await guard(interaction, _turn(interaction, int(self.of), self.page))
            case Deed.ASK:
                await guard(interaction, _ask(interaction, self.of, self.page))
            case Deed.STOP:
                await guard(interaction, _stop(interaction, self.of, self.page))
            case Deed.CLIP:
                await guard(interaction, _hand_out(interaction, self.of))
            case _:
                assert_never(self.deed)


class JobsCard(ui.LayoutView):
    """One page of a member's jobs, each with the one thing that can be done about it."""

    def __init__(self, page: Page, catalogue: Catalogue, *, is_own: bool) -> None:
        super().__init__(timeout=None)
        container: ui.Container[JobsCard] = ui.Container(accent_colour=ACCENT)
        self.add_item(container)
        container.add_item(ui.TextDisplay(page_title(page, is_own=is_own)))
        for job in page.jobs:
            container.add_item(ui.Separator())
            text = job_text(job, catalogue.name_of(job.provider, job.model))
            if is_own and is_ready(job) and job.clip and job.id not in page.kept:
                text += f"\n-# {NOT_KEPT}"
            button = _button(job, page, catalogue)
            container.add_item(
                ui.TextDisplay(text) if button is None else ui.Section(text, accessory=button)
            )
        turns: ui.ActionRow[JobsCard] = ui.ActionRow()
        for number, label in ((page.number - 1, "◀ Newer"), (page.number + 1, "Older ▶")):
            if 1 <= number <= page.pages:
                turns.add_item(ListButton(Deed.TURN, page.member_id, number, label=label))
        if turns.children:
            container.add_item(turns)
        self.stop()


def _button(job: Job, page: Page, catalogue: Catalogue) -> ListButton | None:
    if job.id in page.kept:
        cost = f" · {in_credits(job.price_credits)}" if job.finished_at is None else ""
        return ListButton(Deed.CLIP, job.id, page.number, label=f"Get clip{cost}")
    can_stop = cancel_label(job, stopping=catalogue.stopping(job.provider)) is not None
    if can_stop and not job.cancel_requested:
        return ListButton(Deed.ASK, job.id, page.number, label="Cancel …")
    return None


class NoticeCard(ui.LayoutView):
    """A few words, what can be done next, and the way back to the list."""

    def __init__(self, text: str, *buttons: ListButton) -> None:
        super().__init__(timeout=None)
        self.add_item(
            ui.Container(ui.TextDisplay(text), ui.ActionRow(*buttons), accent_colour=ACCENT)
        )
        self.stop()


async def show_jobs(
    interaction: discord.Interaction[ZoetropeClient], member_id: int, number: int = 1
) -> None:
    """Show a page of a member's jobs in place of a deferred answer. Raises NotAllowed."""
    client = interaction.client
    page = await client.members.page(viewer_of(interaction), member_id, number)
    is_own = member_id == interaction.user.id
    card = JobsCard(page, client.service.catalogue, is_own=is_own)
    await interaction.edit_original_response(view=card)


def viewer_of(interaction: discord.Interaction[Any]) -> Viewer:
    """Who asks. Raises NotInServer."""
    if interaction.guild_id is None:
        raise NotInServer
    return Viewer(interaction.guild_id, interaction.user.id, is_moderator(interaction))


async def _turn(
    interaction: discord.Interaction[ZoetropeClient], member_id: int, number: int
) -> None:
    await _defer_change(interaction)
    await show_jobs(interaction, member_id, number)


async def _ask(interaction: discord.Interaction[ZoetropeClient], job_id: str, page: int) -> None:
    await _defer_change(interaction)
    client = interaction.client
    job = await client.members.job(viewer_of(interaction), job_id)
    catalogue = client.service.catalogue
    stopping = catalogue.stopping(job.provider)
    back = ListButton(Deed.TURN, job.member_id, page, label="Back")
    buttons = [back]
    if cancel_label(job, stopping=stopping) is not None:
        danger = discord.ButtonStyle.danger
        buttons.insert(0, ListButton(Deed.STOP, job.id, page, label="Cancel it", style=danger))
    text = job_text(job, catalogue.name_of(job.provider, job.model))
    cost = cost_of_cancelling(job, stopping)
    await interaction.edit_original_response(view=NoticeCard(f"{text}\n\n{cost}", *buttons))


async def _stop(interaction: discord.Interaction[ZoetropeClient], job_id: str, page: int) -> None:
    await _defer_change(interaction)
    client = interaction.client
    viewer = viewer_of(interaction)
    job = await client.members.job(viewer, job_id)
    cancelling = await client.service.cancel(
        job.id, member_id=viewer.member_id, is_moderator=viewer.is_moderator
    )
    back = ListButton(Deed.TURN, job.member_id, page, label="Back")
    await interaction.edit_original_response(view=NoticeCard(cancelled_words(cancelling), back))


async def _hand_out(interaction: discord.Interaction[ZoetropeClient], job_id: str) -> None:
    """Send the clip; where Discord takes less than it said, a link to it or a smaller one."""
    await defer_in_private(interaction)
    client = interaction.client
    viewer = viewer_of(interaction)
    job = await client.members.job(viewer, job_id)
    said = DELIVERED_HERE if job.state is JobState.FETCHED else ""
    limit_bytes = interaction.filesize_limit
    for _ in range(HAND_OUT_ATTEMPTS):
        async with client.members.clip(
            viewer,
            job_id,
            limit_bytes=limit_bytes,
            credit_microdollars=client.service.catalogue.credit_microdollars,
        ) as clip:
            refused_bytes = await _answer(interaction, clip, job, said)
        if refused_bytes is None:
            return
        if link := client.members.link(job):
            await show_link(interaction, link, said)
            return
        limit_bytes = lower_limit(min(limit_bytes, refused_bytes))
    await interaction.edit_original_response(content=clip_words(NoClip.TOO_LARGE, job))


async def _answer(
    interaction: discord.Interaction[ZoetropeClient],
    clip: Path | ClipLink | NoClip,
    job: Job,
    said: str,
) -> int | None:
    """Answer with what there is; returns the size of a file that Discord refused."""
    match clip:
        case NoClip():
            await interaction.edit_original_response(content=clip_words(clip, job))
        case ClipLink():
            await show_link(interaction, clip, said)
        case Path():
            return await _send(interaction, clip, job, said)
        case _:
            assert_never(clip)
    return None


async def _send(
    interaction: discord.Interaction[ZoetropeClient], clip: Path, job: Job, said: str
) -> int | None:
    file = discord.File(clip, filename=clip_name(job))
    try:
        await interaction.edit_original_response(content=said or None, attachments=[file])
    except discord.HTTPException as error:
        if error.status != TOO_LARGE:
            raise
        return (await asyncio.to_thread(clip.stat)).st_size
    return None


async def _defer_change(interaction: discord.Interaction[Any]) -> None:
    """Say at once that the card is going to change; a refusal is then said beneath it."""
    interaction.extras[DEFERRED] = Audience.MEMBER
    await interaction.response.defer()
