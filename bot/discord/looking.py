"""Posts a message once, by looking first for what an earlier, interrupted step has posted."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator
from typing import Any

import discord

from bot.discord.calls import reliably
from bot.jobs.thread import ThreadGone
from bot.logs import get_logger

MESSAGES_LOOKED_AT = 5_000
"""A day of the busiest thread; a hundred come with one request, and most looks need no more."""

log = get_logger("discord")


async def post_once(
    find: Callable[[], Awaitable[int | None]],
    post: Callable[[], Coroutine[Any, Any, discord.Message]],
) -> int:
    """Post what is not found, and return the message's id. Raises ThreadError."""
    posted = await find()
    if posted is not None:
        return posted
    try:
        return (await reliably(post)).id
    except ThreadGone:
        # The place may have been shut between a try that arrived and the repetition it refused.
        posted = await find()
        if posted is None:
            raise
        return posted


async def already_there(
    place: discord.PartialMessageable, custom_id: str, *, since: int = 0
) -> int | None:
    """A message known by a button it carries, among those no older than the id `since`."""
    return await find_message(
        place, lambda message: custom_id in custom_ids(message.components), since=since
    )


async def find_message(
    place: discord.PartialMessageable, is_it: Callable[[discord.Message], bool], *, since: int
) -> int | None:
    """The id of the newest such message. Raises ThreadGone or ThreadUnreachable."""
    try:
        found = await reliably(lambda: _looked(place, is_it, since=since, most=1))
        return found[0].id if found else None
    except discord.HTTPException as error:
        # The nonce still keeps a repeat of the last minutes out.
        log.warning("could not look into a thread", reason=str(error))
        return None


async def find_messages(
    place: discord.PartialMessageable, is_it: Callable[[discord.Message], bool], *, since: int
) -> list[discord.Message]:
    """All such messages, the newest first. Raises ThreadError, or an HTTPException."""
    return await reliably(lambda: _looked(place, is_it, since=since))


async def _looked(
    place: discord.PartialMessageable,
    is_it: Callable[[discord.Message], bool],
    *,
    since: int,
    most: int | None = None,
) -> list[discord.Message]:
    found: list[discord.Message] = []
    after = discord.Object(since) if since else None
    limit = MESSAGES_LOOKED_AT if since else 100
    async for message in place.history(limit=limit, after=after, oldest_first=False):
        if is_it(message):
            found.append(message)
            if len(found) == most:
                break
    return found


def custom_ids(components: Iterable[object]) -> Iterator[str]:
    """The ids of all that can be pressed in a message."""
    for component in components:
        found = getattr(component, "custom_id", None)
        if isinstance(found, str):
            yield found
        yield from custom_ids(getattr(component, "children", ()))
