"""Entries that older versions wrote are sealed by the migration, and name nobody any more."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from storage import ledger, members
from storage.backups import contents_of
from storage.books import audit, check_at_start
from storage.migrate import migrate
from tests.storage.copies import LEFT_BY_0001, NEVER
from tests.storage.examples import GUILD, MEMBER, NOW

FORGOTTEN = -7
MODERATOR = 99


@pytest.fixture
def path(path: Path) -> Path:
    """A file of the first revision in which member 23 was forgotten; `conn` migrates it."""
    with closing(sqlite3.connect(path)) as older, older:
        older.executescript(LEFT_BY_0001.read_text(encoding="utf-8"))
        for table in ("account", "job"):
            older.execute(f"UPDATE {table} SET member_id = {FORGOTTEN} WHERE member_id = 23")
        older.execute(
            "INSERT INTO entry VALUES "
            "('grant:2', 'grant', 2, 9, 5, 0, 105, 24, 22, 'sorry, Bob', 1)"
        )
        older.execute("UPDATE account SET posted = 105, entries = 9 WHERE id = 2")
    return path


def test_every_entry_is_sealed_and_the_books_balance(conn: sa.Connection) -> None:
    found = audit(conn)

    assert found.discrepancies == ()
    assert (found.accounts, found.entries, found.jobs) == (4, 19, 9)
    assert check_at_start(conn) == []


def test_of_many_entries_none_is_lost(path: Path) -> None:
    with closing(sqlite3.connect(path)) as older, older:
        rows = ((f"g:{number}", number, 142 + number - 8) for number in range(9, 2_510))
        older.executemany(
            "INSERT INTO entry VALUES (?, 'grant', 1, ?, 1, 0, ?, 16, NULL, NULL, 1)", rows
        )
        older.execute("UPDATE account SET posted = 2643, entries = 2509 WHERE id = 1")

    migrate(path)

    found = contents_of(NEVER, path)
    assert (found.entries, found.discrepancies) == (19 + 2_501, ())


def test_who_gave_and_why_can_still_be_read(conn: sa.Connection) -> None:
    [given] = [
        entry
        for entry in ledger.entries(conn, GUILD, MEMBER, limit=99)
        if entry.source == "grant:1"
    ]

    assert (given.actor_id, given.reason) == (MODERATOR, "a contest")


def test_who_gave_without_an_account_has_one_with_the_starting_grant(conn: sa.Connection) -> None:
    held = members.holdings(conn, GUILD, MODERATOR)

    assert held.account is not None
    assert (held.account.posted, [entry.phase for entry in held.entries]) == (100, ["grant"])
    assert [entry.source for entry in held.actions] == ["grant:1"]


def test_nothing_names_who_was_forgotten_before(conn: sa.Connection) -> None:
    assert conn.exec_driver_sql("SELECT text FROM reason").scalars().all() == ["a contest"]
    sources = conn.exec_driver_sql("SELECT source FROM entry WHERE source LIKE 'welcome:%'")
    assert sorted(sources.scalars()) == ["welcome:1", "welcome:2", "welcome:4"]
    salt = f"SELECT salt FROM account WHERE member_id = {FORGOTTEN}"
    assert conn.exec_driver_sql(salt).scalar_one() is None


def test_the_chain_goes_on_from_there(conn: sa.Connection) -> None:
    ledger.grant(
        conn,
        guild_id=GUILD,
        member_id=MEMBER,
        credits=5,
        actor_id=MODERATOR,
        reason="one more",
        source="grant:3",
        now=NOW,
    )

    assert audit(conn).discrepancies == ()
