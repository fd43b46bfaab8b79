"""A job that was ordered in private is announced, and its thread opened on that message."""

from __future__ import annotations

import discord

from bot.discord.looking import find_message, post_once
from bot.discord.views.text import announcement, announcement_mark
from storage.jobs import Job


async def announce(place: discord.PartialMessageable, job: Job, model_name: str) -> int:
    """Say once, in its channel, that it was ordered; return the message's id.

    Raises ThreadError.
    """
    mark = announcement_mark(job)
    return await post_once(
        lambda: find_message(place, lambda seen: mark in seen.content, since=job.interaction_id),
        lambda: place.send(
            announcement(job, model_name),
            allowed_mentions=discord.AllowedMentions.none(),
            nonce=f"{job.id}-reply",
        ),
    )
