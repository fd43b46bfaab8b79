"""A house with one chore, and books that were tampered with."""

from __future__ import annotations

import contextlib
import sqlite3
from datetime import timedelta
from pathlib import Path

from bot.keeping.backing_up import ScheduledBackups
from bot.keeping.housekeeping import Chore, Housekeeping
from tests.bot.clock import StillClock

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def keeping(chore: Chore, clock: StillClock) -> Housekeeping:
    """Housekeeping that has one thing to look after."""
    return Housekeeping([chore], clock=clock)


def scheduled(path: Path, folder: Path, *, kept: int = 2) -> ScheduledBackups:
    """A backup every six hours."""
    return ScheduledBackups(path, folder, every=6 * HOUR, kept=kept)


def names_in(folder: Path) -> list[str]:
    """The files of a folder; none where there is no folder."""
    return sorted(path.name for path in folder.glob("*") if folder.is_dir())


def tamper(path: Path, change: int = 1) -> None:
    """Edit an account by hand."""
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"UPDATE account SET posted = posted + {change}")
