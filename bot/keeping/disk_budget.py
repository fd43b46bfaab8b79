"""Keeps pictures and clips within the owner's disk budget, by removing the oldest early."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.errors import NoRoom
from bot.jobs.files import JobFiles, Stored
from bot.keeping.spending import Spending
from bot.keeping.sweeping import AT_ONCE, unneeded
from bot.logs import get_logger
from storage.database import Reader

KEPT_AT_LEAST = timedelta(days=1)
"""For so long after their job has ended files stay, however full the disk is."""
RESERVE_SHARE = 0.05
"""Of the budget. Clips that are due find room, though nothing new is ordered any more."""

log = get_logger("files")


class DiskBudget:
    """Makes room before a file is written, or refuses it; and looks every minute.

    Between two looks files are counted as they are written, so that none has to wait for a look at
    the whole disk but where it might be one too many. What a job may still need is never removed.
    Where nothing else is left, spending stops; the reserve is for clips that are due by then, and
    one more is kept even beyond it: it is paid for, and lies on the disk already.
    """

    name = "disk budget"

    def __init__(
        self,
        database: Reader,
        files: JobFiles,
        spending: Spending,
        *,
        clock: Clock,
        budget_bytes: int | None,
    ) -> None:
        self._database = database
        self._files = files
        self._spending = spending
        self._clock = clock
        self._budget_bytes = budget_bytes
        self._was_kept = True
        self._one_look = asyncio.Lock()
        self._counted_bytes: int | None = None
        """What the last look found, and what was written since; None: there was none yet."""
        self._being_written_bytes = 0

    @property
    def usual_bytes(self) -> int:
        """What files may take but for the reserve."""
        return int((self._budget_bytes or 0) * (1 - RESERVE_SHARE))

    async def is_due(self, now: datetime) -> bool:
        """Whether files take more than they may, or did when they were last looked at."""
        return not self._was_kept or await self._excess() > 0

    async def do(self, now: datetime) -> None:
        """Remove files, the oldest first, and say whether that was enough.

        Raises OSError where a file cannot be removed.
        """
        self._judge(await self._made_room(await self._excess(), now))

    @asynccontextmanager
    async def taken(self, size_bytes: int, *, is_due: bool = False) -> AsyncIterator[None]:
        """Take room for a file that is written meanwhile, and make it first where there is none.

        Raises NoRoom, but for a clip that is due, or OSError where a file cannot be removed.
        """
        if self._budget_bytes is not None:
            async with self._one_look:
                await self._find_room(size_bytes, is_due=is_due)
        self._being_written_bytes += size_bytes
        try:
            yield
        finally:
            self._being_written_bytes -= size_bytes

    async def _find_room(self, size_bytes: int, *, is_due: bool) -> None:
        if self._counted_bytes is None or self._counted_bytes + size_bytes > self.usual_bytes:
            # What ends while the look lasts may be missed by it, so it is counted as well.
            being_written = self._being_written_bytes
            found = (await self._files.use()).total_bytes + being_written
            excess = found + size_bytes - self.usual_bytes
            left = await self._made_room(excess, self._clock())
            self._counted_bytes = found - (excess - left)
            if left > 0 and not is_due:
                log.warning("a file was refused for lack of room", size_bytes=size_bytes)
                raise NoRoom
        self._counted_bytes += size_bytes

    async def _excess(self) -> int:
        """By how many bytes the budget is exceeded; less than nothing where there is room."""
        if self._budget_bytes is None:
            return 0
        return (await self._files.use()).total_bytes - self.usual_bytes

    async def _made_room(self, excess: int, now: datetime) -> int:
        """Remove as much, the oldest first, and return what is left of the excess."""
        removed = await self._remove(excess, now) if excess > 0 else []
        if removed:
            log.info(
                "removed the oldest files to keep to the disk budget",
                files=len(removed),
                size_bytes=sum(file.size_bytes for file in removed),
                newest=removed[-1].written_at.isoformat(timespec="minutes"),
            )
        return excess - sum(file.size_bytes for file in removed)

    async def _remove(self, excess: int, now: datetime) -> Sequence[Stored]:
        cut = now - KEPT_AT_LEAST
        stored = [*await self._files.uploads(), *await self._files.clips()]
        old = sorted(
            (file for file in stored if file.written_at <= cut), key=lambda file: file.written_at
        )
        removed: list[Stored] = []
        for start in range(0, len(old), AT_ONCE):
            some = await unneeded(self._database, old[start : start + AT_ONCE], ended_before=cut)
            for file in some:
                if excess <= 0:
                    return removed
                await self._files.drop([file.path])
                removed.append(file)
                excess -= file.size_bytes
        return removed

    def _judge(self, excess: int) -> None:
        is_kept = excess <= 0
        self._spending.mind_room(has_room=is_kept)
        if is_kept and not self._was_kept:
            log.info("the disk budget is kept again: orders are taken")
        elif not is_kept and self._was_kept:
            log.error(
                "the disk budget is spent on files that are still needed: nothing new is ordered",
                excess_bytes=excess,
                next="raise DISK_BUDGET_GB",
            )
        self._was_kept = is_kept
