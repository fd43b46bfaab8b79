"""Keeps pictures and clips within the owner's disk budget, by removing the oldest early."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.jobs.files import JobFiles, Stored
from bot.keeping.spending import Spending
from bot.keeping.sweeping import AT_ONCE, unneeded
from bot.logs import get_logger
from storage.database import Reader

KEPT_AT_LEAST = timedelta(days=1)
"""For so long after their job has ended files stay, however full the disk is."""

log = get_logger("files")


class DiskBudget:
    """Looks every minute, so that files take at most a minute's clips more than they may.

    What a job may still need is never removed. Where nothing else is left, spending stops.
    """

    name = "disk budget"

    def __init__(
        self, database: Reader, files: JobFiles, spending: Spending, *, budget_bytes: int | None
    ) -> None:
        self._database = database
        self._files = files
        self._spending = spending
        self._budget_bytes = budget_bytes
        self._was_kept = True

    async def is_due(self, now: datetime) -> bool:
        """Whether files take more than they may, or did when they were last looked at."""
        return not self._was_kept or await self._excess() > 0

    async def do(self, now: datetime) -> None:
        """Remove files, the oldest first, and say whether that was enough.

        Raises OSError where a file cannot be removed.
        """
        excess = await self._excess()
        removed = await self._remove(excess, now) if excess > 0 else []
        excess -= sum(file.size_bytes for file in removed)
        if removed:
            log.info(
                "removed the oldest files to keep to the disk budget",
                files=len(removed),
                size_bytes=sum(file.size_bytes for file in removed),
                newest=removed[-1].written_at.isoformat(timespec="minutes"),
            )
        self._judge(excess)

    async def _excess(self) -> int:
        """By how many bytes the budget is exceeded; less than nothing where there is room."""
        if self._budget_bytes is None:
            return 0
        return (await self._files.use()).total_bytes - self._budget_bytes

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
