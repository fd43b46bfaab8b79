"""The threads of jobs on Discord, reached with the bot's token by stored ids, and nothing else.

A message is posted with a nonce of the job and the step, which Discord enforces for a few minutes,
and after a look whether it is there already, which holds for ever: so each is posted once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import assert_never

import discord
from discord import ui

from bot.clock import Clock
from bot.discord.announcing import open_thread
from bot.discord.calls import best_effort, mentioning, reliably
from bot.discord.direct import direct_id, send_clip, tell_failure
from bot.discord.looking import already_there, post_once
from bot.discord.views.buttons import Act, custom_id
from bot.discord.views.clip import ClipCard, clip_file, retry_buttons
from bot.discord.views.direct import (
    direct_clip_text,
    direct_failure_text,
    job_mark,
    told_failure,
)
from bot.discord.views.status import cancel_button, cancel_label, status_text
from bot.errors import UnknownModel
from bot.jobs.catalogue import Catalogue
from bot.jobs.links import ClipLink
from bot.jobs.outcomes import Outcome
from bot.jobs.thread import Ended, Opened, Stage, ThreadGone, Whereabouts, whereabouts
from bot.media.fitting import Fitted
from bot.outcome_words import PLACE_LEFT
from providers.base import Stopping
from storage.jobs import Job, JobState
from storage.strikes import Strike

CANCELLED = (Outcome.CANCELLED_EARLY, Outcome.CANCELLED_LATE)
EDIT_PAUSE = timedelta(seconds=3)
DEFAULT_UPLOAD_LIMIT = 10 * 2**20


@dataclass(frozen=True)
class _Shown:
    """What a status message said last, and when."""

    text: str
    at: datetime


class DiscordThreads:
    """Implements `bot.jobs.thread.JobThread`."""

    def __init__(
        self,
        client: discord.Client,
        catalogue: Catalogue,
        *,
        clock: Clock,
        clips_kept: timedelta | None = None,
    ) -> None:
        """`clips_kept` says how long after its job has ended a clip can be had; None: for ever."""
        self._clips_kept = clips_kept
        self._client = client
        self._catalogue = catalogue
        self._clock = clock
        self._shown: dict[str, _Shown] = {}

    async def open(self, job: Job, stage: Stage) -> Opened:
        """Open the thread on the reply, or stay where the order was given; post the status."""
        thread_id = job.thread_id or await open_thread(self._client, job, self._model_name(job))
        thread = self._channel(job, thread_id)
        text = self._status_text(job, stage)
        mark = custom_id(Act.CANCEL, job.id)
        status_id = await post_once(
            lambda: already_there(thread, mark, since=job.interaction_id),
            lambda: thread.send(text, view=cancel_button(job), nonce=_nonce(job, "status")),
        )
        # A post is no edit: the first change may follow at once.
        self._shown[job.id] = _Shown(text, self._clock() - EDIT_PAUSE)
        return Opened(thread_id, status_id)

    async def show(self, job: Job, stage: Stage) -> None:
        """Edit the status message, at most every three seconds and only on a change."""
        text = self._status_text(job, stage)
        shown = self._shown.get(job.id)
        if shown and (shown.text == text or self._clock() - shown.at < EDIT_PAUSE):
            return
        label = cancel_label(job, stopping=self._stopping(job))
        await self._edit_status(job, text, view=cancel_button(job, label) if label else None)

    async def check(self, job: Job) -> None:
        """Look at what the gateway told; only a channel it does not tell of is asked for."""
        guild = self._guild(job)
        if guild.unavailable:
            return
        channel = guild.get_channel_or_thread(job.channel_id)
        if channel is None:
            # Perhaps a thread: after a start, those that are archived are unknown.
            await reliably(lambda: self._client.fetch_channel(job.channel_id))
            return
        granted = channel.permissions_for(guild.me)
        if not (granted.view_channel and granted.attach_files):
            raise ThreadGone("the bot may no longer post there")

    async def next_place(self, job: Job) -> int | None:
        """From the thread to its channel, from there to the member."""
        if job.status_id is not None:
            await self._edit_status(job, f"{PLACE_LEFT}\n-# {job_mark(job)}", view=None)
            self._shown.pop(job.id, None)
        match whereabouts(job):
            case Whereabouts.THREAD:
                return job.channel_id
            case Whereabouts.CHANNEL:
                return await direct_id(self._client, job.member_id)
            case Whereabouts.DIRECT:
                return None
            case there:
                assert_never(there)

    async def upload_limit(self, job: Job) -> int:
        """The guild's limit in bytes; the member's own does not count for the bot."""
        if whereabouts(job) is Whereabouts.DIRECT:
            return DEFAULT_UPLOAD_LIMIT
        return self._guild(job).filesize_limit

    async def post_clip(
        self,
        job: Job,
        clip: Fitted | ClipLink,
        *,
        paid_credits: int,
        offers_original: bool = False,
    ) -> int:
        """Post the clip once, or a link in its place, and return its message's id."""
        if whereabouts(job) is Whereabouts.DIRECT:
            return await self._send_directly(job, clip, paid_credits)
        thread = self._channel(job, job.thread_id)
        mark = custom_id(Act.NEW_PROMPT, job.id)
        card = ClipCard(
            job,
            self._model_name(job),
            takes_seed=self._takes_seed(job),
            paid_credits=paid_credits,
            finished_at=self._clock(),
            clip=clip,
            offers_original=offers_original,
        )
        if job.state is JobState.LATE:
            card.add_item(ui.TextDisplay("-# It came late, so it is on the house."))
        return await post_once(
            lambda: already_there(thread, mark, since=job.interaction_id),
            lambda: thread.send(
                view=card,
                file=clip_file(job, clip),
                allowed_mentions=mentioning(job.member_id),
                nonce=_nonce(job, "clip"),
            ),
        )

    async def _send_directly(self, job: Job, clip: Fitted | ClipLink, paid_credits: int) -> int:
        link, path = (clip, None) if isinstance(clip, ClipLink) else (None, clip.path)
        text = direct_clip_text(
            job,
            self._model_name(job),
            guild=self._guild_name(job),
            paid_credits=paid_credits,
            link=link,
        )
        return await send_clip(self._client, job, job.thread_id, text, path)

    async def conclude(
        self,
        job: Job,
        outcome: Outcome,
        *,
        reason: str | None = None,
        strike: Strike | None = None,
    ) -> None:
        """Settle the status message; of a failure the member is told in a message of its own."""
        try:
            if outcome not in (Outcome.DELIVERED, *CANCELLED):
                await self._tell_of_failure(job, outcome, reason, strike)
        finally:
            await self._settle_status(job, outcome)

    async def _settle_status(self, job: Job, outcome: Outcome) -> None:
        shown = self._shown.pop(job.id, None)
        if shown and job.status_id is not None:
            pause = EDIT_PAUSE - (self._clock() - shown.at)
            await asyncio.sleep(max(0.0, pause.total_seconds()))
        await self._edit_status(job, self._status_text(job, Ended(outcome)), view=None)
        self._shown.pop(job.id, None)

    async def _tell_of_failure(
        self, job: Job, outcome: Outcome, reason: str | None, strike: Strike | None
    ) -> None:
        until = job.finished_at + self._clips_kept if job.finished_at and self._clips_kept else None
        told = told_failure(job, outcome, kept_until=until, reason=reason, strike=strike)
        for place in _places(job):
            with suppress(ThreadGone):
                await self._tell_in(place, f"<@{job.member_id}> {told}")
                return
        guild = self._guild_name(job)
        text = direct_failure_text(job, told, guild=guild)
        channel_id = await direct_id(self._client, job.member_id)
        await tell_failure(self._client, job, channel_id, text)

    async def _tell_in(self, job: Job, said: str) -> None:
        """Say it where the job is followed, once."""
        place = self._channel(job, job.thread_id)
        mark = custom_id(Act.AGAIN, job.id)
        await post_once(
            lambda: already_there(place, mark, since=job.interaction_id),
            lambda: place.send(
                said,
                view=retry_buttons(job),
                allowed_mentions=mentioning(job.member_id),
                nonce=_nonce(job, "end"),
            ),
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

    def _guild(self, job: Job) -> discord.Guild:
        """Raises ThreadGone where the bot was removed from it."""
        guild = self._client.get_guild(job.guild_id)
        if guild is None:
            raise ThreadGone("the bot is no longer in the server")
        return guild

    def _guild_name(self, job: Job) -> str | None:
        guild = self._client.get_guild(job.guild_id)
        return guild.name if guild else None

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


def _places(job: Job) -> Iterator[Job]:
    """The job as it would be followed in each place of its guild."""
    if job.thread_id is not None and whereabouts(job) is Whereabouts.THREAD:
        yield job
    yield replace(job, thread_id=job.channel_id)


def _nonce(job: Job, step: str) -> str:
    """What was posted in a thread that is gone must not count as posted in the channel too."""
    end = "" if whereabouts(job) is Whereabouts.THREAD else "-c"
    return f"{job.id}-{step}{end}"
