"""The port to the database: who may open it, and what reading and closing promise."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import threading
from pathlib import Path

import aiosqlite
import pytest
import sqlalchemy as sa

from storage import meta
from storage.connection import connect
from storage.database import Database, Standing, standing
from storage.errors import (
    BadDatabaseUrl,
    DatabaseClosed,
    DatabaseInUse,
    NotWritten,
)
from tests.storage.examples import LOAD, ROOT


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


async def test_a_folder_that_cannot_be_made_is_told_in_a_sentence(path: Path) -> None:
    await asyncio.to_thread(path.write_text, "a file where a folder should be")

    with pytest.raises(BadDatabaseUrl, match="cannot be opened"):
        async with Database.open(f"sqlite:///{path / 'zoetrope.db'}"):
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


async def test_a_disk_that_is_full_is_told_from_a_wrong_call(database: Database) -> None:
    pages = await database.read(lambda conn: conn.exec_driver_sql("PRAGMA page_count").scalar_one())
    limit = f"PRAGMA max_page_count = {pages}"
    await database.run(lambda conn: conn.exec_driver_sql(limit).close())

    with pytest.raises(NotWritten, match="full"):
        await database.run(meta.set_meta, "large", "x" * 1_000_000)

    await database.run(lambda conn: conn.exec_driver_sql("PRAGMA max_page_count = 99999").close())
    await database.run(meta.set_meta, "large", "x" * 1_000_000)
    assert await database.read(meta.get_meta, "large") == "x" * 1_000_000


async def test_a_second_process_is_refused(database: Database, path: Path) -> None:
    second = await asyncio.create_subprocess_exec(
        *LOAD, str(path), cwd=ROOT, stderr=asyncio.subprocess.PIPE
    )
    _, complaint = await second.communicate()

    assert second.returncode != 0
    assert b"DatabaseInUse" in complaint


async def test_no_thread_outlives_a_file_that_cannot_be_opened(tmp_path: Path) -> None:
    before = set(threading.enumerate())

    for _ in range(50):
        with pytest.raises(sqlite3.OperationalError):
            async with connect(tmp_path, ()):
                pytest.fail("it opened")
        assert not [
            thread.name
            for thread in set(threading.enumerate()) - before
            if "connection_worker" in thread.name
        ]


async def test_aiosqlite_still_has_the_three_private_names_storage_uses() -> None:
    async with aiosqlite.connect(":memory:") as thread:
        assert isinstance(thread._conn, sqlite3.Connection)
        assert isinstance(thread._thread, threading.Thread)
        name = await thread._execute(lambda suffix: threading.current_thread().name + suffix, "!")  # type: ignore[no-untyped-call]  # private

    assert name.endswith("!")
    assert name != threading.current_thread().name + "!"


async def test_another_reads_beside_the_one_that_writes(database: Database, path: Path) -> None:
    await database.run(meta.set_meta, "colour", "green")

    async with Database.open_for_reading(f"sqlite:///{path}") as reader:
        assert await reader.read(meta.get_meta, "colour") == "green"
        await database.run(meta.set_meta, "colour", "blue")
        assert await reader.read(meta.get_meta, "colour") == "blue"

    await database.run(meta.set_meta, "colour", "red")
    assert await database.read(meta.get_meta, "colour") == "red"


async def test_a_long_look_does_not_hold_up_the_writer(database: Database, path: Path) -> None:
    looked, go_on = threading.Event(), threading.Event()

    def look_long(conn: sa.Connection) -> None:
        meta.get_meta(conn, "colour")
        looked.set()
        assert go_on.wait(30)

    async with (
        Database.open_for_reading(f"sqlite:///{path}") as reader,
        asyncio.TaskGroup() as group,
    ):
        group.create_task(reader.read(look_long))
        assert await asyncio.to_thread(looked.wait, 30)
        await database.run(meta.set_meta, "written", "meanwhile")
        go_on.set()

    assert await database.read(meta.get_meta, "written") == "meanwhile"


async def test_who_opens_to_read_cannot_write_and_keeps_nobody_out(path: Path) -> None:
    async with Database.open(f"sqlite:///{path}"):
        pass

    async with Database.open_for_reading(f"sqlite:///{path}") as reader:
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            await reader.read(meta.set_meta, "sneaked", "in")
        async with Database.open(f"sqlite:///{path}") as database:
            await database.run(meta.set_meta, "opened", "all the same")
        assert await reader.read(meta.get_meta, "opened") == "all the same"

    with pytest.raises(DatabaseClosed):
        await reader.read(meta.get_meta, "opened")


async def test_what_a_bot_that_died_had_committed_can_be_read(
    database: Database, path: Path, tmp_path: Path
) -> None:
    await database.run(meta.set_meta, "colour", "green")
    left = tmp_path / "left.db"
    for suffix in ("", "-wal"):
        await asyncio.to_thread(shutil.copy, f"{path}{suffix}", f"{left}{suffix}")

    async with Database.open_for_reading(f"sqlite:///{left}") as reader:
        assert await reader.read(meta.get_meta, "colour") == "green"


async def test_reading_makes_no_database_where_there_is_none(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'data' / 'zoetrope.db'}"

    assert await standing(url) is Standing.MISSING
    with pytest.raises(BadDatabaseUrl, match="there is no database at"):
        async with Database.open_for_reading(url):
            pytest.fail("it opened")

    assert await asyncio.to_thread(os.listdir, tmp_path) == []


@pytest.mark.parametrize("is_empty", [True, False])
async def test_an_older_database_is_left_as_it_is(path: Path, is_empty: bool) -> None:
    with sqlite3.connect(path) as older:
        if not is_empty:
            older.executescript(
                "CREATE TABLE alembic_version (version_num TEXT);"
                "INSERT INTO alembic_version VALUES ('0001')"
            )
    older.close()
    before = await asyncio.to_thread(path.read_bytes)

    assert await standing(f"sqlite:///{path}") is Standing.OLDER
    with pytest.raises(BadDatabaseUrl, match="older version; start the bot"):
        async with Database.open_for_reading(f"sqlite:///{path}"):
            pytest.fail("it opened")

    assert await asyncio.to_thread(path.read_bytes) == before


async def test_what_cannot_be_read_is_told_in_a_sentence(path: Path, tmp_path: Path) -> None:
    async with Database.open(f"sqlite:///{path}"):
        pass
    with sqlite3.connect(path) as newer:
        newer.execute("UPDATE alembic_version SET version_num = '9999'")
    newer.close()
    garbage = tmp_path / "garbage.db"
    await asyncio.to_thread(garbage.write_text, "a shopping list, long enough for a page\n" * 40)

    for file, why in ((path, "newer version"), (garbage, "not a database"), (tmp_path, "opened")):
        with pytest.raises(BadDatabaseUrl, match=why):
            await standing(f"sqlite:///{file}")
        with pytest.raises(BadDatabaseUrl, match=why):
            async with Database.open_for_reading(f"sqlite:///{file}"):
                pytest.fail("it opened")


async def test_a_database_that_is_up_to_date_is_called_so(database: Database, path: Path) -> None:
    assert await standing(f"sqlite:///{path}") is Standing.CURRENT
