"""The database's file is locked by another process, may not be written, or is damaged."""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from storage import meta
from storage.database import Database
from storage.errors import BadDatabaseUrl, NotRead, NotWritten

LOCK = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
sys.stdin.read()
"""


@asynccontextmanager
async def locking(path: Path) -> AsyncIterator[None]:
    """Another process holds the database's lock until the block ends."""
    pipe = asyncio.subprocess.PIPE
    command = (sys.executable, "-c", LOCK, str(path))
    other = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe)
    assert other.stdout is not None
    assert await other.stdout.readline() == b"locked\n"
    try:
        yield
    finally:
        await other.communicate(b"")


def damage(path: Path) -> None:
    """Write rubbish over all of a database but its first page."""
    with sqlite3.connect(path) as outside:
        outside.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    outside.close()
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (path.stat().st_size - 4096))


async def test_a_lock_of_another_process_is_waited_for_a_while_and_then_told(
    database: Database, path: Path
) -> None:
    await database.run(lambda conn: conn.exec_driver_sql("PRAGMA busy_timeout = 20").close())
    async with locking(path):
        with pytest.raises(NotWritten, match="locked"):
            await database.run(meta.set_meta, "colour", "green")
        assert await database.read(meta.get_meta, "colour") is None

    await database.run(meta.set_meta, "colour", "green")
    assert await database.read(meta.get_meta, "colour") == "green"


async def test_a_database_that_is_locked_at_the_start_is_told_in_a_sentence(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.database.WRITER_PRAGMAS", ("PRAGMA busy_timeout = 20",))
    async with Database.open(f"sqlite:///{path}"):
        pass

    async with locking(path):
        with pytest.raises(BadDatabaseUrl, match=r"cannot be opened: database is locked"):
            async with Database.open(f"sqlite:///{path}"):
                pytest.fail("it opened")


async def test_a_database_that_may_only_be_read_is_told_at_the_start(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Database.open(f"sqlite:///{path}"):
        pass
    # A file system without writing, which nobody but an owner of the machine can make.
    monkeypatch.setattr("storage.database.WRITER_PRAGMAS", ("PRAGMA query_only = ON",))

    with pytest.raises(BadDatabaseUrl, match=r"cannot be opened: .*readonly"):
        async with Database.open(f"sqlite:///{path}"):
            pytest.fail("it opened")


async def test_a_file_that_breaks_while_it_is_read_is_told_as_such(
    database: Database, path: Path
) -> None:
    await database.run(meta.set_meta, "large", "x" * 1_000_000)
    await asyncio.to_thread(damage, path)

    with pytest.raises(NotRead):
        await database.read(lambda conn: conn.exec_driver_sql("SELECT * FROM meta").all())


async def test_a_wrong_question_comes_out_as_it_is(database: Database) -> None:
    with pytest.raises(sa.exc.OperationalError, match="no such table"):
        await database.read(lambda conn: conn.exec_driver_sql("SELECT * FROM wrong").all())
