"""Checking the books: whether accounts, holds, entries and jobs tell one story."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from storage.comparisons import OF_LEDGER, WITH_JOBS, Comparison
from storage.schema import account, entry, hold, job


@dataclass(frozen=True, kw_only=True)
class Discrepancy:
    """Two parts of the ledger that should agree and do not."""

    account: str
    what: str
    expected: int
    found: int

    def __str__(self) -> str:
        return f"{self.account}: {self.what} should be {self.expected} and is {self.found}"


@dataclass(frozen=True, kw_only=True)
class Audit:
    """How many rows were compared with each other, and what does not agree."""

    accounts: int
    holds: int
    entries: int
    jobs: int
    discrepancies: tuple[Discrepancy, ...]


def audit(conn: sa.Connection) -> Audit:
    """Compare everything that says who has, set aside or paid how much, jobs among it."""
    return Audit(
        accounts=_count(conn, account),
        holds=_count(conn, hold),
        entries=_count(conn, entry),
        jobs=_count(conn, job),
        discrepancies=(*check_books(conn), *_found_by(conn, WITH_JOBS)),
    )


def check_books(conn: sa.Connection) -> list[Discrepancy]:
    """Compare accounts, holds and entries; an empty list means that they agree."""
    return _found_by(conn, OF_LEDGER)


def _count(conn: sa.Connection, table: sa.Table) -> int:
    return conn.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


def _found_by(conn: sa.Connection, comparisons: Sequence[Comparison]) -> list[Discrepancy]:
    rows = (row for comparison in comparisons for row in conn.execute(_differing(comparison)))
    return [
        Discrepancy(account=row.whose, what=row.what, expected=row.expected, found=row.found)
        for row in rows
    ]


def _differing(comparison: Comparison) -> sa.Select[str, str, int, int]:
    compared = comparison.subquery()
    found = compared.c.found
    return sa.select(compared.c.whose, compared.c.what, compared.c.expected, found).where(
        compared.c.expected.is_distinct_from(found)
    )
