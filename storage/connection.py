"""A SQLite connection with a thread of its own, spoken to in SQLAlchemy Core."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar, TypeVarTuple

import aiosqlite
import sqlalchemy as sa
from sqlalchemy.pool import StaticPool

A = TypeVarTuple("A")
T = TypeVar("T")

TROUBLES = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
    }
)
"""What is wrong with the file, the disk or a lock, whatever was asked; no wrong call ends so."""


class ThreadedConnection:
    """Runs whole functions on aiosqlite's thread: one hop, however many statements.

    SQLAlchemy's own driver for aiosqlite hops several times a statement and is many times slower.
    The price is three private names of aiosqlite, `_conn`, `_execute` and `_thread`; a test
    watches over them.
    """

    def __init__(self, thread: aiosqlite.Connection, conn: sa.Connection) -> None:
        self._thread = thread
        self._conn = conn

    async def run(self, function: Callable[[sa.Connection], T]) -> T:
        """Run a function on the thread. A caller that is cancelled does not stop it."""
        return await _hop(self._thread, function, self._conn)


@asynccontextmanager
async def connect(path: Path, pragmas: Sequence[str]) -> AsyncIterator[ThreadedConnection]:
    """Open a connection that begins no transaction by itself: who uses it says BEGIN."""
    async with _opened(path) as thread:
        engine = sa.create_engine(
            "sqlite://",
            creator=lambda: thread._conn,
            poolclass=StaticPool,
            hide_parameters=True,
        )
        conn = await _hop(thread, engine.connect)
        try:
            for pragma in pragmas:
                await _hop(thread, conn.exec_driver_sql, pragma)
            yield ThreadedConnection(thread, conn)
        finally:
            await _hop(thread, conn.close)


@asynccontextmanager
async def _opened(path: Path) -> AsyncIterator[aiosqlite.Connection]:
    connection = aiosqlite.connect(path, isolation_level=None)
    try:
        async with connection:
            yield connection
    finally:
        # Where the file cannot be opened, or closing it is cancelled, aiosqlite waits for its
        # thread no longer; the thread would then speak to a loop that may have closed.
        await asyncio.to_thread(connection._thread.join)


def code_of(error: BaseException) -> int | None:
    """SQLite's own number for an error, without what it adds in the upper bits."""
    cause = error.orig if isinstance(error, sa.exc.DBAPIError) else error
    code: int | None = getattr(cause, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF


async def _hop(thread: aiosqlite.Connection, function: Callable[[*A], T], *args: *A) -> T:
    # aiosqlite's own port to its thread has no types.
    result: T = await thread._execute(function, *args)  # type: ignore[no-untyped-call]
    return result
