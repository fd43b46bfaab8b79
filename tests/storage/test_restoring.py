"""Nothing takes a database's place that was not found sound, and nothing is thrown away."""

from __future__ import annotations

import contextlib
import os
import signal
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from storage import backups, guilds, jobs
from storage.backups import FileThere, NotABackup, contents_of, restore_backup
from storage.beside import stoppable
from storage.database import Database
from storage.errors import DatabaseInUse
from storage.job import JobState
from storage.migrate import newest_revision
from tests.storage.copies import (
    NEVER,
    members_there,
    names_in,
    open_account,
    run,
    url,
    write_backup,
)
from tests.storage.examples import GUILD, MEMBER, NOW, ROOT, in_state, new_job

LEFT_BY_0001 = ROOT / "tests" / "storage" / "revision_0001.sql"


def tampered(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE account SET posted = 9999")


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
from tests.storage.copies import open_account
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
    log = restored.set_aside.with_name("zoetrope.db.before-restore-wal")
    assert log.read_bytes() == b"more rubbish"
    assert not closed.with_name("zoetrope.db-wal").exists()
    assert contents_of(NEVER, closed).accounts == 1


def test_a_log_without_its_database_is_not_read_into_the_restored_one(
    closed: Path, target: Path
) -> None:
    write_backup(closed, target)
    assert run(WRITES_AND_DIES, url(closed)) == -signal.SIGKILL
    closed.unlink()

    restore_backup(target, closed)

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


def test_a_job_that_waited_for_a_moderator_ends_unspent_and_does_not_begin_a_second_time(
    closed: Path, target: Path
) -> None:
    engine = sa.create_engine(url(closed))
    with engine.begin() as conn:
        guilds.change(conn, GUILD, approval_credits=0)
        assert jobs.create(conn, new_job(1), now=NOW).state is JobState.NEEDS_APPROVAL
    engine.dispose()
    write_backup(closed, target)

    restore_backup(target, closed, force=True)

    with engine.begin() as conn:
        [ending] = jobs.claim_due(conn, now=NOW, lease=timedelta(minutes=1), limit=9)
    engine.dispose()
    assert ending.id == "1"
    assert ending.cancel_requested
