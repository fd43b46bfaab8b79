"""The books balance, and whoever tampers with them is found out."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from storage import jobs, ledger
from storage.books import check_at_start
from storage.errors import BooksDoNotBalance
from storage.jobs import JobState
from storage.ledger import Discrepancy
from tests.storage.examples import GUILD, MEMBER, NOW, claimed, in_state, new_job, plan

WHOSE = f"member {MEMBER} of guild {GUILD}"


@pytest.fixture
def books(conn: sa.Connection) -> sa.Connection:
    """A held, a captured and a released job, and a loss; and no trigger to protect them."""
    jobs.create(conn, new_job(1), now=NOW)
    fetched = in_state(conn, JobState.FETCHED, 2)
    jobs.finish(conn, fetched, JobState.DELIVERED, now=NOW, paid_credits=5, due_at=None)
    jobs.finish(
        conn,
        claimed(conn, 3),
        JobState.FAILED,
        now=NOW,
        paid_credits=0,
        house_loss_credits=1,
        due_at=None,
    )
    for trigger in ("entry_update", "entry_delete", "hold_delete"):
        conn.exec_driver_sql(f"DROP TRIGGER {trigger}")
    return conn


def test_books_that_nobody_touched_balance(books: sa.Connection) -> None:
    assert ledger.check_books(books) == []


@pytest.mark.parametrize(
    ("tampering", "what", "expected", "found"),
    [
        ("UPDATE account SET posted = 9999 WHERE kind = 'member'", "posted credits", 95, 9999),
        ("UPDATE account SET held = 9 WHERE kind = 'member'", "held credits", 8, 9),
        ("UPDATE account SET held = 9 WHERE kind = 'member'", "sum of the open holds", 9, 8),
        ("UPDATE account SET posted = 0 WHERE kind = 'house'", "posted credits", -1, 0),
        ("UPDATE account SET entries = 7 WHERE kind = 'member'", "number of entries", 7, 6),
        (
            "UPDATE entry SET posted_change = 1000 WHERE phase = 'grant'",
            "posted credits after entry 1",
            1000,
            100,
        ),
        (
            "UPDATE entry SET held_after = 3 WHERE source = '1'",
            "held credits after entry 2",
            8,
            3,
        ),
        ("UPDATE hold SET credits = 7 WHERE job_id = '1'", "credits set aside for job 1", 7, 8),
        (
            "UPDATE hold SET captured_credits = 4 WHERE job_id = '2'",
            "credits taken for job 2",
            4,
            5,
        ),
        ("UPDATE hold SET state = 'released' WHERE job_id = '1'", "settlements of job 1", 1, 0),
        (
            "UPDATE hold SET state = 'held' WHERE job_id = '3'",
            "credits no longer held for job 3",
            0,
            8,
        ),
        ("DELETE FROM entry WHERE source = '3'", "number of entries", 6, 4),
        ("UPDATE entry SET source = 'x' WHERE source = '1'", "holds of job x", 1, 0),
    ],
)
def test_tampering_is_found(
    books: sa.Connection, tampering: str, what: str, expected: int, found: int
) -> None:
    books.exec_driver_sql(tampering)

    assert (what, expected, found) in [
        (each.what, each.expected, each.found) for each in ledger.check_books(books)
    ]


@pytest.mark.parametrize(
    ("tampering", "what", "expected", "found"),
    [
        ("UPDATE account SET posted = 9999 WHERE kind = 'member'", "posted credits", 95, 9999),
        ("UPDATE account SET held = 9 WHERE kind = 'member'", "held credits", 8, 9),
        ("UPDATE hold SET credits = 7 WHERE job_id = '1'", "sum of the open holds", 8, 7),
        ("SELECT 1", "trigger entry_update", "as the bot makes it", "gone"),
    ],
)
def test_what_is_quickly_seen_is_found_at_start(
    books: sa.Connection, tampering: str, what: str, expected: int | str, found: int | str
) -> None:
    books.exec_driver_sql(tampering)

    assert (what, expected, found) in [
        (each.what, each.expected, each.found) for each in check_at_start(books)
    ]


def test_an_end_cut_off_is_found_at_start(books: sa.Connection) -> None:
    books.exec_driver_sql("DELETE FROM entry WHERE source = '3'")

    assert "digest of the newest entry" in [each.what for each in check_at_start(books)]


def test_the_check_at_start_reads_no_entry_but_the_newest(conn: sa.Connection) -> None:
    jobs.create(conn, new_job(1), now=NOW)

    steps = plan(conn, check_at_start)

    assert [step for step in steps if step.startswith("SCAN entry")] == []
    assert [step for step in steps if step.startswith("SCAN hold")] == [
        "SCAN hold USING INDEX hold_open"
    ]


def test_a_discrepancy_reads_as_a_sentence(books: sa.Connection) -> None:
    books.exec_driver_sql("UPDATE account SET posted = 9999 WHERE kind = 'member'")

    [discrepancy] = [one for one in ledger.check_books(books) if one.what == "posted credits"]

    assert discrepancy == Discrepancy(account=WHOSE, what="posted credits", expected=95, found=9999)
    assert str(discrepancy) == f"{WHOSE}: posted credits should be 95 and is 9999"
    assert str(BooksDoNotBalance([discrepancy])) == str(discrepancy)
    assert BooksDoNotBalance([discrepancy]).discrepancies == (discrepancy,)
