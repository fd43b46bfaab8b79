from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.budget.reporting import ReportingService
from bot.jobs.files import JobFiles
from storage.books import check_books
from storage.database import Database
from tests.bot.budget.busy import NOW, live_through
from tests.prepared import made_once


@pytest.fixture(scope="session")
def busy_file(tmp_path_factory: pytest.TempPathFactory, empty_database: Path) -> Path:
    """The database of a busy guild, written once: a copy is a hundred times as quick."""

    def write(path: Path) -> None:
        shutil.copy(empty_database, path)
        engine = sa.create_engine(f"sqlite:///{path}", connect_args={"isolation_level": None})
        with engine.connect() as conn:
            conn.exec_driver_sql("BEGIN IMMEDIATE")
            live_through(conn)
            assert check_books(conn) == []
            conn.exec_driver_sql("COMMIT")
        engine.dispose()

    return made_once(tmp_path_factory, "busy.db", write)


@pytest.fixture
async def busy_database(busy_file: Path, tmp_path: Path) -> AsyncIterator[Database]:
    shutil.copy(busy_file, tmp_path / "busy.db")
    async with Database.open(f"sqlite:///{tmp_path}/busy.db") as database:
        yield database


@pytest.fixture
def busy(busy_database: Database, tmp_path: Path) -> ReportingService:
    return ReportingService(busy_database, JobFiles(tmp_path / "files"), clock=lambda: NOW)
