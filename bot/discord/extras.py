"""Extras on Discord: posted beside the clips they were made of, and taken back with either."""

from __future__ import annotations

from functools import partial

import discord
from discord.utils import format_dt

from bot.discord.calls import THREAD_ARCHIVED, UNKNOWN_MESSAGE, reliably
from bot.discord.looking import find_messages
from bot.discord.views.clip import smaller_words
from bot.extra_words import posted_words
from bot.jobs.extra import Made, mark_of
from bot.jobs.links import ClipLink
from bot.jobs.thread import JobThread, ThreadGone
from storage.extras import PostedExtra
from storage.jobs import Job


class DiscordExtras:
    """Implements `bot.jobs.extra_board.ExtraBoard`."""

    def __init__(self, client: discord.Client, threads: JobThread) -> None:
        self._client = client
        self._threads = threads

    async def limit_bytes(self, job: Job) -> int:
        """The limit for clips counts for extras too."""
        return await self._threads.upload_limit(job)

    async def post(self, job: Job, made: Made, *, member_id: int, nonce: str) -> int:
        """Post it where the clip was posted, mentioning nobody."""
        place = self._client.get_partial_messageable(
            job.thread_id or job.channel_id, guild_id=job.guild_id
        )
        said = f"{posted_words(made, job.id, member_id)}{_remark(made)}"
        try:
            message = await reliably(
                lambda: place.send(
                    said,
                    file=_file(made),
                    allowed_mentions=discord.AllowedMentions.none(),
                    suppress_embeds=made.link is not None,
                    nonce=nonce,
                )
            )
        except discord.HTTPException as error:
            raise ThreadGone(str(error)) from error
        return message.id

    async def delete(self, posted: PostedExtra) -> None:
        """Delete its message; one that was never noted is looked for by its mark."""
        place = self._client.get_partial_messageable(posted.place_id, guild_id=posted.guild_id)
        try:
            for message in await self._messages(place, posted):
                await reliably(partial(self._delete, message))
        except discord.HTTPException as error:
            raise ThreadGone(str(error)) from error

    async def _messages(
        self, place: discord.PartialMessageable, posted: PostedExtra
    ) -> list[discord.PartialMessage]:
        if posted.message_id is not None:
            return [place.get_partial_message(posted.message_id)]
        mark, me = mark_of(posted.id), self._client.user
        found = await find_messages(
            place, lambda seen: seen.author == me and _is_marked(seen, mark), since=posted.id
        )
        return [place.get_partial_message(message.id) for message in found]

    async def _delete(self, message: discord.PartialMessage) -> None:
        try:
            await message.delete()
        except discord.HTTPException as error:
            if error.code == THREAD_ARCHIVED:
                # Nothing can be deleted of an archived thread; the bot opened it, and may wake it.
                await self._wake(message.channel.id)
                await message.delete()
            elif error.code != UNKNOWN_MESSAGE:
                raise

    async def _wake(self, thread_id: int) -> None:
        thread = await self._client.fetch_channel(thread_id)
        if isinstance(thread, discord.Thread):
            await thread.edit(archived=False)


def _is_marked(message: discord.Message, mark: str) -> bool:
    names = [attachment.filename for attachment in message.attachments]
    return any(mark in words for words in (message.content, *names))


def _file(made: Made) -> discord.File:
    if made.link is not None:
        missing: discord.File = discord.utils.MISSING
        return missing
    return discord.File(made.path, filename=made.name)


def _remark(made: Made) -> str:
    if made.link is not None:
        return _link_words(made.link)
    return smaller_words(made.fitted) if made.fitted is not None else ""


def _link_words(link: ClipLink) -> str:
    until = format_dt(link.until, "D")
    return (
        f"\nIt is too large to be posted here as it is meant. [Download]({link.url}) "
        f"works until {until}; after that, have it made again."
    )
