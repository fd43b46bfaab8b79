"""Removes the drafts whose day is over, with their pictures."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.jobs.files import JobFiles
from bot.logs import get_logger
from storage import drafts
from storage.database import Database

PAUSE = timedelta(hours=1)

log = get_logger("drafts")


class OldDrafts:
    """Goes through the drafts at the start and once an hour."""

    name = "drafts"

    def __init__(self, database: Database, files: JobFiles) -> None:
        self._database = database
        self._files = files
        self._last: datetime | None = None

    async def is_due(self, now: datetime) -> bool:
        """At the first look, and then every hour; also where the clock was put back."""
        return self._last is None or not self._last <= now < self._last + PAUSE

    async def do(self, now: datetime) -> None:
        """Remove what is too old. Raises OSError where a file cannot be removed."""
        # Files that stay behind for any reason belong to nobody then, and are swept at night.
        gone = await self._database.run(drafts.drop_expired, now=now)
        await self._files.drop([self._files.upload(name) for old in gone for name in old.files])
        if gone:
            log.info("drafts removed", drafts=len(gone))
        self._last = now
