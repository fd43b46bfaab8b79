"""`python -m bot audit`: what was done to the books by hand is found and named."""

from __future__ import annotations

import contextlib
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
from tests.bot.owner.tampering import HIS, OTHER, found, tamper, write
from tests.storage.examples import GUILD, MEMBER, NOW


def test_books_nobody_touched_agree_and_it_is_said_what_was_checked(database: Path) -> None:
    path, audit = examine(load_settings())

    assert audit == Audit(accounts=4, holds=4, entries=11, jobs=4, discrepancies=())
    assert as_text(path, audit) == (
        "Checked 4 accounts, 4 holds, 11 entries and 4 jobs in data/zoetrope.db. They agree."
    )


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
    def grant_twice(conn: sa.Connection) -> None:
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

    write(database, grant_twice)
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
    def forget(conn: sa.Connection) -> None:
        for job_id in ("1", "4"):
            job = jobs.get(conn, job_id)
            jobs.finish(conn, job, JobState.CANCELLED, now=NOW, paid_credits=0, due_at=None)
        members.forget(conn, GUILD, MEMBER, pseudonym=-5)

    write(database, forget)

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
