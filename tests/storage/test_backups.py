"""A backup is one moment of a database that may be in use; it is whole or not there."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sqlite3
import threading
from pathlib import Path

import pytest

from storage import backups, jobs
from storage.backups import BackupError, FileThere, contents_of
from storage.beside import CannotRead, stoppable
from storage.database import Database
from tests.storage.copies import (
    NEVER,
    names_in,
    run,
    write_backup,
)
from tests.storage.examples import NOW, new_job


async def test_a_backup_of_a_running_database_holds_what_was_committed(
    database: Database, path: Path, target: Path
) -> None:
    await database.run(jobs.create, new_job(1), now=NOW)

    backup = await stoppable(backups.write_backup, path, target)

    assert backup.size_bytes == len(await asyncio.to_thread(target.read_bytes))
    assert (backup.contents.accounts, backup.contents.holds, backup.contents.jobs) == (1, 1, 1)
    assert backup.contents.discrepancies == ()
    assert names_in(target.parent) == {"one.db"}


async def test_a_backup_amid_writing_is_one_moment_whose_books_balance(
    database: Database, path: Path, target: Path
) -> None:
    async def write(first: int) -> None:
        for number in range(first, first + 30):
            await database.run(jobs.create, new_job(number, member_id=number), now=NOW)

    async with asyncio.TaskGroup() as group:
        for first in range(1, 200, 50):
            group.create_task(write(first))
        copying = [
            group.create_task(
                stoppable(backups.write_backup, path, target.with_name(f"{number}.db"))
            )
            for number in range(4)
        ]

    for copy in copying:
        contents = copy.result().contents
        assert contents.discrepancies == ()
        assert contents.jobs == contents.holds == contents.accounts


def test_a_file_that_is_there_stays_unless_it_is_asked_for(closed: Path, target: Path) -> None:
    target.parent.mkdir()
    target.write_text("precious")

    with pytest.raises(FileThere, match=r"one\.db already; --force writes over it"):
        write_backup(closed, target)
    assert target.read_text() == "precious"

    write_backup(closed, target, force=True)
    assert contents_of(NEVER, target).accounts == 1


def test_a_database_is_never_written_over_by_its_own_backup(closed: Path) -> None:
    with pytest.raises(BackupError, match="is the database itself"):
        write_backup(closed, closed, force=True)


def test_where_there_is_no_database_nothing_is_written(path: Path, target: Path) -> None:
    with pytest.raises(CannotRead, match="there is no database at"):
        write_backup(path, target)

    assert not target.parent.exists()


def test_a_folder_that_takes_no_file_is_told(closed: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(BackupError, match=r"one\.db cannot be written: "):
        write_backup(closed, tmp_path / "file" / "one.db")


def test_a_backup_that_is_broken_off_leaves_nothing(closed: Path, target: Path) -> None:
    with contextlib.closing(sqlite3.connect(closed)) as connection, connection:
        rows = ((f"key {number}", "x" * 100) for number in range(30_000))
        connection.executemany("INSERT INTO meta VALUES (?, ?)", rows)
    stopping = threading.Event()
    stopping.set()

    with pytest.raises(BackupError, match="the copy cannot be written: interrupted"):
        backups.write_backup(stopping, closed, target)

    assert names_in(target.parent) == set()


KILLED = """
import os, signal, sys, threading
from pathlib import Path
from storage import backups
os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL)
backups.write_backup(threading.Event(), Path(sys.argv[1]), Path(sys.argv[2]))
"""


def test_a_backup_killed_before_it_is_on_the_disk_is_not_there_and_the_next_one_is(
    closed: Path, target: Path
) -> None:
    ended = run(KILLED, str(closed), str(target))

    assert ended == -signal.SIGKILL
    assert names_in(target.parent) == {".one.db.part"}
    write_backup(closed, target)
    assert names_in(target.parent) == {"one.db"}
