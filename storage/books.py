"""Checking the books: whether accounts, holds, entries and jobs tell one story."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa

from storage.act_verifying import check_acts
from storage.comparing import Comparison
from storage.comparisons import HEADS, OF_LEDGER
from storage.desk_comparisons import OF_DESK
from storage.job_comparisons import WITH_JOBS
from storage.job_schema import job
from storage.schema import account, entry, hold
from storage.slot_comparisons import OF_SLOTS
from storage.spending_comparisons import OF_SPENDING
from storage.statements import execute
from storage.verifying import Discrepancy as Discrepancy
from storage.verifying import check_chain, check_triggers


@dataclass(frozen=True, kw_only=True)
class Audit:
    """How many rows were compared with each other, and what does not agree."""

    accounts: int
    holds: int
    entries: int
    jobs: int
    discrepancies: tuple[Discrepancy, ...]


def audit(conn: sa.Connection) -> Audit:
    """Compare everything that says who has, set aside or paid how much, jobs among it.

    Reads every row; a long history takes seconds for each million entries.
    """
    return Audit(
        accounts=_count(conn, account),
        holds=_count(conn, hold),
        entries=_count(conn, entry),
        jobs=_count(conn, job),
        discrepancies=(
            *check_triggers(conn),
            *check_books(conn),
            *_found_by(conn, (*WITH_JOBS, *OF_SLOTS, *OF_SPENDING)),
        ),
    )


def check_books(conn: sa.Connection) -> list[Discrepancy]:
    """Compare accounts, holds, entries and acts; an empty list means that they agree."""
    return [*_found_by(conn, (*OF_LEDGER, *OF_DESK)), *check_chain(conn), *check_acts(conn)]


def check_at_start(conn: sa.Connection) -> list[Discrepancy]:
    """Compare what takes no longer with a longer history: triggers, accounts, open holds."""
    return [*check_triggers(conn), *_found_by(conn, HEADS)]


def _count(conn: sa.Connection, table: sa.Table) -> int:
    return conn.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


def _found_by(conn: sa.Connection, comparisons: Sequence[Comparison]) -> list[Discrepancy]:
    rows = (row for comparison in comparisons for row in execute(conn, _differing(comparison)))
    return [
        Discrepancy(
            account=row["whose"], what=row["what"], expected=row["expected"], found=row["found"]
        )
        for row in rows
    ]


@cache
def _differing(comparison: Comparison) -> sa.Select[Any]:
    compared = comparison.subquery()
    found = compared.c.found
    return sa.select(compared.c.whose, compared.c.what, compared.c.expected, found).where(
        compared.c.expected.is_distinct_from(found)
    )
