"""What older versions held and took is counted by the migration, so no month begins anew."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from storage import jobs, ledger, spending
from storage.books import audit
from storage.cap_schema import CapScope, SpendingScope
from storage.errors import CapReached
from storage.jobs import JobState
from tests.storage.capped import cap, enrich, order, set_caps
from tests.storage.copies import LEFT_BY_0001
from tests.storage.examples import GUILD, LEASE, NOW


@pytest.fixture
def path(path: Path) -> Path:
    """A file of the first revision; `conn` migrates it."""
    with closing(sqlite3.connect(path)) as older, older:
        older.executescript(LEFT_BY_0001.read_text(encoding="utf-8"))
    return path


def test_what_was_held_and_taken_before_is_counted_on_its_day(conn: sa.Connection) -> None:
    held, taken = conn.exec_driver_sql(
        "SELECT sum(CASE state WHEN 'held' THEN credits ELSE 0 END), sum(captured_credits) "
        "FROM hold"
    ).one()
    days = conn.exec_driver_sql("SELECT DISTINCT day FROM hold").scalars().all()
    first = datetime.fromisoformat(min(days)).date()

    counted = spending.since(conn, GUILD, SpendingScope.GUILD, "", first)

    assert (held > 0, taken > 0) == (True, True)
    assert (counted.held, counted.spent) == (held, taken)
    assert audit(conn).discrepancies == ()


def test_a_cap_set_today_knows_what_was_spent_before_it(conn: sa.Connection) -> None:
    [day] = conn.exec_driver_sql("SELECT max(day) FROM hold").scalars().all()
    then = datetime.fromisoformat(day).replace(hour=23, tzinfo=UTC)
    enrich(conn)
    set_caps(conn, cap(CapScope.GUILD, "", 1))

    with pytest.raises(CapReached) as refusal:
        order(conn, 4_000, 1, now=then)

    assert refusal.value.left == 0


def test_an_older_hold_that_is_settled_now_moves_its_counters(conn: sa.Connection) -> None:
    claims = jobs.claim_due(conn, now=NOW + 2 * LEASE, lease=LEASE, limit=9)
    queued = next(job for job in claims if job.state is JobState.QUEUED)

    jobs.finish(conn, queued, JobState.CANCELLED, now=NOW, paid_credits=0, due_at=None)

    assert audit(conn).discrepancies == ()
    assert ledger.check_books(conn) == []
