"""`python -m bot audit`: a row that was edited by hand, in whichever column, is found and named."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.owner.audit import as_text, examine
from bot.settings import load_settings
from storage import jobs, ledger, members
from storage.beside import CannotRead
from storage.books import Audit
from storage.database import Database
from storage.job import JobState
from storage.migrate import migrate
from tests.storage.examples import GUILD, MEMBER, NOW, claimed, in_state, new_job

OTHER = 23
HIS = f"member {MEMBER} of guild {GUILD}"
HOUSE = f"house 0 of guild {GUILD}"


def a_little_history(conn: sa.Connection) -> None:
    """A held, a captured and a released job, a free one; a loss; a grant; another member."""
    jobs.create(conn, new_job(1), now=NOW)
    fetched = in_state(conn, JobState.FETCHED, 2)
    jobs.finish(conn, fetched, JobState.DELIVERED, now=NOW, paid_credits=5, due_at=None)
    failed = claimed(conn, 3)
    jobs.finish(
        conn,
        failed,
        JobState.FAILED,
        now=NOW,
        paid_credits=0,
        house_loss_credits=1,
        due_at=None,
    )
    jobs.create(conn, new_job(4, price_credits=0), now=NOW)
    ledger.grant(
        conn,
        guild_id=GUILD,
        member_id=MEMBER,
        credits=50,
        actor_id=9,
        reason="well drawn",
        source="grant:7",
        now=NOW,
    )
    ledger.account(conn, GUILD, OTHER, now=NOW)


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with that history and without triggers; every test gets a copy."""
    path = tmp_path_factory.mktemp("history") / "zoetrope.db"
    migrate(path)
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.begin() as conn:
        a_little_history(conn)
        names = conn.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in names.fetchall():
            conn.exec_driver_sql(f"DROP TRIGGER {name}")
    engine.dispose()
    return path


@pytest.fixture
def database(history: Path, tmp_path: Path) -> Path:
    path = tmp_path / "data" / "zoetrope.db"
    path.parent.mkdir()
    shutil.copy(history, path)
    return path


def tamper(database: Path, *statements: str) -> None:
    with contextlib.closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        for statement in statements:
            connection.execute(statement)


def found() -> list[str]:
    return [str(one) for one in examine(load_settings())[1].discrepancies]


def test_books_nobody_touched_agree_and_it_is_said_what_was_checked(database: Path) -> None:
    path, audit = examine(load_settings())

    assert audit == Audit(accounts=3, holds=4, entries=10, jobs=4, discrepancies=())
    assert as_text(path, audit) == (
        "Checked 3 accounts, 4 holds, 10 entries and 4 jobs in data/zoetrope.db. They agree."
    )


