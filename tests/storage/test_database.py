"""The port to the database: one process, one writer, and nobody hears of success too early."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, Self, TypeVar

import aiosqlite
import pytest
import sqlalchemy as sa

from storage import jobs, ledger, meta
from storage.database import Database
from storage.errors import (
    BadDatabaseUrl,
    DatabaseClosed,
    DatabaseInUse,
    NotEnoughCredits,
    NotWritten,
)
from tests.storage.examples import GUILD, LOAD, MEMBER, NOW, ROOT, new_job

T = TypeVar("T")


def seen_from_outside(path: Path, key: str) -> bool:
    """Look with a connection of our own, which sees only what was committed."""
    with sqlite3.connect(path) as outside:
        found = outside.execute("SELECT 1 FROM meta WHERE key = ?", [key]).fetchone()
    outside.close()
    return found is not None


def fail_after_writing(conn: sa.Connection, key: str) -> None:
    meta.set_meta(conn, key, "half")
    raise RuntimeError(key)


def break_the_commit(conn: sa.Connection) -> None:
    conn.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
    conn.exec_driver_sql("INSERT INTO hold VALUES ('orphan', 999, 0, 'held', 0)")


async def raised_by(call: Coroutine[Any, Any, object]) -> Exception | None:
    try:
        await call
    except Exception as error:
        return error
    return None


async def test_opening_makes_the_folder_and_the_file(tmp_path: Path) -> None:
    path = tmp_path / "data" / "deep" / "zoetrope.db"

    async with Database.open(f"sqlite:///{path}"):
        assert path.is_file()


@pytest.mark.parametrize(
    "url",
    ["postgresql://bot:secret@host/db", "sqlite://", "sqlite:///:memory:", "data/zoetrope.db", ""],
)
async def test_an_address_that_is_no_sqlite_file_is_refused_in_a_sentence(url: str) -> None:
    with pytest.raises(BadDatabaseUrl) as refusal:
        async with Database.open(url):
            pytest.fail("it opened")

    assert len(str(refusal.value).split()) > 5
    assert "secret" not in str(refusal.value)


async def test_a_file_that_is_no_database_is_refused(path: Path) -> None:
    await asyncio.to_thread(path.write_text, "a shopping list, long enough for a page\n" * 40)

    with pytest.raises(BadDatabaseUrl, match="not a database"):
        async with Database.open(f"sqlite:///{path}"):
            pytest.fail("it opened")


async def test_a_database_of_a_newer_version_is_refused(path: Path) -> None:
    async with Database.open(f"sqlite:///{path}"):
        pass
    with sqlite3.connect(path) as newer:
        newer.execute("UPDATE alembic_version SET version_num = '9999'")
    newer.close()

    with pytest.raises(BadDatabaseUrl, match="another version"):
        async with Database.open(f"sqlite:///{path}"):
            pytest.fail("it opened")


async def test_what_was_written_is_there_after_opening_again(path: Path) -> None:
    async with Database.open(f"sqlite:///{path}") as database:
        await database.run(meta.set_meta, "colour", "green")

    async with Database.open(f"sqlite:///{path}") as database:
        assert await database.read(meta.get_meta, "colour") == "green"


async def test_an_error_inside_the_block_comes_out_as_it_is(path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        async with Database.open(f"sqlite:///{path}"):
            raise ZeroDivisionError


async def test_commits_reach_the_disk_before_they_are_believed(database: Database) -> None:
    def pragma(conn: sa.Connection, name: str) -> object:
        return conn.exec_driver_sql(f"PRAGMA {name}").scalar_one()

    assert await database.run(pragma, "journal_mode") == "wal"
    assert await database.run(pragma, "synchronous") == 2
    assert await database.run(pragma, "foreign_keys") == 1
    assert await database.run(pragma, "busy_timeout") == 5000
    assert await database.read(pragma, "query_only") == 1


class Batch:
    """Calls that end up in one transaction, because the writer was busy while they came."""

    def __init__(self, database: Database, group: asyncio.TaskGroup) -> None:
        self._database = database
        self._group = group
        self._busy = threading.Event()

    async def __aenter__(self) -> Self:
        self._group.create_task(self._database.run(lambda conn: self._busy.wait(30)))
        await asyncio.sleep(0)
        return self

    async def add(self, function: Callable[..., T], *args: object) -> asyncio.Task[T]:
        call = self._group.create_task(self._database.run(function, *args))
        await asyncio.sleep(0)
        return call

    async def __aexit__(self, *error: object) -> None:
        self._busy.set()


async def test_nobody_hears_of_success_before_the_commit(database: Database, path: Path) -> None:
    lingering, go_on = threading.Event(), threading.Event()

    def linger(conn: sa.Connection) -> None:
        lingering.set()
        assert go_on.wait(30)

    async with asyncio.TaskGroup() as group:
        async with Batch(database, group) as batch:
            written = await batch.add(meta.set_meta, "early", "yes")
            await batch.add(linger)
        assert await asyncio.to_thread(lingering.wait, 30)

        assert not written.done()
        assert not await asyncio.to_thread(seen_from_outside, path, "early")
        go_on.set()

    assert await asyncio.to_thread(seen_from_outside, path, "early")


async def test_a_function_that_fails_hurts_nobody_else(database: Database) -> None:
    async with asyncio.TaskGroup() as group, Batch(database, group) as batch:
        before = await batch.add(meta.set_meta, "before", "kept")
        failing = group.create_task(raised_by(database.run(fail_after_writing, "broken")))
        after = await batch.add(meta.set_meta, "after", "kept")

    assert isinstance(failing.result(), RuntimeError)
    assert before.done()
    assert after.done()
    assert await database.read(meta.get_meta, "before") == "kept"
    assert await database.read(meta.get_meta, "broken") is None
    assert await database.read(meta.get_meta, "after") == "kept"


async def test_a_commit_that_fails_fails_everybody_and_writes_nothing(database: Database) -> None:
    async with asyncio.TaskGroup() as group, Batch(database, group):
        innocent = group.create_task(raised_by(database.run(meta.set_meta, "lost", "yes")))
        guilty = group.create_task(raised_by(database.run(break_the_commit)))
        await asyncio.sleep(0)

    assert isinstance(innocent.result(), NotWritten)
    assert isinstance(guilty.result(), NotWritten)
    assert await database.read(meta.get_meta, "lost") is None


async def test_the_writer_works_on_after_a_failed_commit(database: Database) -> None:
    with pytest.raises(NotWritten, match="FOREIGN KEY"):
        await database.run(break_the_commit)

    await database.run(meta.set_meta, "later", "yes")

    assert await database.read(meta.get_meta, "later") == "yes"


async def test_a_function_that_commits_by_itself_is_not_believed(database: Database) -> None:
    with pytest.raises(NotWritten):
        await database.run(lambda conn: conn.exec_driver_sql("COMMIT"))


async def test_a_caller_cancelled_before_its_turn_has_written_nothing(database: Database) -> None:
    async with asyncio.TaskGroup() as group, Batch(database, group) as batch:
        await batch.add(meta.set_meta, "first", "yes")
        dropped = await batch.add(meta.set_meta, "dropped", "yes")
        dropped.cancel()
        await asyncio.sleep(0)

    assert dropped.cancelled()
    assert await database.read(meta.get_meta, "first") == "yes"
    assert await database.read(meta.get_meta, "dropped") is None


@pytest.mark.parametrize("others_waiting", [0, 1])
async def test_a_caller_cancelled_during_its_turn_has_written_everything(
    database: Database, others_waiting: int
) -> None:
    running, go_on = threading.Event(), threading.Event()

    def write_slowly(conn: sa.Connection) -> None:
        meta.set_meta(conn, "one", "yes")
        running.set()
        assert go_on.wait(30)
        meta.set_meta(conn, "two", "yes")

    async with asyncio.TaskGroup() as group:
        async with Batch(database, group) as batch:
            for _ in range(others_waiting):
                await batch.add(meta.set_meta, "other", "yes")
            cancelled = await batch.add(write_slowly)
        assert await asyncio.to_thread(running.wait, 30)
        cancelled.cancel()
        await asyncio.sleep(0)
        go_on.set()

    await database.run(meta.set_meta, "three", "yes")
    assert cancelled.cancelled()
    assert await database.read(meta.get_meta, "one") == "yes"
    assert await database.read(meta.get_meta, "two") == "yes"


async def test_cancelling_the_first_of_a_batch_does_not_strand_the_others(
    database: Database,
) -> None:
    async with asyncio.TaskGroup() as group, Batch(database, group) as batch:
        first = await batch.add(meta.set_meta, "first", "yes")
        second = await batch.add(meta.set_meta, "second", "yes")
        first.cancel()
        await asyncio.sleep(0)

    assert second.done()
    assert await database.read(meta.get_meta, "second") == "yes"


async def test_reading_cannot_write(database: Database) -> None:
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        await database.read(meta.set_meta, "sneaked", "in")

    assert await database.read(meta.get_meta, "sneaked") is None


async def test_one_read_sees_one_moment(database: Database) -> None:
    looked, go_on = threading.Event(), threading.Event()

    def look_twice(conn: sa.Connection) -> tuple[str | None, str | None]:
        before = meta.get_meta(conn, "changing")
        looked.set()
        assert go_on.wait(30)
        return before, meta.get_meta(conn, "changing")

    await database.run(meta.set_meta, "changing", "old")
    async with asyncio.TaskGroup() as group:
        looking = group.create_task(database.read(look_twice))
        assert await asyncio.to_thread(looked.wait, 30)
        await database.run(meta.set_meta, "changing", "new")
        go_on.set()

    assert looking.result() == ("old", "old")
    assert await database.read(meta.get_meta, "changing") == "new"


async def test_a_closed_database_says_so(path: Path) -> None:
    async with Database.open(f"sqlite:///{path}") as database:
        pass

    with pytest.raises(DatabaseClosed):
        await database.run(meta.set_meta, "late", "yes")
    with pytest.raises(DatabaseClosed):
        await database.read(meta.get_meta, "late")


async def test_the_same_process_cannot_open_it_twice(database: Database, path: Path) -> None:
    with pytest.raises(DatabaseInUse) as refusal:
        async with Database.open(f"sqlite:///{path}"):
            pytest.fail("it opened")

    assert refusal.value.path == path
    await database.run(meta.set_meta, "unharmed", "yes")


async def test_a_second_process_is_refused(database: Database, path: Path) -> None:
    second = await asyncio.create_subprocess_exec(
        *LOAD, str(path), cwd=ROOT, stderr=asyncio.subprocess.PIPE
    )
    _, complaint = await second.communicate()

    assert second.returncode != 0
    assert b"DatabaseInUse" in complaint


async def test_of_200_holds_at_once_exactly_what_the_credits_allow_is_granted(
    database: Database,
) -> None:
    async with asyncio.TaskGroup() as group:
        creates = [
            group.create_task(raised_by(database.run(jobs.create, new_job(number), now=NOW)))
            for number in range(200)
        ]
    outcomes = [create.result() for create in creates]

    assert sum(outcome is None for outcome in outcomes) == 12
    assert sum(isinstance(outcome, NotEnoughCredits) for outcome in outcomes) == 188
    account = await database.run(ledger.account, GUILD, MEMBER, now=NOW)
    assert (account.posted, account.held, account.available) == (100, 96, 4)
    assert await database.read(ledger.check_books) == []


async def test_aiosqlite_still_has_the_two_private_names_storage_uses() -> None:
    async with aiosqlite.connect(":memory:") as thread:
        assert isinstance(thread._conn, sqlite3.Connection)
        name = await thread._execute(lambda suffix: threading.current_thread().name + suffix, "!")  # type: ignore[no-untyped-call]

    assert name.endswith("!")
    assert name != threading.current_thread().name + "!"
