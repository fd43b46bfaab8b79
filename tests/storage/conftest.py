"""A real SQLite file for every test."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from storage.database import Database
from storage.migrate import migrate
from tests.prepared import made_once
from tests.storage.copies import open_account
from tests.storage.examples import MEMBER


@pytest.fixture(scope="session")
def newest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database at the newest revision, made once: a copy is ten times as quick."""
    return made_once(tmp_path_factory, "empty.db", migrate)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "zoetrope.db"


@pytest.fixture
async def database(path: Path, newest: Path) -> AsyncIterator[Database]:
    shutil.copy(newest, path)
    async with Database.open(f"sqlite:///{path}") as database:
        yield database


@pytest.fixture
def conn(path: Path, newest: Path) -> Iterator[sa.Connection]:
    """A connection inside a transaction, as storage's functions get it."""
    if path.exists():
        migrate(path)
    else:
        shutil.copy(newest, path)
    engine = sa.create_engine(f"sqlite:///{path}", connect_args={"isolation_level": None})
    with engine.connect() as conn:
        conn.exec_driver_sql("PRAGMA foreign_keys = ON")
        conn.exec_driver_sql("BEGIN IMMEDIATE")
        yield conn
    engine.dispose()


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """Where a backup is to be written."""
    return tmp_path / "copies" / "one.db"


@pytest.fixture
def closed(path: Path, newest: Path) -> Path:
    """A database nobody runs on, with one member in it."""
    shutil.copy(newest, path)
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.begin() as conn:
        open_account(conn, MEMBER)
    engine.dispose()
    return path
