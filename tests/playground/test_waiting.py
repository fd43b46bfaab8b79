"""Waiting for something to happen in this Discord, and giving it up."""

from __future__ import annotations

import asyncio

from bot.playground.places import Channel, User
from bot.playground.server import Playground


async def test_whoever_waits_can_be_stopped_at_the_very_moment_something_happens(
    playground: Playground, member: User, gallery: Channel
) -> None:
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(playground.until(lambda: False))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        await playground.say(member.id, gallery.id, "Hello")
        await asyncio.sleep(0)
        waiting.cancel()
        done, _ = await asyncio.wait({waiting}, timeout=10)

    assert done == {waiting}
