"""Being told to stop: the first signal ends the bot well, the second ends it now.

Signals are heard from before the first file is opened until after the last one is closed, so that
none of them ends the process in the middle.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Self

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Stopping:
    """Whether the bot was told to stop, by a signal or by whatever makes going on senseless."""

    def __init__(self) -> None:
        self._told = asyncio.Event()
        self._limit: asyncio.Timeout | None = None

    @classmethod
    @contextmanager
    def by_signals(cls) -> Iterator[Self]:
        """Listen for as long as the block lasts."""
        stopping, loop = cls(), asyncio.get_running_loop()
        for number in STOP_SIGNALS:
            loop.add_signal_handler(number, stopping.tell)
        try:
            yield stopping
        finally:
            for number in STOP_SIGNALS:
                loop.remove_signal_handler(number)
                # Nothing is open any more, and a process that is ending need not be ended.
                signal.signal(number, signal.SIG_IGN)

    @property
    def is_told(self) -> bool:
        """Whether it is time to stop."""
        return self._told.is_set()

    async def told(self) -> None:
        """Wait until it is time to stop."""
        await self._told.wait()

    def tell(self) -> None:
        """Stop; and what can be cut short, now."""
        self._told.set()
        if self._limit is not None:
            self._limit.reschedule(asyncio.get_running_loop().time())

    @asynccontextmanager
    async def cutting_short(self, *, seconds: float | None = None) -> AsyncIterator[None]:
        """Let the next signal, or the end of that time, end the block. Raises TimeoutError then."""
        try:
            async with asyncio.timeout(seconds) as self._limit:
                yield
        finally:
            self._limit = None
