"""Does each chore when it is due; one that fails is tried again, and stops nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from bot.clock import Clock
from bot.logs import get_logger
from storage.errors import StorageError

PAUSE_SECONDS = 60
PATIENCE_SECONDS = 1800
"""No chore takes longer; one that does is broken off and tried again."""
RETRY = timedelta(minutes=10)
NIGHT = timedelta(hours=3)
"""A night begins at three o'clock in UTC, and so do the nightly chores."""

log = get_logger("housekeeping")


class Chore(Protocol):
    """Something that has to be done again and again. A cancelled one ends soon."""

    @property
    def name(self) -> str:
        """What the log calls it."""

    async def is_due(self, now: datetime) -> bool:
        """Whether it has to be done now."""

    async def do(self, now: datetime) -> None:
        """Do it; it is done once this returns."""


class Nights:
    """Tells whether a night has begun since the last time, also where the clock has jumped."""

    def __init__(self, last: datetime | None = None) -> None:
        self._last = last

    def is_new(self, now: datetime) -> bool:
        """Whether this is another night than the last."""
        return self._last is None or (now - NIGHT).date() != (self._last - NIGHT).date()

    def over(self, now: datetime) -> None:
        """What was to be done in this night is done."""
        self._last = now


class Housekeeping:
    """Looks after its chores for as long as it runs."""

    def __init__(self, chores: Sequence[Chore], *, clock: Clock) -> None:
        self._chores = tuple(chores)
        self._clock = clock
        self._failed_at: dict[str, datetime] = {}

    async def run(self) -> None:
        """Look every minute whether something is due, until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(PAUSE_SECONDS)

    async def look(self) -> None:
        """Do what is due now, one after the other."""
        for chore in self._chores:
            if not self._has_just_failed(chore):
                await self._attend(chore)

    async def _attend(self, chore: Chore) -> None:
        now = self._clock()
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                if await chore.is_due(now):
                    await chore.do(now)
        except (StorageError, OSError) as error:
            self._failed_at[chore.name] = now
            reason = str(error) or type(error).__name__
            log.error("a chore failed", chore=chore.name, reason=reason)
        except Exception as error:
            # The bot's own work goes on whatever is wrong here, also where it is a mistake of ours.
            self._failed_at[chore.name] = now
            log.exception("a chore failed", chore=chore.name, reason=str(error))
        else:
            self._failed_at.pop(chore.name, None)

    def _has_just_failed(self, chore: Chore) -> bool:
        failed_at = self._failed_at.get(chore.name)
        return failed_at is not None and timedelta() <= self._clock() - failed_at < RETRY
