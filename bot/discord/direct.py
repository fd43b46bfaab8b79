"""Direct messages to a member: where they are, and writing one, once, about each thing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import discord

from bot.discord.calls import mentioning, reliably
from bot.discord.looking import find_message, post_once
from bot.discord.views.clip import clip_name
from bot.discord.views.direct import clip_mark, failure_mark
from bot.jobs.thread import ThreadGone
from storage.jobs import Job


async def direct_id(client: discord.Client, member_id: int) -> int | None:
    """The channel of a member's direct messages; None where there is none to be had."""
    try:
        return (await reliably(lambda: client.create_dm(discord.Object(member_id)))).id
    except ThreadGone:
        return None


async def send_clip(
    client: discord.Client, job: Job, channel_id: int | None, text: str, clip: Path | None
) -> int:
    """Send a job's clip, or a link in its text, unless that was done before.

    Returns the message's id. Raises ThreadGone where the member takes no direct messages.
    """
    mark = clip_mark(job)
    return await write_once(
        client,
        channel_id,
        text,
        is_it=lambda content: mark in content,
        since=job.interaction_id,
        nonce=f"{job.id}-direct",
        member_id=job.member_id,
        file=lambda: discord.File(clip, filename=clip_name(job)) if clip else None,
    )


async def tell_failure(client: discord.Client, job: Job, channel_id: int | None, text: str) -> int:
    """Tell why there is no clip, unless that was done before; one may still come late.

    Returns the message's id. Raises ThreadGone where the member takes no direct messages.
    """
    mark = failure_mark(job)
    return await write_once(
        client,
        channel_id,
        text,
        is_it=lambda content: mark in content,
        since=job.interaction_id,
        nonce=f"{job.id}-told",
        member_id=job.member_id,
    )


async def write_once(
    client: discord.Client,
    channel_id: int | None,
    text: str,
    *,
    is_it: Callable[[str], bool],
    nonce: str,
    member_id: int,
    since: int = 0,
    file: Callable[[], discord.File | None] = lambda: None,
) -> int:
    """Write unless a message of the bot's own, no older than the id `since`, says it already.

    Returns the message's id. Raises ThreadGone where the member takes no direct messages.
    """
    if channel_id is None:
        raise ThreadGone("the member takes no direct messages")
    place = client.get_partial_messageable(channel_id)
    me = client.user
    return await post_once(
        lambda: find_message(
            place,
            lambda message: message.author == me and is_it(message.content),
            since=since,
        ),
        lambda: place.send(
            text,
            file=file() or discord.utils.MISSING,
            allowed_mentions=mentioning(member_id),
            nonce=nonce,
        ),
    )
