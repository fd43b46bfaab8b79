"""docs/books.md knows every table, and its questions can be asked as they stand there."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from storage import jobs
from storage.jobs import JobState
from tests.storage.examples import MEMBER, NOW, ROOT, in_state

PAGE = (ROOT / "docs" / "books.md").read_text(encoding="utf-8")
QUESTIONS = re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL)


def test_every_table_is_on_the_page(conn: sa.Connection) -> None:
    tables = set(sa.inspect(conn).get_table_names()) - {"alembic_version"}
    cells = re.findall(r"^\| (`.*?) \|", PAGE, re.MULTILINE)

    assert set(re.findall(r"`(\w+)`", " ".join(cells))) == tables


@pytest.fixture
def told(conn: sa.Connection) -> sa.Connection:
    """A job that was delivered, and a loss."""
    job = in_state(conn, JobState.FETCHED)
    jobs.finish(
        conn,
        job,
        JobState.DELIVERED,
        now=NOW,
        paid_credits=5,
        house_loss_credits=2,
        due_at=None,
    )
    return conn


@pytest.mark.parametrize(
    ("question", "answers", "telling"),
    [
        (0, 3, {"phase": "settle", "posted_after": 95, "by_member": None}),
        (1, 3, {"phase": "loss", "on_account": "house", "paid_credits": 5}),
        (2, 1, {"provider": "local", "jobs": 1, "credits": 2}),
        (3, 1, {"day": "2026-05-04", "given": 100, "paid": 5, "lost": 2}),
    ],
)
def test_a_question_is_answered(
    told: sa.Connection, question: int, answers: int, telling: dict[str, object]
) -> None:
    asked = QUESTIONS[question].replace("the id under the clip", "1")

    rows = [dict(row._mapping) for row in told.exec_driver_sql(asked)]

    assert len(rows) == answers
    assert any(telling.items() <= row.items() for row in rows)


def test_the_last_question_names_who_has_what_no_entry_says(told: sa.Connection) -> None:
    assert told.exec_driver_sql(QUESTIONS[4]).all() == []

    told.exec_driver_sql(f"UPDATE account SET posted = 96 WHERE member_id = {MEMBER}")

    assert [row.posted for row in told.exec_driver_sql(QUESTIONS[4])] == [96]