TAMPERINGS = {
    # What was done by hand, and what is said of it.
    "UPDATE account SET posted = 9999 WHERE id = 1": (
        f"{HIS}: posted credits should be 145 and is 9999"
    ),
    "UPDATE account SET held = 0 WHERE id = 1": f"{HIS}: held credits should be 8 and is 0",
    "UPDATE account SET entries = 9 WHERE id = 1": (
        f"{HIS}: number of entries should be 9 and is 8"
    ),
    "UPDATE account SET member_id = 24 WHERE id = 1": (
        f"member 24 of guild {GUILD}: member who pays for job 1 should be 22 and is 24"
    ),
    "UPDATE account SET member_id = 24 WHERE member_id = 23": (
        f"member 24 of guild {GUILD}: starting grants of somebody else, entry 1 "
        "should be 0 and is 1"
    ),
    "UPDATE account SET guild_id = 12 WHERE id = 1": (
        f"member {MEMBER} of guild 12: guild where job 1 is paid should be 11 and is 12"
    ),
    "UPDATE account SET guild_id = 12 WHERE kind = 'house'": (
        "house 0 of guild 12: guild of the loss of job 3 should be 11 and is 12"
    ),
    "UPDATE account SET kind = 'member', member_id = 25 WHERE kind = 'house'": (
        f"member 25 of guild {GUILD}: losses that a member bears for job 3 should be 0 and is 1"
    ),
    "UPDATE account SET id = 77 WHERE id = 1": (
        "account 1: accounts of entry 1 (welcome:11:22) should be 1 and is 0"
    ),
    "DELETE FROM account WHERE id = 1": (
        "account 1: accounts of the hold of job 1 should be 1 and is 0"
    ),
    "UPDATE hold SET job_id = '9' WHERE job_id = '1'": (
        f"{HIS}: jobs of the hold of job 9 should be 1 and is 0"
    ),
    "UPDATE hold SET account_id = 3 WHERE job_id = '4'": (
        f"member {OTHER} of guild {GUILD}: entries that set credits aside for job 4 "
        "should be 1 and is 0"
    ),
    "UPDATE hold SET account_id = 99 WHERE job_id = '4'": (
        "account 99: accounts of the hold of job 4 should be 1 and is 0"
    ),
    "UPDATE hold SET credits = 7 WHERE job_id = '1'": (
        f"{HIS}: credits set aside for job 1, by its quote, should be 8 and is 7"
    ),
    "UPDATE hold SET state = 'released' WHERE job_id = '1'": (
        f"{HIS}: settlements of job 1 should be 1 and is 0"
    ),
    "UPDATE hold SET state = 'held' WHERE job_id = '3'": (
        f"{HIS}: open holds of job 3, which is over, should be 0 and is 1"
    ),
    "UPDATE hold SET state = 'captured' WHERE job_id = '3'": (
        f"{HIS}: captures of job 3, for which nobody paid, should be 0 and is 1"
    ),
    "UPDATE hold SET captured_credits = 4 WHERE job_id = '2'": (
        f"{HIS}: credits taken for job 2, by what it says was paid, should be 5 and is 4"
    ),
    "DELETE FROM hold WHERE job_id = '4'": (f"{HIS}: holds of job 4 should be 1 and is 0"),
    "UPDATE entry SET source = 'x' WHERE source = '1'": (
        f"{HIS}: holds of job x should be 1 and is 0"
    ),
    "UPDATE entry SET source = 'x' WHERE phase = 'loss'": (
        f"{HOUSE}: jobs of the loss of job x should be 1 and is 0"
    ),
    "UPDATE entry SET phase = 'loss' WHERE source = 'grant:7'": (
        f"{HIS}: losses that a member bears for job grant:7 should be 0 and is 1"
    ),
    "UPDATE entry SET phase = 'gift' WHERE source = 'grant:7'": (
        f"{HIS}: entries with the unknown word “gift” for job grant:7 should be 0 and is 1"
    ),
    "UPDATE entry SET account_id = 99 WHERE source = 'grant:7'": (
        "account 99: accounts of entry 8 (grant:7) should be 1 and is 0"
    ),
    "UPDATE entry SET number = 20 WHERE source = 'grant:7'": (
        f"{HIS}: number of the entry after entry 7 should be 8 and is 20"
    ),
    "UPDATE entry SET posted_change = 60 WHERE source = 'grant:7'": (
        f"{HIS}: posted credits after entry 8 should be 155 and is 145"
    ),
    "UPDATE entry SET held_change = 1 WHERE source = 'grant:7'": (
        f"{HIS}: held credits after entry 8 should be 9 and is 8"
    ),
    "UPDATE entry SET posted_after = 150 WHERE source = 'grant:7'": (
        f"{HIS}: posted credits after entry 8 should be 145 and is 150"
    ),
    "UPDATE entry SET held_after = 3 WHERE source = 'grant:7'": (
        f"{HIS}: held credits after entry 8 should be 8 and is 3"
    ),
    "UPDATE entry SET at = 1000 WHERE source = '1'": (
        f"{HIS}: microsecond of entry 2, as job 1 was made, should be 1777896000000000 and is 1000"
    ),
    "UPDATE entry SET at = 1000 WHERE source = '2' AND phase = 'settle'": (
        f"{HIS}: microsecond of entry 4, as job 2 ended, should be 1777896000000000 and is 1000"
    ),
    "UPDATE entry SET actor_id = 9 WHERE source = '1'": (
        f"{HIS}: moderators named in entry 2 of job 1 should be 0 and is 1"
    ),
    "UPDATE entry SET reason = 'a friend' WHERE source = '1'": (
        f"{HIS}: moderators named in entry 2 of job 1 should be 0 and is 1"
    ),
    "DELETE FROM entry WHERE source = 'grant:7'": f"{HIS}: number of entries should be 8 and is 7",
    "DELETE FROM entry WHERE source = '2' AND phase = 'hold'": (
        f"{HIS}: number of the entry after entry 2 should be 3 and is 4"
    ),
    "DELETE FROM job WHERE id = '1'": f"{HIS}: jobs of the hold of job 1 should be 1 and is 0",
}


@pytest.mark.parametrize("statement", TAMPERINGS)
def test_what_was_tampered_with_is_named(database: Path, statement: str) -> None:
    tamper(database, statement)

    assert TAMPERINGS[statement] in found()


def test_an_entry_of_a_job_that_is_not_is_named(database: Path) -> None:
    tamper(
        database,
        "INSERT INTO entry VALUES ('zz', 'settle', 1, 9, -5, 0, 140, 8, NULL, NULL, 1)",
        "UPDATE account SET posted = 140, entries = 9 WHERE id = 1",
    )

    assert found() == [f"{HIS}: holds of job zz should be 1 and is 0"]


def test_the_books_agree_after_a_member_was_forgotten(database: Path) -> None:
    engine = sa.create_engine(f"sqlite:///{database}")
    with engine.begin() as conn:
        for job_id in ("1", "4"):
            job = jobs.get(conn, job_id)
            jobs.finish(conn, job, JobState.CANCELLED, now=NOW, paid_credits=0, due_at=None)
        members.forget(conn, GUILD, MEMBER, pseudonym=-5)
    engine.dispose()

    assert found() == []


def test_every_wrong_row_is_a_line_of_its_own(database: Path) -> None:
    tamper(database, "UPDATE account SET posted = posted + 1 WHERE kind = 'member'")

    said = as_text(*examine(load_settings())).splitlines()

    assert said[0].endswith("in data/zoetrope.db. 2 things are wrong:")
    assert said[1:] == [
        f"  {HIS}: posted credits should be 145 and is 146.",
        f"  member {OTHER} of guild {GUILD}: posted credits should be 100 and is 101.",
    ]


async def test_the_books_are_read_beside_a_running_bot(database: Path) -> None:
    async with Database.open(f"sqlite:///{database}") as running:
        await running.run(ledger.account, GUILD, 30, now=NOW)

        audit = examine(load_settings())[1]

    assert (audit.accounts, audit.entries, audit.discrepancies) == (4, 11, ())


def test_where_there_is_no_database_none_is_made(tmp_path: Path) -> None:
    with pytest.raises(CannotRead, match="there is no database at data/zoetrope"):
        examine(load_settings())

    assert list(tmp_path.iterdir()) == []
