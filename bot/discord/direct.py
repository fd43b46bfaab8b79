"""Direct messages to a member: where they are, and writing one, at most, for each job."""

from __future__ import annotations

from pathlib import Path

import discord

from bot.discord.calls import mentioning, reliably
from bot.discord.looking import find_message, post_once
from bot.discord.views.clip import clip_name
from bot.discord.views.direct import job_mark
from bot.jobs.thread import ThreadGone
from storage.jobs import Job


async def direct_id(client: discord.Client, job: Job) -> int | None:
    """The channel of a member's direct messages; None where there is none to be had."""
    member = discord.Object(job.member_id)
    try:
        return (await reliably(lambda: client.create_dm(member))).id
    except ThreadGone:
        return None


async def write_to_member(
    client: discord.Client, job: Job, channel_id: int | None, text: str, clip: Path | None = None
) -> int:
    """Write unless that was done before, and return the message's id.

    Raises ThreadGone where the member takes no direct messages.
    """
    if channel_id is None:
        raise ThreadGone("the member takes no direct messages")
    place = client.get_partial_messageable(channel_id)
    me, mark = client.user, job_mark(job)
    return await post_once(
        lambda: find_message(
            place,
            lambda message: message.author == me and mark in message.content,
            since=job.interaction_id,
        ),
        lambda: place.send(
            text,
            file=discord.File(clip, filename=clip_name(job)) if clip else discord.utils.MISSING,
            allowed_mentions=mentioning(job.member_id),
            nonce=f"{job.id}-direct",
        ),
    )
