"""A database that revision 0001 left, with jobs in every state, goes on at the next revision."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from storage import jobs, ledger
from storage.errors import BadDatabaseUrl
from storage.jobs import JobState
from storage.migrate import migrate
from tests.storage.examples import LEASE, NOW, ROOT, new_job

LEFT_BY_0001 = ROOT / "tests" / "storage" / "revision_0001.sql"
NEW_COLUMNS = {
    "last_frame": None,
    "audio": None,
    "negative_prompt": None,
    "resolution": "",
    "sound": 0,
    "hint": None,
    "not_before": None,
    "turn": 0,
    "parent_id": None,
    "price_percent": 100,
    "provider_microdollars": None,
    "refused_pays": 0,
    "approved_at": None,
    "inset": None,
}


@pytest.fixture
def path(path: Path) -> Path:
    """The file as the older program left it; `conn` brings it to the newest revision."""
    with closing(sqlite3.connect(path)) as older:
        older.executescript(LEFT_BY_0001.read_text(encoding="utf-8"))
    return path


def rows(path: Path) -> list[dict[str, Any]]:
    with closing(sqlite3.connect(path)) as file:
        file.row_factory = sqlite3.Row
        return [dict(row) for row in file.execute("SELECT * FROM job ORDER BY id")]


def test_every_job_is_kept_as_it_was(path: Path) -> None:
    before = rows(path)

    migrate(path)

    assert {row["state"] for row in before} == set(JobState) - {
        JobState.LATE,
        JobState.NEEDS_APPROVAL,
    }
    assert rows(path) == [{**row, **NEW_COLUMNS} for row in before]


def test_the_file_is_whole_and_the_books_balance(conn: sa.Connection) -> None:
    assert conn.exec_driver_sql("PRAGMA foreign_key_check").all() == []
    assert conn.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"
    assert ledger.check_books(conn) == []


def test_older_jobs_are_read_and_visited(conn: sa.Connection) -> None:
    running = jobs.get(conn, "3")
    assert (running.picture, running.shape) == ("3.jpg", "16:9")
    assert (running.task, running.hint) == ({"id": "task-3", "attempt": 1}, None)
    assert (running.prompt, running.sound) == ("snow, it's “falling”\nslowly", False)

    claims = jobs.claim_due(conn, now=NOW + 2 * LEASE, lease=LEASE, limit=9)

    assert {claim.id for claim in claims} == {"1", "2", "3", "4", "5", "6"}


def test_jobs_without_a_picture_can_now_be_made(conn: sa.Connection) -> None:
    assert jobs.create(conn, new_job(10, picture=None, shape=None), now=NOW).picture is None


@pytest.mark.parametrize(
    ("sql", "refusal"),
    [
        ("DELETE FROM job", "jobs are never deleted"),
        ("UPDATE job SET id = 'without a hold' WHERE id = '1'", "FOREIGN KEY"),
        ("UPDATE job SET interaction_id = 2 WHERE id = '1'", "UNIQUE"),
        ("UPDATE job SET prompt = NULL", "NOT NULL"),
    ],
)
def test_the_new_table_refuses_what_the_old_one_did(
    conn: sa.Connection, sql: str, refusal: str
) -> None:
    with pytest.raises(IntegrityError, match=refusal):
        conn.exec_driver_sql(sql)


def test_a_revision_that_fails_at_its_end_leaves_the_file_as_it_was(path: Path) -> None:
    with closing(sqlite3.connect(path)) as file:
        file.execute("CREATE INDEX job_finished ON job (finished_at)")
        before = list(file.iterdump())

    with pytest.raises(BadDatabaseUrl, match="job_finished"):
        migrate(path)

    with closing(sqlite3.connect(path)) as file:
        assert list(file.iterdump()) == before
