"""Scheduled backups: a folder of our own beside the database, and only so many of them."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.logs import get_logger
from storage.backups import write_backup
from storage.beside import stoppable

STAMP = "%Y%m%d-%H%M%S"

log = get_logger("backups")


class ScheduledBackups:
    """Writes a backup when the last is too old. When that was, the files' own names say."""

    name = "backup"

    def __init__(self, database: Path, folder: Path, *, every: timedelta, kept: int) -> None:
        self._database = database
        self._folder = folder
        self._every = every
        self._kept = kept

    async def is_due(self, now: datetime) -> bool:
        """Whether no backup was written lately; one from the future says nothing."""
        backups = await asyncio.to_thread(_backups, self._database, self._folder)
        return not any(timedelta() <= now - written < self._every for written in backups)

    async def do(self, now: datetime) -> None:
        """Write one, and remove the oldest. Raises BackupError, CannotRead.

        One whose books do not balance pushes no other out: those may be the last sound ones.
        """
        target = self._folder / f"{self._database.stem}-{now.astimezone(UTC):{STAMP}}.db"
        backup = await stoppable(write_backup, self._database, target)
        log.info("backed up", file=target.name, size_bytes=backup.size_bytes)
        if backup.contents.discrepancies:
            log.error("the backup's books do not balance", file=target.name)
        else:
            await asyncio.to_thread(self._remove_old, target)

    def _remove_old(self, newest: Path) -> None:
        # The one just written stays even if the clock has jumped, and others seem to be newer.
        backups = _backups(self._database, self._folder)
        others = sorted((at, path) for at, path in backups.items() if path != newest)
        for _, path in others[: max(0, len(others) - self._kept + 1)]:
            path.unlink(missing_ok=True)
        # What a process that was killed had begun; one process at a time writes here.
        for part in self._folder.glob(f".{self._database.stem}-*.db.part*"):
            part.unlink(missing_ok=True)


def last_backup(database: Path, folder: Path) -> datetime | None:
    """When the newest scheduled backup was written."""
    return max(_backups(database, folder), default=None)


def _backups(database: Path, folder: Path) -> dict[datetime, Path]:
    """Our files by the moment in their names."""
    ours = re.compile(rf"{re.escape(database.stem)}-(\d{{8}}-\d{{6}})\.db")
    found = {}
    for path in folder.glob("*.db"):
        named = ours.fullmatch(path.name)
        if named and (written := _moment(named[1])):
            found[written] = path
    return found


def _moment(stamp: str) -> datetime | None:
    try:
        return datetime.strptime(stamp, STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None
