"""One SQLite file: one process, one writer that commits in batches, one reader.

Whatever touches the database is a plain synchronous function of a connection, so nothing can wait
for the network inside a transaction. Other processes may read beside it.
"""

from __future__ import annotations

import asyncio
import enum
import fcntl
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Concatenate, ParamSpec, Self, TextIO, TypeVar, assert_never

import sqlalchemy as sa

from storage.connection import TROUBLES, ThreadedConnection, code_of, connect
from storage.errors import BadDatabaseUrl, DatabaseClosed, DatabaseInUse, NotRead, NotWritten
from storage.migrate import migrate, newest_revision
from storage.writer import Writer

P = ParamSpec("P")
T = TypeVar("T")

# FULL, because a commit lost with the power could be the intent of a submit that was paid for.
WRITER_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA busy_timeout = 5000",
)
READER_PRAGMAS = ("PRAGMA query_only = ON", "PRAGMA busy_timeout = 5000")


class Standing(enum.Enum):
    """What a database is to this version of the bot."""

    MISSING = enum.auto()
    OLDER = enum.auto()
    """The next start brings it up to date."""
    CURRENT = enum.auto()


class Reader:
    """What is stored, to be looked at."""

    def __init__(self, reader: ThreadedConnection) -> None:
        self._reader = reader
        self._is_open = True

    async def read(
        self,
        function: Callable[Concatenate[sa.Connection, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Run a function that only reads, on one unchanging view.

        Raises NotRead and DatabaseClosed.
        """
        self._check_open()
        try:
            return await self._reader.run(lambda conn: _view(conn, function, *args, **kwargs))
        except (sqlite3.Error, sa.exc.DBAPIError) as error:
            if code_of(error) not in TROUBLES:
                raise
            raise NotRead(_why(error)) from error

    def _check_open(self) -> None:
        if not self._is_open:
            raise DatabaseClosed


class Database(Reader):
    """The one port to what is stored."""

    def __init__(self, writer: Writer, reader: ThreadedConnection) -> None:
        super().__init__(reader)
        self._writer = writer

    @classmethod
    @asynccontextmanager
    async def open(cls, url: str) -> AsyncIterator[Self]:
        """Open the database at a `sqlite:///path` address; make it, or bring it up to date.

        Raises BadDatabaseUrl, also where it cannot be written, and DatabaseInUse if another process
        has it open.
        """
        path = path_of(url)
        with locked(path):
            await asyncio.to_thread(migrate, path)
            async with AsyncExitStack() as stack:
                database = await cls._connected(path, stack)
                try:
                    yield database
                finally:
                    database._is_open = False

    @classmethod
    async def _connected(cls, path: Path, stack: AsyncExitStack) -> Self:
        try:
            # The reader closes first: SQLite before 3.51.3 can corrupt a file that two connections
            # checkpoint at once, and only the last to close checkpoints.
            writer = await stack.enter_async_context(connect(path, WRITER_PRAGMAS))
            reader = await stack.enter_async_context(connect(path, READER_PRAGMAS))
            database = cls(Writer(writer), reader)
            await database.run(lambda conn: None)
        except (sqlite3.Error, sa.exc.DBAPIError, NotWritten) as error:
            raise BadDatabaseUrl(f"{path} cannot be opened: {_why(error)}") from error
        return database

    @staticmethod
    @asynccontextmanager
    async def open_for_reading(url: str) -> AsyncIterator[Reader]:
        """Open the database beside whoever runs on it; nothing is made or changed.

        Raises BadDatabaseUrl, also where there is no database, or one of another version.
        """
        path = path_of(url)
        match await standing(url):
            case Standing.MISSING:
                raise BadDatabaseUrl(f"there is no database at {path} yet; `run` makes one")
            case Standing.OLDER:
                raise BadDatabaseUrl(
                    f"{path} was written by an older version; start the bot to bring it up to date"
                )
            case Standing.CURRENT:
                # In WAL mode readers and the writer do not wait for each other, and a connection
                # that is not the last to close leaves the checkpoint to the others.
                async with connect(path, READER_PRAGMAS) as connection:
                    reader = Reader(connection)
                    try:
                        yield reader
                    finally:
                        reader._is_open = False
            case other:
                assert_never(other)

    async def run(
        self,
        function: Callable[Concatenate[sa.Connection, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Run a function in a transaction; what it wrote is on disk when this returns.

        If it raises, what it wrote is undone. A caller that is cancelled cannot know which: the
        function runs whole or not at all. Raises NotWritten and DatabaseClosed.
        """
        self._check_open()
        return await self._writer.run(lambda conn: function(conn, *args, **kwargs))


async def standing(url: str) -> Standing:
    """Look at a database without changing it. Raises BadDatabaseUrl where it cannot be used."""
    path = path_of(url)
    if not await asyncio.to_thread(path.exists):
        return Standing.MISSING
    try:
        async with connect(path, READER_PRAGMAS) as reader:
            revision = await reader.run(_revision)
    except (sqlite3.Error, sa.exc.DBAPIError) as error:
        raise BadDatabaseUrl(f"{path} cannot be opened: {_why(error)}") from error
    newest = newest_revision()
    if revision > newest:
        raise BadDatabaseUrl(f"{path} was written by a newer version of the bot")
    return Standing.CURRENT if revision == newest else Standing.OLDER


def _why(error: Exception) -> str:
    return str(error.orig if isinstance(error, sa.exc.DBAPIError) else error)


def _revision(conn: sa.Connection) -> str:
    """Where it stands; empty for a file without tables, which the next start fills."""
    if not sa.inspect(conn).has_table("alembic_version"):
        return ""
    return conn.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() or ""


def _view(
    conn: sa.Connection,
    function: Callable[Concatenate[sa.Connection, P], T],
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    conn.exec_driver_sql("BEGIN")
    try:
        return function(conn, *args, **kwargs)
    finally:
        conn.exec_driver_sql("ROLLBACK")


def path_of(url: str) -> Path:
    """Where the file of a database lies. Raises BadDatabaseUrl."""
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError as error:
        raise BadDatabaseUrl("the database address is not like sqlite:///data/file.db") from error
    if parsed.get_backend_name() != "sqlite":
        raise BadDatabaseUrl(f"only SQLite can be used for now, not {parsed.get_backend_name()}")
    if parsed.database in (None, "", ":memory:"):
        raise BadDatabaseUrl("the database needs a file, as in sqlite:///data/file.db")
    return Path(parsed.database)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keep other processes out, for as long as this one lives."""
    with _opened_lock(path) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DatabaseInUse(path) from None
        yield


def _opened_lock(path: Path) -> TextIO:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.with_name(f"{path.name}.lock").open("a")
    except OSError as error:
        raise BadDatabaseUrl(f"{path} cannot be opened: {error.strerror}") from error
