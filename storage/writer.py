"""The single writer: every call that waits goes into one transaction, with a savepoint each.

A commit waits milliseconds for the disk whatever it carries, so a batch of 200 calls is nearly as
quick as one. Nobody hears of success before the commit.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from threading import Lock
from typing import Any, Generic, TypeVar, cast

import sqlalchemy as sa

from storage.connection import TROUBLES, ThreadedConnection, code_of
from storage.errors import NotWritten

T = TypeVar("T")

DOUBTS = TROUBLES | {sqlite3.SQLITE_READONLY}


class Call(Generic[T]):
    """One function that waits for its turn, and what became of it."""

    def __init__(self, function: Callable[[sa.Connection], T], done: asyncio.Future[None]) -> None:
        self.function = function
        self.done = done
        self.value: T | None = None
        self.error: BaseException | None = None

    def result(self) -> T:
        """Return or raise what the function did."""
        if self.error is not None:
            raise self.error
        return cast("T", self.value)


class Writer:
    """Runs functions in the order they came, all that wait in one transaction."""

    def __init__(self, connection: ThreadedConnection) -> None:
        self._connection = connection
        self._waiting: list[Call[Any]] = []
        # The event loop adds to the list, the connection's thread takes it away.
        self._lock = Lock()

    async def run(self, function: Callable[[sa.Connection], T]) -> T:
        """Run a function, and return once its transaction is on disk.

        An error rolls this function back and no other. When the caller is cancelled, the function
        has run or runs whole, or not at all. Raises NotWritten, and what the function raises.
        """
        call = Call(function, asyncio.get_running_loop().create_future())
        with self._lock:
            self._waiting.append(call)
            is_first = len(self._waiting) == 1
        if is_first:
            await self._connection.run(self._run_waiting)
        await call.done
        return call.result()

    def _run_waiting(self, conn: sa.Connection) -> None:
        with self._lock:
            waiting, self._waiting = self._waiting, []
        batch = [call for call in waiting if not call.done.cancelled()]
        try:
            _transact(conn, batch)
        except BaseException as error:
            for call in batch:
                call.error = NotWritten(str(error))
                call.error.__cause__ = error
        # Whoever sent this batch on its way is in it: that caller cannot be cancelled before.
        batch[0].done.get_loop().call_soon_threadsafe(_tell, batch)


def _transact(conn: sa.Connection, batch: Sequence[Call[Any]]) -> None:
    raw = cast("sqlite3.Connection", conn.connection.driver_connection)
    try:
        raw.execute("BEGIN IMMEDIATE")
        for call in batch:
            _attempt(conn, raw, call)
        raw.execute("COMMIT")
    finally:
        raw.rollback()


def _attempt(conn: sa.Connection, raw: sqlite3.Connection, call: Call[Any]) -> None:
    raw.execute("SAVEPOINT call")
    try:
        call.value = call.function(conn)
    except BaseException as error:
        if not raw.in_transaction or code_of(error) in DOUBTS:
            # A full or broken disk. Sometimes SQLite has undone the whole batch, sometimes one
            # statement of it; either way nobody's money may rest on what is left.
            raise
        call.error = error
        raw.execute("ROLLBACK TO call")
    raw.execute("RELEASE call")


def _tell(batch: Sequence[Call[Any]]) -> None:
    for call in batch:
        if not call.done.done():
            call.done.set_result(None)
