"""The thread of a job is opened on its reply; one ordered in private is announced first."""

from __future__ import annotations

import discord

from bot.discord.calls import best_effort, reliably
from bot.discord.looking import find_message, post_once
from bot.discord.views.text import announcement, announcement_mark, reply
from storage.jobs import Job

THREAD_NAME_CHARS = 80
THREAD_EXISTS = 160004


async def open_thread(client: discord.Client, job: Job, model_name: str) -> int:
    """Open the thread of a job, unless it is open, and return its id. Raises ThreadError."""
    reply_id = job.reply_id or await announce(client, job, model_name)
    anchor = _channel(client, job).get_partial_message(reply_id)
    name = " ".join(job.prompt.split())
    if len(name) > THREAD_NAME_CHARS:
        name = f"{name[: THREAD_NAME_CHARS - 1]}…"
    try:
        await reliably(lambda: anchor.create_thread(name=name, auto_archive_duration=1440))
    except discord.HTTPException as error:
        if error.code != THREAD_EXISTS:
            raise
    write = reply if job.reply_id else announcement
    await best_effort(anchor.edit(content=write(job, model_name, thread_id=anchor.id)))
    # A thread has the id of the message it was opened on.
    return anchor.id


async def announce(client: discord.Client, job: Job, model_name: str) -> int:
    """Say once, in its channel, that it was ordered; return the message's id.

    Raises ThreadError.
    """
    place, me, mark = _channel(client, job), client.user, announcement_mark(job)
    return await post_once(
        lambda: find_message(
            place,
            # Members know their jobs' ids, and may write what they like.
            lambda seen: seen.author == me and mark in seen.content,
            since=job.interaction_id,
        ),
        lambda: place.send(
            announcement(job, model_name),
            allowed_mentions=discord.AllowedMentions.none(),
            nonce=f"{job.id}-reply",
        ),
    )


def _channel(client: discord.Client, job: Job) -> discord.PartialMessageable:
    return client.get_partial_messageable(job.channel_id, guild_id=job.guild_id)
