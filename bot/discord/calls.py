"""Calls to Discord that must get through, and calls that need not."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

import aiohttp
import discord

from bot.jobs.thread import ClipTooLarge, ThreadGone, ThreadUnreachable
from bot.logs import get_logger

T = TypeVar("T")

PAUSES_SECONDS = (0.5, 1.0, 2.0)
CALL_TIMEOUT_SECONDS = 120
TOO_LARGE = 40005
UNKNOWN_CHANNEL, UNKNOWN_GUILD, UNKNOWN_MESSAGE, UNKNOWN_USER = 10003, 10004, 10008, 10013
MISSING_ACCESS, MISSING_PERMISSIONS = 50001, 50013
THREAD_ARCHIVED, THREAD_LOCKED = 50083, 160005
CANNOT_DM, INVALID_RECIPIENT, NO_MUTUAL_GUILD = 50007, 50033, 50278
GONE = {
    *(UNKNOWN_CHANNEL, UNKNOWN_GUILD, UNKNOWN_MESSAGE, UNKNOWN_USER),
    *(MISSING_ACCESS, MISSING_PERMISSIONS, THREAD_ARCHIVED, THREAD_LOCKED),
    *(CANNOT_DM, INVALID_RECIPIENT, NO_MUTUAL_GUILD),
}

log = get_logger("discord")


async def reliably(call: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Make a call that is safe to repeat, and repeat it while Discord does not answer.

    discord.py waits out rate limits and most 5xx, but gives up at once on a 503 and, on Linux, on
    a dropped connection. Raises ThreadUnreachable, ThreadGone, ClipTooLarge, or the HTTPException
    that is none of these.
    """
    for pause in (*PAUSES_SECONDS, None):
        try:
            async with asyncio.timeout(CALL_TIMEOUT_SECONDS):
                return await call()
        except (discord.DiscordServerError, aiohttp.ClientError, OSError) as error:
            if pause is None:
                raise ThreadUnreachable(str(error)) from error
            await asyncio.sleep(pause)
        except discord.RateLimited as error:
            raise ThreadUnreachable(str(error), retry_after_seconds=error.retry_after) from error
        except discord.HTTPException as error:
            if error.code in GONE:
                raise ThreadGone(str(error)) from error
            if error.code == TOO_LARGE or error.status == 413:
                raise ClipTooLarge from error
            if error.status == 429:
                raise ThreadUnreachable(str(error)) from error
            raise
    raise AssertionError("the last pause is None")


async def best_effort(call: Awaitable[object]) -> None:
    """Make a call whose failure changes nothing that matters."""
    try:
        async with asyncio.timeout(CALL_TIMEOUT_SECONDS):
            await call
    except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
        log.info("an edit was lost", reason=str(error))


def mentioning(member_id: int) -> discord.AllowedMentions:
    """Let a message notify this member, and nobody else whatever it says."""
    return discord.AllowedMentions(
        everyone=False, roles=False, users=[discord.Object(member_id)], replied_user=False
    )
