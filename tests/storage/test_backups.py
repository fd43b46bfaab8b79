"""A backup is whole or not there; nothing takes a database's place that was not found sound."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from storage import backups, jobs, ledger
from storage.backups import BackupError, FileThere, NotABackup, contents_of, restore_backup
from storage.beside import CannotRead, stoppable
from storage.database import Database
from storage.errors import DatabaseInUse
from storage.job import JobState
from storage.migrate import newest_revision
from tests.storage.examples import GUILD, MEMBER, NOW, ROOT, in_state, new_job

NEVER = threading.Event()
LEFT_BY_0001 = ROOT / "tests" / "storage" / "revision_0001.sql"


def write_backup(database: Path, target: Path, *, force: bool = False) -> backups.Backup:
    return backups.write_backup(NEVER, database, target, force=force)


def url(path: Path) -> str:
    return f"sqlite:///{path}"


async def members_there(path: Path) -> int:
    async with Database.open(url(path)):
        return (await stoppable(contents_of, path)).accounts


def open_account(conn: sa.Connection, member_id: int) -> None:
    ledger.account(conn, GUILD, member_id, now=NOW)


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "copies" / "one.db"


@pytest.fixture
def closed(path: Path, newest: Path) -> Path:
    """A database nobody runs on, with one member in it."""
    shutil.copy(newest, path)
    engine = sa.create_engine(url(path))
    with engine.begin() as conn:
        open_account(conn, MEMBER)
    engine.dispose()
    return path


def run(program: str, *arguments: str) -> int:
    """Run a program in a process of its own; how it ended."""
    command = (sys.executable, "-c", program, *arguments)
    return subprocess.run(command, cwd=ROOT, check=False, timeout=60).returncode


def tampered(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE account SET posted = 9999")


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


async def test_a_restored_backup_is_the_database_as_it_was(
    database: Database, path: Path, target: Path, tmp_path: Path
) -> None:
    await database.run(open_account, MEMBER)
    await stoppable(backups.write_backup, path, target)
    elsewhere = tmp_path / "new" / "zoetrope.db"

    restored = restore_backup(target, elsewhere)

    assert restored.set_aside is None
    assert restored.backup.contents.accounts == 1
    assert await members_there(elsewhere) == 1


async def test_what_is_replaced_is_kept_whole_with_what_was_written_last(
    closed: Path, target: Path
) -> None:
    write_backup(closed, target)
    assert run(WRITES_AND_DIES, url(closed)) == -signal.SIGKILL
    assert closed.with_name("zoetrope.db-wal").stat().st_size > 0

    restored = restore_backup(target, closed, force=True)

    kept = closed.with_name("zoetrope.db.before-restore")
    assert restored.set_aside == kept
    assert await members_there(closed) == 1
    assert await members_there(kept) == 2


WRITES_AND_DIES = """
import asyncio, os, signal, sys
from storage.database import Database
from tests.storage.test_backups import open_account
async def main():
    async with Database.open(sys.argv[1]) as database:
        await database.run(open_account, 99)
        os.kill(os.getpid(), signal.SIGKILL)
asyncio.run(main())
"""


def test_a_database_that_is_broken_is_kept_as_it_is_and_replaced(
    closed: Path, target: Path
) -> None:
    write_backup(closed, target)
    closed.write_bytes(b"rubbish " * 1000)
    closed.with_name("zoetrope.db-wal").write_bytes(b"more rubbish")

    restored = restore_backup(target, closed, force=True)

    assert restored.set_aside is not None
    assert restored.set_aside.read_bytes() == b"rubbish " * 1000
    assert contents_of(NEVER, closed).accounts == 1


def test_each_database_that_was_replaced_is_kept(closed: Path, target: Path) -> None:
    write_backup(closed, target)

    first = restore_backup(target, closed, force=True).set_aside
    second = restore_backup(target, closed, force=True).set_aside

    assert first is not None
    assert second is not None
    assert (first.name, second.name) == (
        "zoetrope.db.before-restore",
        "zoetrope.db.before-restore-2",
    )


async def test_nothing_is_restored_while_the_bot_runs(
    database: Database, path: Path, target: Path
) -> None:
    await stoppable(backups.write_backup, path, target)

    with pytest.raises(DatabaseInUse):
        restore_backup(target, path, force=True)


def test_a_database_that_is_there_is_replaced_only_when_that_is_asked_for(
    closed: Path, target: Path
) -> None:
    write_backup(closed, target)

    with pytest.raises(FileThere, match=r"zoetrope\.db already; --force replaces it"):
        restore_backup(target, closed)


def no_file(copy: Path) -> None:
    copy.unlink()


def no_database(copy: Path) -> None:
    copy.write_text("Dear diary, today I made a clip.\n" * 50)


def another_program(copy: Path) -> None:
    copy.unlink()
    with contextlib.closing(sqlite3.connect(copy)) as connection:
        connection.execute("CREATE TABLE songs (title)")


def newer_version(copy: Path) -> None:
    with contextlib.closing(sqlite3.connect(copy)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")


def damaged(copy: Path) -> None:
    with contextlib.closing(sqlite3.connect(copy)) as connection, connection:
        rows = ((f"key {number}", "x" * 100) for number in range(2_000))
        connection.executemany("INSERT INTO meta VALUES (?, ?)", rows)
    with copy.open("r+b") as file:
        file.seek(-20_000, os.SEEK_END)
        file.write(b"\xff" * 12_000)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (no_file, "there is no file"),
        (no_database, "is no database, or a damaged one"),
        (another_program, "is a database, but not one of this bot"),
        (newer_version, "was written by a newer version"),
        (damaged, "is damaged: "),
        (tampered, "do not balance: member 22 of guild 11: posted credits should be 100"),
    ],
)
def test_what_is_not_sound_replaces_nothing(
    closed: Path, target: Path, spoil: Callable[[Path], None], words: str
) -> None:
    write_backup(closed, target)
    spoil(target)
    before, there = closed.read_bytes(), names_in(closed.parent)

    with pytest.raises(NotABackup, match=words):
        restore_backup(target, closed, force=True)

    assert closed.read_bytes() == before
    assert names_in(closed.parent) == there | {"zoetrope.db.lock"}


def test_an_older_backup_is_brought_up_to_date(path: Path, target: Path) -> None:
    target.parent.mkdir()
    with contextlib.closing(sqlite3.connect(target)) as older:
        older.executescript(LEFT_BY_0001.read_text(encoding="utf-8"))
        [before] = older.execute("SELECT count(*) FROM job").fetchone()

    restored = restore_backup(target, path)

    assert restored.backup.contents.jobs == before
    with contextlib.closing(sqlite3.connect(path)) as connection:
        [revision] = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    assert revision == newest_revision()


def test_a_job_that_stood_in_line_is_looked_up_before_it_is_submitted(
    closed: Path, target: Path
) -> None:
    engine = sa.create_engine(url(closed))
    with engine.begin() as conn:
        jobs.create(conn, new_job(1), now=NOW)
        in_state(conn, JobState.RUNNING, 2)
    engine.dispose()
    write_backup(closed, target)

    restore_backup(target, closed, force=True)

    with contextlib.closing(sqlite3.connect(closed)) as connection:
        states = connection.execute("SELECT id, state FROM job ORDER BY id").fetchall()
    assert states == [("1", "submitting"), ("2", "running")]
