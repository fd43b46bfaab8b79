"""The single writer: calls share a commit, not a fate, and nobody hears of success too early."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any, Self, TypeVar, cast

import pytest
import sqlalchemy as sa

from storage import jobs, ledger, meta
from storage.database import Database
from storage.errors import (
    NotEnoughCredits,
    NotWritten,
)
from tests.storage.examples import GUILD, MEMBER, NOW, new_job

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
    conn.exec_driver_sql(
        "INSERT INTO hold (job_id, account_id, credits, state) VALUES ('orphan', 999, 0, 'held')"
    )


async def raised_by(call: Coroutine[Any, Any, object]) -> Exception | None:
    try:
        await call
    except Exception as error:
        return error
    return None


class Batch:
    """Calls that end up in one transaction, because the writer was busy while they came."""

    def __init__(self, database: Database, group: asyncio.TaskGroup) -> None:
        self._database = database
        self._group = group
        self._is_busy = threading.Event()
        self._is_complete = threading.Event()

    async def __aenter__(self) -> Self:
        self._group.create_task(self._database.run(self._keep_busy))
        assert await asyncio.to_thread(self._is_busy.wait, 30)
        return self

    def _keep_busy(self, conn: sa.Connection) -> None:
        self._is_busy.set()
        assert self._is_complete.wait(30)

    async def add(self, function: Callable[..., T], *args: object) -> asyncio.Task[T]:
        call = self._group.create_task(self._database.run(function, *args))
        await asyncio.sleep(0)
        return call

    async def __aexit__(self, *error: object) -> None:
        self._is_complete.set()


async def test_nobody_hears_of_success_before_the_commit(database: Database, path: Path) -> None:
    committing, go_on = threading.Event(), threading.Event()

    def linger(sql: str) -> None:
        if sql == "COMMIT":
            committing.set()
            assert go_on.wait(30)

    def write(conn: sa.Connection) -> None:
        meta.set_meta(conn, "early", "yes")
        cast("sqlite3.Connection", conn.connection.driver_connection).set_trace_callback(linger)

    async with asyncio.TaskGroup() as group:
        async with Batch(database, group) as batch:
            first = await batch.add(write)
            second = await batch.add(meta.get_meta, "early")
        assert await asyncio.to_thread(committing.wait, 30)
        # Had anybody been told already, two turns of the loop would show it.
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert not first.done()
        assert not second.done()
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


def write_many(conn: sa.Connection) -> None:
    """One statement of many rows: of such a one SQLite undoes no more than itself."""
    conn.exec_driver_sql(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) "
        "INSERT INTO meta SELECT 'row ' || i, hex(zeroblob(500)) FROM n"
    )


def write_although_it_fails(conn: sa.Connection) -> None:
    with suppress(sa.exc.OperationalError):
        write_many(conn)
    assert cast("sqlite3.Connection", conn.connection.driver_connection).in_transaction
    write_many(conn)


async def test_a_disk_that_fills_up_in_the_middle_of_a_batch_takes_nothing_of_it(
    database: Database,
) -> None:
    pages = await database.read(lambda conn: conn.exec_driver_sql("PRAGMA page_count").scalar_one())
    limit = f"PRAGMA max_page_count = {pages + 2}"
    await database.run(lambda conn: conn.exec_driver_sql(limit).close())

    async with asyncio.TaskGroup() as group, Batch(database, group):
        before = group.create_task(raised_by(database.run(meta.set_meta, "before", "yes")))
        guilty = group.create_task(raised_by(database.run(write_although_it_fails)))
        after = group.create_task(raised_by(database.run(meta.set_meta, "after", "yes")))
        await asyncio.sleep(0)

    assert [type(call.result()) for call in (before, guilty, after)] == [NotWritten] * 3
    assert await database.read(meta.get_meta, "before") is None
    await database.run(meta.set_meta, "later", "yes")
    assert await database.read(meta.get_meta, "later") == "yes"
