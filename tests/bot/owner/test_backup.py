"""`python -m bot backup` and `restore`: what the owner is told."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import pytest

from bot.owner.backup import back_up, restore
from bot.settings import load_settings
from storage.backups import FileThere, NotABackup
from storage.database import Database
from storage.errors import DatabaseInUse
from tests.bot.owner.books import URL, stored, two_days

NOT_IN_IT = "Pictures and clips are not in it: they lie in data/zoetrope-files."


def megabytes(file: Path) -> str:
    return f"{file.stat().st_size / 1_000_000:.2f}"


async def test_a_backup_says_how_large_it_is_and_what_is_and_is_not_in_it() -> None:
    await stored(two_days)

    said = back_up(load_settings(), Path("copy.db"), force=False)

    size = megabytes(Path("copy.db"))
    assert said == (
        f"Wrote copy.db, {size} MB with 2 accounts, 5 holds, 12 entries and 5 jobs. {NOT_IN_IT}"
    )


async def test_a_backup_that_restore_would_refuse_says_so() -> None:
    await stored(two_days)
    with contextlib.closing(sqlite3.connect("data/zoetrope.db")) as connection, connection:
        connection.execute("UPDATE account SET posted = 7000 WHERE kind = 'member'")

    said = back_up(load_settings(), Path("copy.db"), force=False).splitlines()

    assert said[0].endswith(f"{NOT_IN_IT} restore would refuse it.")
    assert said[1].endswith("in copy.db. 1 thing is wrong:")
    assert said[2].endswith("posted credits should be 82 and is 7000.")
    with pytest.raises(NotABackup, match=r"the books of copy\.db do not balance"):
        restore(load_settings(), Path("copy.db"), force=True)


async def test_a_restored_backup_says_what_became_of_the_database_that_was_there() -> None:
    await stored(two_days)
    back_up(load_settings(), Path("copy.db"), force=False)

    with pytest.raises(FileThere):
        restore(load_settings(), Path("copy.db"), force=False)
    said = restore(load_settings(), Path("copy.db"), force=True)

    assert said.startswith("data/zoetrope.db is now copy.db, 0.")
    assert said.endswith(
        "with 2 accounts, 5 holds, 12 entries and 5 jobs. "
        f"The database that was there is kept as data/zoetrope.db.before-restore. {NOT_IN_IT}"
    )


async def test_a_backup_is_made_beside_a_running_bot_and_restored_once_it_has_stopped() -> None:
    async with Database.open(URL) as database:
        await database.run(two_days)
        back_up(load_settings(), Path("copy.db"), force=False)
        with pytest.raises(DatabaseInUse):
            restore(load_settings(), Path("copy.db"), force=True)

    restore(load_settings(), Path("copy.db"), force=True)
