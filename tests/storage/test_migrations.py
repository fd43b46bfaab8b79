"""The revisions, applied to nothing, end at the tables that schema.py describes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from storage import draft_schema, extra_schema, plan_schema, upload_limits
from storage.migrate import migrate, newest_revision
from storage.schema import metadata
from tests.storage.examples import ROOT

# A table is known once its module is imported, and nothing else here imports these.
ELSEWHERE = (
    draft_schema.draft,
    extra_schema.extra,
    plan_schema.plan,
    upload_limits.upload_limit,
)


def head() -> str | None:
    config = Config()
    config.set_main_option("script_location", "storage:migrations")
    return ScriptDirectory.from_config(config).get_current_head()


def guards(conn: sa.Connection) -> set[tuple[str, str]]:
    """The triggers and indexes with their SQL, which Alembic does not compare."""
    rows = conn.exec_driver_sql(
        "SELECT name, sql FROM sqlite_master WHERE type IN ('trigger', 'index') AND sql NOT NULL"
    )
    return {(row.name, row.sql) for row in rows}


def columns(conn: sa.Connection, table: str) -> list[tuple[object, ...]]:
    """The columns with their types, defaults and keys, in their order."""
    return [tuple(row) for row in conn.exec_driver_sql(f"PRAGMA table_info({table})")]


def test_an_empty_file_is_brought_to_the_newest_revision(conn: sa.Connection) -> None:
    assert MigrationContext.configure(conn).get_current_revision() == head()


def test_the_newest_revision_is_known_by_its_files_name() -> None:
    assert newest_revision() == head()


def test_a_file_at_the_newest_revision_is_opened_without_alembic(tmp_path: Path) -> None:
    migrate(tmp_path / "zoetrope.db")
    again = (
        "import sys, pathlib, storage.migrate as m;"
        "m.migrate(pathlib.Path(sys.argv[1])); sys.exit('alembic' in sys.modules)"
    )

    done = subprocess.run(
        [sys.executable, "-c", again, tmp_path / "zoetrope.db"], cwd=ROOT, check=False
    )

    assert done.returncode == 0


def test_the_revisions_and_the_schema_describe_the_same_tables(conn: sa.Connection) -> None:
    assert compare_metadata(MigrationContext.configure(conn), metadata) == []


def test_the_revisions_and_the_schema_have_the_same_triggers_and_indexes(
    conn: sa.Connection,
) -> None:
    described = sa.create_engine("sqlite://")
    with described.connect() as fresh:
        metadata.create_all(fresh)

        assert len(guards(conn)) == 44
        assert guards(conn) == guards(fresh)
    described.dispose()


@pytest.mark.parametrize("table", list(metadata.tables))
def test_the_revisions_and_the_schema_have_the_same_columns_in_the_same_order(
    conn: sa.Connection, table: str
) -> None:
    described = sa.create_engine("sqlite://")
    with described.connect() as fresh:
        metadata.create_all(fresh)

        assert columns(conn, table) == columns(fresh, table)
    described.dispose()


def test_migrating_works_from_any_folder_and_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    migrate(Path("zoetrope.db"))
    migrate(Path("zoetrope.db"))

    assert Path("zoetrope.db").stat().st_size > 0
