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


def more_history(conn: sa.Connection) -> None:
    """A job delivered for nothing, and one that moderators look at."""
    gift = in_state(conn, JobState.FETCHED, 5, price_credits=0)
    jobs.finish(conn, gift, JobState.DELIVERED, now=NOW, paid_credits=0, due_at=None)
    in_state(conn, JobState.NEEDS_REVIEW, 6)


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with that history; every test gets a copy."""
    path = tmp_path_factory.mktemp("history") / "zoetrope.db"
    migrate(path)
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.begin() as conn:
        a_little_history(conn)
    engine.dispose()
    return path


@pytest.fixture
def database(history: Path, tmp_path: Path) -> Path:
    path = tmp_path / "data" / "zoetrope.db"
    path.parent.mkdir()
    shutil.copy(history, path)
    return path


def tamper(database: Path, *statements: str) -> None:
    """Edit by hand, and put the triggers back afterwards, as if nothing had been."""
    with contextlib.closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        guards = triggers.fetchall()
        for name, _ in guards:
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)
        for _, sql in guards:
            connection.execute(sql)


def found() -> list[str]:
    return [str(one) for one in examine(load_settings())[1].discrepancies]


def test_books_nobody_touched_agree_and_it_is_said_what_was_checked(database: Path) -> None:
    path, audit = examine(load_settings())

    assert audit == Audit(accounts=4, holds=4, entries=11, jobs=4, discrepancies=())
    assert as_text(path, audit) == (
        "Checked 4 accounts, 4 holds, 11 entries and 4 jobs in data/zoetrope.db. They agree."
    )


TAMPERINGS = {
    # What was done by hand, and what is said of it.
    "UPDATE account SET posted = 9999 WHERE id = 1": (
        f"{HIS}: posted credits should be 145 and is 9999"
    ),
    "UPDATE account SET held = 0 WHERE id = 1": f"{HIS}: held credits should be 8 and is 0",
    "UPDATE account SET entries = 9 WHERE id = 1": (
        f"{HIS}: number of entries should be 9 and is 12"
    ),
    "UPDATE account SET member_id = 24 WHERE id = 1": (
        f"member 24 of guild {GUILD}: member who pays for job 1 should be 22 and is 24"
    ),
    "UPDATE account SET member_id = 24 WHERE member_id = 23": (
        f"member 24 of guild {GUILD}: origin of account 4 should be "
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
        "account 1: accounts of entry 1 (welcome:1) should be 1 and is 0"
    ),
    "DELETE FROM account WHERE id = 1": (
        "account 1: accounts of the hold of job 1 should be 1 and is 0"
    ),
    "UPDATE hold SET job_id = '9' WHERE job_id = '1'": (
        f"{HIS}: jobs of the hold of job 9 should be 1 and is 0"
    ),
    "UPDATE hold SET account_id = 4 WHERE job_id = '4'": (
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
        f"{HIS}: state of the hold of job 3 should be released and is captured"
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
        f"{HIS}: number of the entry after entry 7 should be 8 and is 9"
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
    "UPDATE entry SET actor_account_id = 4 WHERE source = '1'": (
        f"{HIS}: moderators named in entry 2 of job 1 should be 0 and is 1"
    ),
    "UPDATE entry SET actor_account_id = 4 WHERE source = 'grant:7'": (
        f"{HIS}: digest of entry 8 (grant:7, grant) should be "
    ),
    "UPDATE entry SET actor_account_id = NULL WHERE source = 'grant:7'": (
        f"{HIS}: digest of entry 8 (grant:7, grant) should be "
    ),
    "UPDATE entry SET at = at + 1 WHERE source = 'grant:7'": (
        f"{HIS}: digest of entry 8 (grant:7, grant) should be "
    ),
    "UPDATE entry SET source = 'grant:8' WHERE source = 'grant:7'": (
        f"{HIS}: digest of entry 8 (grant:8, grant) should be "
    ),
    "UPDATE entry SET source = CAST(x'ff' AS TEXT) WHERE source = 'grant:7'": (
        f"{HIS}: digest of entry 8 (\\xff, grant) should be "
    ),
    "UPDATE entry SET digest = 'mine' WHERE source = 'grant:7'": (
        f"{HIS}: digest of entry 8 (grant:7, grant) should be "
    ),
    "UPDATE reason SET text = 'a friend'": (
        f"{HIS}: digest of the reason of entry 8 (grant:7, grant) should be "
    ),
    "DELETE FROM reason": f"{HIS}: reason of entry 8 (grant:7, grant) should be there and is gone",
    "INSERT INTO reason VALUES (1, 2, 'a friend')": (
        f"{HIS}: digest of the reason of entry 2 (1, hold) should be "
    ),
    "UPDATE entry SET ending = 'cancelled' WHERE source = '3' AND phase = 'settle'": (
        f"{HIS}: digest of entry 6 (3, settle) should be "
    ),
    "UPDATE entry SET account_id = 4, number = 2 WHERE source = 'grant:7'": (
        f"member {OTHER} of guild {GUILD}: digest of entry 2 (grant:7, grant) should be "
    ),
    "UPDATE account SET digest = origin WHERE id = 1": (
        f"{HIS}: digest of the newest entry should be "
    ),
    "UPDATE account SET origin = x'00' WHERE id = 1": f"{HIS}: origin of account 1 should be ",
    "UPDATE account SET salt = NULL WHERE id = 1": (
        f"{HIS}: salt of account 1 should be there and is gone"
    ),
    "UPDATE hold SET state = 'released' WHERE job_id = '5'": (
        f"{HIS}: state of the hold of job 5 should be captured and is released"
    ),
    "UPDATE job SET price_credits = 7 WHERE id = '1'": (
        f"{HIS}: credits set aside for job 1, by its quote, should be 7 and is 8"
    ),
    "UPDATE job SET paid_credits = 4 WHERE id = '2'": (
        f"{HIS}: credits taken for job 2, by what it says was paid, should be 4 and is 5"
    ),
    "UPDATE job SET state = 'cancelled' WHERE id = '3'": (
        f"{HIS}: state of job 3 should be failed and is cancelled"
    ),
    "UPDATE job SET state = 'running' WHERE id = '2'": (
        f"{HIS}: state of job 2 should be delivered and is running"
    ),
    "UPDATE job SET state = 'delivered' WHERE id = '1'": (
        f"{HIS}: settlements of job 1, which is delivered, should be 1 and is 0"
    ),
    "UPDATE job SET state = 'delivered' WHERE id = '6'": (
        f"{HIS}: state of job 6 should be needs_review and is delivered"
    ),
    "UPDATE job SET member_id = 23 WHERE id = '1'": (
        f"{HIS}: member who pays for job 1 should be 23 and is 22"
    ),
    "DELETE FROM entry WHERE source = 'grant:7'": (
        f"{HIS}: number of entries should be 12 and is 11"
    ),
    "DELETE FROM entry WHERE source = '2' AND phase = 'hold'": (
        f"{HIS}: number of the entry after entry 2 should be 3 and is 4"
    ),
    "DELETE FROM job WHERE id = '1'": f"{HIS}: jobs of the hold of job 1 should be 1 and is 0",
}


@pytest.mark.parametrize("statement", TAMPERINGS)
def test_what_was_tampered_with_is_named(database: Path, statement: str) -> None:
    engine = sa.create_engine(f"sqlite:///{database}")
    with engine.begin() as conn:
        more_history(conn)
    engine.dispose()

    tamper(database, statement)

    assert [line for line in found() if line.startswith(TAMPERINGS[statement])] != []


@pytest.mark.parametrize(
    ("statement", "line"),
    [
        (
            "DROP TRIGGER entry_update",
            "the database: trigger entry_update should be as the bot makes it and is gone",
        ),
        (
            "CREATE TRIGGER tithe AFTER INSERT ON entry BEGIN SELECT 1; END",
            "the database: trigger tithe should be absent and is another",
        ),
    ],
)
def test_a_missing_and_a_strange_trigger_are_named(
    database: Path, statement: str, line: str
) -> None:
    with contextlib.closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(statement)

    assert found() == [line]


def test_an_entry_put_in_with_sums_that_fit_is_named(database: Path) -> None:
    tamper(
        database,
        "INSERT INTO entry SELECT 'grant:9', 'grant', 4, 2, 50, 0, 150, 0, NULL, NULL, NULL, at, "
        "digest FROM entry WHERE source = 'grant:7'",
        "UPDATE account SET posted = 150, entries = 2 WHERE id = 4",
    )

    assert [line.partition(" should be ")[0] for line in found()] == [
        f"member {OTHER} of guild {GUILD}: digest of entry 2 (grant:9, grant)",
        f"member {OTHER} of guild {GUILD}: digest of the newest entry",
    ]


def test_two_entries_swapped_are_named(database: Path) -> None:
    engine = sa.create_engine(f"sqlite:///{database}")
    with engine.begin() as conn:
        for source in ("grant:8", "grant:9"):
            ledger.grant(
                conn,
                guild_id=GUILD,
                member_id=OTHER,
                credits=5,
                actor_id=9,
                reason=None,
                source=source,
                now=NOW,
            )
    engine.dispose()

    tamper(
        database,
        "UPDATE entry SET number = 30 WHERE account_id = 4 AND number = 2",
        "UPDATE entry SET number = 2, posted_after = 105 WHERE account_id = 4 AND number = 3",
        "UPDATE entry SET number = 3, posted_after = 110 WHERE account_id = 4 AND number = 30",
    )

    assert [line.partition(" should be ")[0] for line in found()] == [
        f"member {OTHER} of guild {GUILD}: digest of entry 2 (grant:9, grant)",
        f"member {OTHER} of guild {GUILD}: digest of entry 3 (grant:8, grant)",
        f"member {OTHER} of guild {GUILD}: digest of the newest entry",
    ]


def test_an_end_cut_off_with_sums_that_fit_is_named(database: Path) -> None:
    tamper(
        database,
        "DELETE FROM reason",
        "DELETE FROM entry WHERE source = 'grant:7'",
        "UPDATE account SET posted = 95, entries = 7 WHERE id = 1",
    )

    assert [line.partition(" should be ")[0] for line in found()] == [
        f"{HIS}: digest of the newest entry"
    ]


def test_an_entry_of_a_job_that_is_not_is_named(database: Path) -> None:
    tamper(
        database,
        "INSERT INTO entry VALUES ('zz', 'settle', 1, 9, -5, 0, 140, 8, NULL, NULL, NULL, 1, '')",
        "UPDATE account SET posted = 140, entries = 9 WHERE id = 1",
    )

    assert f"{HIS}: holds of job zz should be 1 and is 0" in found()


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

    assert said[0].endswith("in data/zoetrope.db. 3 things are wrong:")
    assert said[1:4] == [
        f"  {HIS}: posted credits should be 145 and is 146.",
        f"  member 9 of guild {GUILD}: posted credits should be 100 and is 101.",
        f"  member {OTHER} of guild {GUILD}: posted credits should be 100 and is 101.",
    ]
    assert "python -m bot restore --force FILE" in "\n".join(said[4:])


async def test_the_books_are_read_beside_a_running_bot(database: Path) -> None:
    async with Database.open(f"sqlite:///{database}") as running:
        await running.run(ledger.account, GUILD, 30, now=NOW)

        audit = examine(load_settings())[1]

    assert (audit.accounts, audit.entries, audit.discrepancies) == (5, 12, ())


def test_where_there_is_no_database_none_is_made(tmp_path: Path) -> None:
    with pytest.raises(CannotRead, match="there is no database at data/zoetrope"):
        examine(load_settings())

    assert list(tmp_path.iterdir()) == []
