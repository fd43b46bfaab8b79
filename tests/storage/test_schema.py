"""What the database itself refuses, whatever the code says."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from storage import jobs, ledger
from storage.jobs import JobState
from tests.storage.examples import GUILD, MEMBER, NOW, in_state, new_job


@pytest.mark.parametrize(
    ("sql", "refusal"),
    [
        ("UPDATE entry SET posted_change = 1000", "entries are never edited"),
        ("DELETE FROM entry", "entries are never deleted"),
        ("UPDATE reason SET text = 'another'", "reasons are never edited"),
        ("DELETE FROM hold", "holds are never deleted"),
        ("DELETE FROM job", "jobs are never deleted"),
        ("DELETE FROM account", "FOREIGN KEY"),
        ("UPDATE account SET held = -1", "CHECK"),
        ("UPDATE account SET held = posted + 1", "CHECK"),
        ("UPDATE account SET kind = 'house'", "CHECK"),
        ("UPDATE hold SET credits = -1", "CHECK"),
        ("UPDATE hold SET captured_credits = 1", "CHECK"),
        ("UPDATE hold SET state = 'captured', captured_credits = credits + 1", "CHECK"),
        ("UPDATE hold SET state = 'lost'", "CHECK"),
        ("INSERT INTO guild (guild_id, starting_credits) VALUES (1, -1)", "CHECK"),
        ("INSERT INTO review (job_id, verdict) VALUES ('1', 'ran')", "CHECK"),
        ("INSERT INTO review (job_id) VALUES ('no job')", "FOREIGN KEY"),
        ("UPDATE job SET id = 'without a hold'", "FOREIGN KEY"),
    ],
)
def test_the_database_refuses(conn: sa.Connection, sql: str, refusal: str) -> None:
    jobs.create(conn, new_job(), now=NOW)
    ledger.grant(
        conn,
        guild_id=GUILD,
        member_id=MEMBER,
        credits=1,
        actor_id=9,
        reason="a contest",
        source="grant:1",
        now=NOW,
    )

    with pytest.raises(IntegrityError, match=refusal):
        conn.exec_driver_sql(sql)


def test_the_database_refuses_a_second_settlement(conn: sa.Connection) -> None:
    in_state(conn, JobState.FAILED)

    with pytest.raises(IntegrityError, match="UNIQUE"):
        conn.exec_driver_sql(
            "INSERT INTO entry SELECT source, phase, account_id, number + 1, 0, 0, 100, 0, "
            "NULL, NULL, ending, at, digest FROM entry WHERE phase = 'settle'"
        )
