"""Reported clips on Discord: the moderators' cards, the posts, and the members whose they are."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any, TypeVar

import discord

from bot.budget.clip_reports import Case
from bot.discord.calls import UNKNOWN_MESSAGE, mentioning, reliably
from bot.discord.direct import direct_id
from bot.discord.looking import already_there, post_once
from bot.discord.views.shield import Decision, ReportCard, decision_id
from bot.discord.views.shield_text import REMOVED_TEXT
from bot.jobs.catalogue import Catalogue
from bot.jobs.thread import ThreadError, ThreadGone
from bot.shield_words import brake_sentence
from storage.jobs import Job
from storage.strikes import Brake

T = TypeVar("T")


class DiscordReports:
    """Implements `bot.budget.clip_reports.ReportBoard` and `bot.budget.braking.BrakeBoard`."""

    def __init__(self, client: discord.Client, catalogue: Catalogue) -> None:
        self._client = client
        self._catalogue = catalogue

    async def post(self, job: Job, case: Case, *, channel_id: int) -> int:
        """Post the moderators' card once, and return the message's id."""
        place = self._client.get_partial_messageable(channel_id, guild_id=job.guild_id)
        card = self._card(job, case, channel_id)
        nonce = f"{job.id}-r{len(case.reports)}"
        # The card of a report that was dismissed has no buttons, and is not taken for this one.
        mark = decision_id(Decision.REMOVE, job.id)
        return await _or_gone(
            post_once(
                lambda: already_there(place, mark), lambda: place.send(view=card, nonce=nonce)
            )
        )

    async def show(self, job: Job, case: Case) -> None:
        """Edit a posted card."""
        assert case.channel_id is not None
        assert case.message_id is not None
        card = self._card(job, case, case.channel_id)
        message = self._message(case.guild_id, case.channel_id, case.message_id)
        await _or_gone(reliably(lambda: message.edit(view=card)))

    async def delete_post(self, case: Case) -> None:
        """Delete the clip's message; one that is gone is no matter."""
        assert case.clip_channel_id is not None
        assert case.clip_message_id is not None
        place = self._client.get_partial_messageable(case.clip_channel_id, guild_id=case.guild_id)
        card = place.get_partial_message(case.clip_message_id)
        await _or_gone(reliably(lambda: _deleted(card)))

    async def tell_member(self, job: Job, case: Case) -> None:
        """Tell them where the clip was, or else directly."""
        assert case.clip_channel_id is not None
        try:
            await self._say(job, case.clip_channel_id, f"<@{job.member_id}> {REMOVED_TEXT}")
        except ThreadError:
            channel_id = await direct_id(self._client, job.member_id)
            if channel_id is None:
                raise
            await self._say(job, channel_id, REMOVED_TEXT)

    async def post_brake(self, brake: Brake, *, channel_id: int) -> None:
        """Tell the moderators that nothing more goes to a provider for now."""
        place = self._client.get_partial_messageable(channel_id, guild_id=brake.guild_id)
        nonce = f"brake-{int(brake.until.timestamp())}"
        await _or_gone(reliably(lambda: place.send(brake_sentence(brake), nonce=nonce)))

    async def _say(self, job: Job, channel_id: int, said: str) -> None:
        place = self._client.get_partial_messageable(channel_id)
        mentions = mentioning(job.member_id)
        nonce = f"{job.id}-removed"
        await _or_gone(reliably(lambda: place.send(said, allowed_mentions=mentions, nonce=nonce)))

    def _message(self, guild_id: int, channel_id: int, message_id: int) -> discord.PartialMessage:
        place = self._client.get_partial_messageable(channel_id, guild_id=guild_id)
        return place.get_partial_message(message_id)

    def _card(self, job: Job, case: Case, channel_id: int) -> ReportCard:
        name = self._catalogue.name_of(job.provider, job.model)
        is_private = channel_id not in (job.thread_id, job.channel_id, case.clip_channel_id)
        return ReportCard(job, name, case, is_private=is_private)


async def _deleted(message: discord.PartialMessage) -> None:
    try:
        await message.delete()
    except discord.HTTPException as error:
        if error.code != UNKNOWN_MESSAGE:
            raise


async def _or_gone(call: Coroutine[Any, Any, T]) -> T:
    """What Discord refuses for any other reason it will refuse again."""
    try:
        return await call
    except discord.HTTPException as error:
        raise ThreadGone(str(error)) from error
