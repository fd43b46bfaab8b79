"""The threads of jobs on Discord, reached with the bot's token by stored ids, and nothing else.

A message is posted with a nonce of the job and the step, which Discord enforces for a few minutes,
and after a look whether it is there already, which holds for ever: so each is posted once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import discord
from discord import ui

from bot.clock import Clock
from bot.discord.calls import best_effort, reliably
from bot.discord.views.buttons import Act, custom_id
from bot.discord.views.clip import ClipCard, clip_name, retry_buttons
from bot.discord.views.status import cancel_button, cancel_label, status_text
from bot.discord.views.text import reply
from bot.errors import UnknownModel
from bot.jobs.catalogue import Catalogue
from bot.jobs.outcomes import Outcome
from bot.jobs.thread import Ended, Opened, Stage
from bot.logs import get_logger
from bot.messages import failure_sentence
from providers.base import Stopping
from storage.jobs import Job, JobState

log = get_logger("discord")

EDIT_PAUSE = timedelta(seconds=3)
THREAD_NAME_CHARS = 80
MESSAGES_LOOKED_AT = 50
THREAD_EXISTS = 160004
DEFAULT_UPLOAD_LIMIT = 10 * 2**20


@dataclass(frozen=True)
class _Shown:
    """What a status message said last, and when."""

    text: str
    at: datetime


class DiscordThreads:
    """Implements `bot.jobs.thread.JobThread`."""

    def __init__(self, client: discord.Client, catalogue: Catalogue, *, clock: Clock) -> None:
        self._client = client
        self._catalogue = catalogue
        self._clock = clock
        self._shown: dict[str, _Shown] = {}

    async def open(self, job: Job, stage: Stage) -> Opened:
        """Open the thread on the reply, or stay where the order was given; post the status."""
        thread_id = job.thread_id or await self._open_thread(job)
        thread = self._channel(job, thread_id)
        text = self._status_text(job, stage)
        status_id = await already_there(thread, custom_id(Act.CANCEL, job.id))
        if status_id is None:
            status = await reliably(
                lambda: thread.send(text, view=cancel_button(job), nonce=f"{job.id}-status")
            )
            status_id = status.id
        # A post is no edit: the first change may follow at once.
        self._shown[job.id] = _Shown(text, self._clock() - EDIT_PAUSE)
        return Opened(thread_id, status_id)

    async def _open_thread(self, job: Job) -> int:
        assert job.reply_id is not None
        anchor = self._channel(job, job.channel_id).get_partial_message(job.reply_id)
        name = " ".join(job.prompt.split())
        if len(name) > THREAD_NAME_CHARS:
            name = f"{name[: THREAD_NAME_CHARS - 1]}…"
        try:
            await reliably(lambda: anchor.create_thread(name=name, auto_archive_duration=1440))
        except discord.HTTPException as error:
            if error.code != THREAD_EXISTS:
                raise
        text = reply(job, self._model_name(job), linked=True)
        await best_effort(anchor.edit(content=text))
        # A thread has the id of the message it was opened on.
        return anchor.id

    async def show(self, job: Job, stage: Stage) -> None:
        """Edit the status message, at most every three seconds and only on a change."""
        text = self._status_text(job, stage)
        shown = self._shown.get(job.id)
        if shown and (shown.text == text or self._clock() - shown.at < EDIT_PAUSE):
            return
        label = cancel_label(job, stopping=self._stopping(job))
        await self._edit_status(job, text, view=cancel_button(job, label) if label else None)

    async def upload_limit(self, job: Job) -> int:
        """The guild's limit in bytes; the member's own does not count for the bot."""
        guild = self._client.get_guild(job.guild_id)
        return guild.filesize_limit if guild else DEFAULT_UPLOAD_LIMIT

    async def post_clip(self, job: Job, clip: Path, *, paid_credits: int) -> int:
        """Post the clip once, and return its message's id."""
        thread = self._channel(job, job.thread_id)
        posted = await already_there(thread, custom_id(Act.NEW_PROMPT, job.id))
        if posted is not None:
            return posted
        card = ClipCard(
            job,
            self._model_name(job),
            takes_seed=self._takes_seed(job),
            paid_credits=paid_credits,
            finished_at=self._clock(),
        )
        if job.state is JobState.LATE:
            card.add_item(ui.TextDisplay("-# It came late, so it is on the house."))
        message = await reliably(
            lambda: thread.send(
                view=card,
                file=discord.File(clip, filename=clip_name(job)),
                allowed_mentions=_only(job.member_id),
                nonce=f"{job.id}-clip",
            )
        )
        return message.id

    async def conclude(self, job: Job, outcome: Outcome) -> None:
        """Settle the status message; of a failure the member is told in a message of its own."""
        if job.thread_id is None:
            return
        if outcome not in (Outcome.DELIVERED, Outcome.CANCELLED_EARLY, Outcome.CANCELLED_LATE):
            await self._tell_of_failure(job, outcome)
        shown = self._shown.pop(job.id, None)
        if shown:
            pause = EDIT_PAUSE - (self._clock() - shown.at)
            await asyncio.sleep(max(0.0, pause.total_seconds()))
        text = self._status_text(job, Ended(outcome))
        await self._edit_status(job, text, view=None)
        self._shown.pop(job.id, None)

    async def _tell_of_failure(self, job: Job, outcome: Outcome) -> None:
        thread = self._channel(job, job.thread_id)
        if await already_there(thread, custom_id(Act.AGAIN, job.id)) is not None:
            return
        said = f"<@{job.member_id}> {failure_sentence(outcome)} Nothing was charged."
        await reliably(
            lambda: thread.send(
                said,
                view=retry_buttons(job),
                allowed_mentions=_only(job.member_id),
                nonce=f"{job.id}-end",
            )
        )

    async def _edit_status(self, job: Job, text: str, *, view: discord.ui.View | None) -> None:
        """A status is news, not money: when it cannot be edited, the job goes on."""
        if job.status_id is None:
            return
        self._shown[job.id] = _Shown(text, self._clock())
        message = self._channel(job, job.thread_id).get_partial_message(job.status_id)
        await best_effort(message.edit(content=text, view=view))

    def _channel(self, job: Job, channel_id: int | None) -> discord.PartialMessageable:
        assert channel_id is not None
        return self._client.get_partial_messageable(channel_id, guild_id=job.guild_id)

    def _status_text(self, job: Job, stage: Stage) -> str:
        return status_text(job, self._model_name(job), stage, stopping=self._stopping(job))

    def _stopping(self, job: Job) -> Stopping:
        return self._catalogue.stopping(job.provider)

    def _model_name(self, job: Job) -> str:
        return self._catalogue.name_of(job.provider, job.model)

    def _takes_seed(self, job: Job) -> bool:
        try:
            return self._catalogue.offered(job.provider, job.model).takes_seed
        except UnknownModel:
            return False


async def already_there(place: discord.PartialMessageable, custom_id: str) -> int | None:
    """What an earlier, interrupted step may have posted, known by a button it carries."""

    async def look() -> int | None:
        async for message in place.history(limit=MESSAGES_LOOKED_AT):
            if custom_id in _custom_ids(message.components):
                return message.id
        return None

    try:
        return await reliably(look)
    except discord.HTTPException as error:
        # The nonce still keeps a repeat of the last minutes out.
        log.warning("could not look into a thread", reason=str(error))
        return None


def _only(member_id: int) -> discord.AllowedMentions:
    return discord.AllowedMentions(
        everyone=False, roles=False, users=[discord.Object(member_id)], replied_user=False
    )


def _custom_ids(components: Iterable[object]) -> Iterator[str]:
    for component in components:
        found = getattr(component, "custom_id", None)
        if isinstance(found, str):
            yield found
        yield from _custom_ids(getattr(component, "children", ()))
