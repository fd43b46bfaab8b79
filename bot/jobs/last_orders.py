"""Last orders: how long what is being made ready has, once the bot is told to stop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.errors import Restarting


class LastOrders:
    """Puts no limit to an order's preparation until it is called; from then on, one for all."""

    def __init__(self) -> None:
        self._over_at: float | None = None
        """In the seconds of the event loop."""
        self._under_way: set[asyncio.Timeout] = set()

    def call(self, *, seconds: float) -> None:
        """Give what is under way so long, and what comes later no longer than that."""
        self._over_at = asyncio.get_running_loop().time() + seconds
        for limit in self._under_way:
            limit.reschedule(self._over_at)

    @asynccontextmanager
    async def in_time(self) -> AsyncIterator[None]:
        """Cut the block short when the time is over. Raises Restarting then.

        Never around a transaction: one that is cut short may have been written all the same.
        """
        if self._over_at is not None and asyncio.get_running_loop().time() >= self._over_at:
            raise Restarting
        limit = asyncio.timeout_at(self._over_at)
        try:
            async with limit:
                self._under_way.add(limit)
                try:
                    yield
                finally:
                    self._under_way.discard(limit)
        except TimeoutError as error:
            if limit.expired():
                raise Restarting from error
            raise
