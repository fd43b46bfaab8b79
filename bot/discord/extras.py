"""Extras on Discord: posted beside the clips they were made of."""

from __future__ import annotations

import discord

from bot.discord.calls import reliably
from bot.extra_words import posted_words
from bot.jobs.extra import Made
from bot.jobs.thread import JobThread, ThreadGone
from storage.jobs import Job


class DiscordExtras:
    """Implements `bot.jobs.extras.ExtraBoard`."""

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
        said = posted_words(made, job.id, member_id)
        try:
            message = await reliably(
                lambda: place.send(
                    said,
                    file=discord.File(made.path, filename=made.name),
                    allowed_mentions=discord.AllowedMentions.none(),
                    nonce=nonce,
                )
            )
        except discord.HTTPException as error:
            raise ThreadGone(str(error)) from error
        return message.id
