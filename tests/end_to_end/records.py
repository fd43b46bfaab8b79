"""What the bot wrote down, read with nothing but Python's own sqlite3."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from storage.books import check_books


class Records:
    """The bot's database file, looked at from outside, by a connection for each look or wait."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._watching = 0
        self._kept: sqlite3.Connection | None = None

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Look by one connection for as long as the block, or another such block, lasts.

        A new one has to read the whole schema before it can look at a row. None is kept for longer,
        so that a bot that ends well is the last to close its database.
        """
        self._watching += 1
        try:
            yield
        finally:
            self._watching -= 1
            if not self._watching and self._kept is not None:
                self._kept.close()
                self._kept = None

    def job(self, job_id: str) -> dict[str, Any] | None:
        """One job's row."""
        return next(iter(self.rows("SELECT * FROM job WHERE id = ?", job_id)), None)

    def jobs(self) -> list[dict[str, Any]]:
        """Every job's row, oldest first."""
        return self.rows("SELECT * FROM job ORDER BY interaction_id")

    def account(self, guild_id: int, member_id: int) -> tuple[int, int]:
        """What a member has posted and held; nothing where there is no account yet."""
        asked = "SELECT posted, held FROM account WHERE guild_id = ? AND member_id = ?"
        return next((row["posted"], row["held"]) for row in self.rows(asked, guild_id, member_id))

    def entries(self, job_id: str) -> list[tuple[str, int, int]]:
        """The phase, posted change and held change of every entry a job made."""
        asked = "SELECT phase, posted_change, held_change FROM entry WHERE source = ? ORDER BY 1"
        return [tuple(row.values()) for row in self.rows(asked, job_id)]

    def open_holds(self) -> list[str]:
        """The jobs that still hold credits."""
        return [row["job_id"] for row in self.rows("SELECT job_id FROM hold WHERE state = 'held'")]

    def hold_of(self, job_id: str) -> str | None:
        """The state of a job's hold."""
        rows = self.rows("SELECT state FROM hold WHERE job_id = ?", job_id)
        return rows[0]["state"] if rows else None

    def discrepancies(self) -> list[str]:
        """What the bot's own check finds wrong with the books."""
        engine = sa.create_engine(f"sqlite:///{self.file}", poolclass=sa.NullPool)
        with engine.connect() as conn:
            return [str(found) for found in check_books(conn)]

    def make_due(self, job_id: str) -> None:
        """Bring a job's next visit forward to now, as if the time until then had passed."""
        with closing(sqlite3.connect(self.file)) as conn, conn:
            conn.execute("UPDATE job SET due_at = created_at WHERE id = ?", (job_id,))

    def rows(self, asked: str, *values: object) -> list[dict[str, Any]]:
        """What a query finds."""
        if self._watching:
            self._kept = self._kept or self._connect()
            return _all(self._kept, asked, values)
        with closing(self._connect()) as conn:
            return _all(conn, asked, values)

    def _connect(self) -> sqlite3.Connection:
        conn = sqlite3.connect(f"file:{self.file}?mode=ro", uri=True)
        conn.row_factory = sqlite3.Row
        return conn


def _all(conn: sqlite3.Connection, asked: str, values: Sequence[object]) -> list[dict[str, Any]]:
    return [dict(row) for row in conn.execute(asked, values).fetchall()]
