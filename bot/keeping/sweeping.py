"""Removes the files of jobs that ended long ago, and files no job came of. The rows stay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import assert_never

from bot.jobs.files import JobFiles, Stored
from bot.jobs.uploads import job_of_upload
from bot.keeping.housekeeping import Nights
from bot.logs import get_logger
from storage.database import Reader
from storage.retention import Need, needs

LEFTOVER_AFTER = timedelta(days=1)
"""An order's files are stored moments before its row; by then it is certain that none came.

Nothing younger is looked at, for no job keeps its files for less than a day.
"""
AT_ONCE = 500
MOST_A_SWEEP = 20_000
"""What is left over then goes the next night."""

log = get_logger("files")


@dataclass(frozen=True)
class Retention:
    """How long files are kept after their jobs have ended; None is for ever."""

    pictures: timedelta | None
    clips: timedelta | None


class Sweep:
    """Goes through the stored files at the start and once a night."""

    name = "sweep"

    def __init__(self, database: Reader, files: JobFiles, retention: Retention) -> None:
        self._database = database
        self._files = files
        self._retention = retention
        self._nights = Nights()

    async def is_due(self, now: datetime) -> bool:
        """At the first look, and then once a night."""
        return self._nights.is_new(now)

    async def do(self, now: datetime) -> None:
        """Look at every file that is old enough, the oldest first, and remove what nothing needs.

        Raises OSError where a file cannot be removed.
        """
        uploads = await self._sweep(await self._files.uploads(), self._retention.pictures, now)
        clips = await self._sweep(await self._files.clips(), self._retention.clips, now)
        log.info("swept", uploads=uploads, clips=clips)
        self._nights.over(now)

    async def _sweep(self, stored: Sequence[Stored], kept: timedelta | None, now: datetime) -> int:
        old = [file for file in stored if file.written_at <= now - LEFTOVER_AFTER]
        removed = 0
        for start in range(0, len(old), AT_ONCE):
            if removed >= MOST_A_SWEEP:
                break
            removed += await self._remove_unneeded(old[start : start + AT_ONCE], kept, now)
        return removed

    async def _remove_unneeded(
        self, files: Sequence[Stored], kept: timedelta | None, now: datetime
    ) -> int:
        cut = None if kept is None else now - kept
        found = await unneeded(self._database, files, ended_before=cut)
        await self._files.drop([file.path for file in found])
        return len(found)


async def unneeded(
    database: Reader, files: Sequence[Stored], *, ended_before: datetime | None
) -> list[Stored]:
    """Those no job came of, and those whose jobs were over for good before a moment."""
    ids = list({job_of_upload(file.path.name) for file in files})
    need = await database.read(needs, ids, ended_before=ended_before)
    return [
        file
        for file in files
        if _is_unneeded(file, need[job_of_upload(file.path.name)], ended_before)
    ]


def _is_unneeded(file: Stored, need: Need, cut: datetime | None) -> bool:
    match need:
        case Need.KEEPS:
            return False
        case Need.NO_JOB:
            return True
        case Need.OUTLIVED:
            # A clip that came late is kept as long as one that did not.
            return cut is not None and file.written_at <= cut
        case _:
            assert_never(need)
