"""Long reads have a thread of their own, and end when nobody waits for them."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest

from storage.beside import CannotRead, one_view, open_beside, stoppable
from storage.books import audit
from storage.database import Database


async def test_whoever_is_cancelled_stops_what_runs_for_them() -> None:
    begun, ended = threading.Event(), threading.Event()

    def work(stopping: threading.Event) -> None:
        begun.set()
        if stopping.wait(30):
            ended.set()

    running = asyncio.ensure_future(stoppable(work))
    assert await asyncio.to_thread(begun.wait, 30)
    running.cancel()

    assert await asyncio.to_thread(ended.wait, 30)


COUNT = """
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000000)
SELECT max(i) FROM n
"""


def test_a_query_is_broken_off_once_the_event_is_set(database: Database, path: Path) -> None:
    stopping = threading.Event()
    stopping.set()

    with (
        pytest.raises(CannotRead, match="interrupted"),
        open_beside(path, stopping) as connection,
    ):
        connection.execute(COUNT).fetchall()


def test_nothing_can_be_written(database: Database, path: Path) -> None:
    with (
        pytest.raises(CannotRead, match="readonly"),
        open_beside(path, threading.Event()) as connection,
    ):
        connection.execute("DELETE FROM meta")


def test_what_lacks_tables_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "empty.db").touch()

    with (
        pytest.raises(CannotRead, match="no such table"),
        open_beside(tmp_path / "empty.db", threading.Event()) as connection,
        one_view(connection) as conn,
    ):
        audit(conn)
