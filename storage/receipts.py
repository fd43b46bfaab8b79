"""All that the books have on one job: its hold, and the entries that name it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime

import sqlalchemy as sa

from storage import jobs
from storage.job import Job
from storage.schema import AccountKind, HoldState, Phase, account, entry, hold
from storage.statements import execute


@dataclass(frozen=True, kw_only=True)
class ReceiptEntry:
    """One change of an account for the job's sake."""

    account_id: int
    kind: AccountKind
    number: int
    """Counts the account's entries."""
    phase: Phase
    posted_change: int
    held_change: int
    at: datetime
    digest: bytes


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What a job was quoted, and what it cost whom."""

    job: Job
    state: HoldState
    held_credits: int
    paid_credits: int
    """By the member; nothing while it is held."""
    billed_microdollars: int
    """What counts as the provider's bill; of one that does not say, its price."""
    entries: tuple[ReceiptEntry, ...]
    """As they were written."""

    @property
    def house_loss_credits(self) -> int:
        """What the provider billed and nobody paid."""
        return -sum(one.posted_change for one in self.entries if one.phase is Phase.LOSS)


_HOLD = sa.select(hold).where(hold.c.job_id == sa.bindparam("of_job"))
_ENTRIES = (
    sa.select(
        *(
            account.c.kind if field.name == "kind" else entry.c[field.name]
            for field in fields(ReceiptEntry)
        )
    )
    .select_from(entry.join(account, account.c.id == entry.c.account_id))
    .where(entry.c.source == sa.bindparam("of_job"))
    .order_by(entry.c.at, entry.c.account_id, entry.c.number)
)


def of_job(conn: sa.Connection, job_id: str) -> Receipt:
    """Read a job's receipt. Raises JobNotFound."""
    job = jobs.get(conn, job_id)
    [held] = execute(conn, _HOLD, {"of_job": job_id})
    return Receipt(
        job=job,
        state=held["state"],
        held_credits=held["credits"],
        paid_credits=held["captured_credits"],
        billed_microdollars=held["billed_microdollars"],
        entries=tuple(ReceiptEntry(**row) for row in execute(conn, _ENTRIES, {"of_job": job_id})),
    )
