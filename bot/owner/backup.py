"""Copies the database into one file, and puts such a file back in its place."""

from __future__ import annotations

import threading
from pathlib import Path

from bot.owner.audit import as_findings, in_words
from bot.settings import Settings
from storage.backups import Backup, file_of, restore_backup, write_backup

MEGABYTE = 1_000_000


def back_up(settings: Settings, target: Path, *, force: bool) -> str:
    """Write a backup, also while the bot runs, and say what is in it. Raises StorageError."""
    database = file_of(settings.database_url)
    backup = write_backup(threading.Event(), database, target, force=force)
    said = [f"Wrote {_described(backup)}.", _not_in_it(settings)]
    if backup.contents.discrepancies:
        said.append(f"restore would refuse it.\n{as_findings(target, backup.contents)}")
    return " ".join(said)


def restore(settings: Settings, source: Path, *, force: bool) -> str:
    """Put a backup in place while no bot runs, and say what came of it. Raises StorageError."""
    database = file_of(settings.database_url)
    restored = restore_backup(source, database, force=force)
    said = [f"{database} is now {_described(restored.backup)}."]
    if restored.set_aside is not None:
        said.append(f"The database that was there is kept as {restored.set_aside}.")
    if restored.to_forget:
        said.append(
            f"{restored.to_forget} who had been forgotten since are known in it again, with jobs "
            "that are open: the bot forgets them at the first start after those have ended."
        )
    return " ".join([*said, _not_in_it(settings)])


def _described(backup: Backup) -> str:
    size = f"{max(0.01, backup.size_bytes / MEGABYTE):,.2f} MB"
    return f"{backup.path}, {size} with {in_words(backup.contents)}"


def _not_in_it(settings: Settings) -> str:
    return f"Pictures and clips are not in it: they lie in {settings.files_folder}."
