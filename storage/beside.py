"""Reading a database file beside whoever runs on it, on a connection and a thread of its own.

Long reads belong here: the bot's own reader stays free meanwhile.
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

import sqlalchemy as sa
from sqlalchemy.pool import StaticPool

from storage.errors import StorageError

P = ParamSpec("P")
T = TypeVar("T")

STEPS_BETWEEN_LOOKS = 10_000
"""So many of SQLite's own steps take about a millisecond."""


class CannotRead(StorageError):
    """The file is no database, is damaged, or was not to be had; its text is a plain sentence."""


async def stoppable(
    function: Callable[Concatenate[threading.Event, P], T], *args: P.args, **kwargs: P.kwargs
) -> T:
    """Run a function on a thread, and set its event when nobody waits for it any more."""
    stopping = threading.Event()
    try:
        return await asyncio.to_thread(function, stopping, *args, **kwargs)
    finally:
        stopping.set()


@contextmanager
def open_beside(path: Path, stopping: threading.Event) -> Iterator[sqlite3.Connection]:
    """Open a file that is there for reading; once the event is set, what runs is broken off.

    Raises CannotRead, also for what goes wrong inside the block.
    """
    try:
        # The read-only mode, and not query_only, lets VACUUM INTO write its copy.
        address = f"{path.absolute().as_uri()}?mode=ro"
        connection = sqlite3.connect(address, uri=True, isolation_level=None)
        with contextlib.closing(connection):
            connection.set_progress_handler(stopping.is_set, STEPS_BETWEEN_LOOKS)
            connection.execute("PRAGMA busy_timeout = 5000")
            # Letters that are none, written by hand, must not end the reading.
            connection.text_factory = partial(str, encoding="utf-8", errors="backslashreplace")
            yield connection
    except sqlite3.Error as error:
        raise CannotRead(f"{path} cannot be read: {error}") from error


@contextmanager
def one_view(connection: sqlite3.Connection) -> Iterator[sa.Connection]:
    """See one unchanging state of the database, through SQLAlchemy."""
    engine = sa.create_engine("sqlite://", creator=lambda: connection, poolclass=StaticPool)
    connection.execute("BEGIN")
    try:
        with engine.connect() as conn:
            yield conn
    except sa.exc.DBAPIError as error:
        raise CannotRead(f"the database cannot be read: {error.orig}") from error
    finally:
        connection.rollback()
