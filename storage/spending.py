"""What is held and spent, counted by day: sums over a month read at most a month of rows.

Every hold raises six counters in its own transaction, and its settlement lowers them by what was
held and raises them by what was taken, under the day the hold was made. The owner's counter is in
microdollars of the provider's price and bill, whatever a guild makes of it for its members.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from storage.cap_schema import OWNER, SpendingScope, spending
from storage.job import Job, JobRequest, JobState
from storage.schema import hold
from storage.statements import Row, execute, first


@dataclass(frozen=True, kw_only=True)
class Spent:
    """What one counter says of some days, in credits; the owner's in microdollars."""

    held: int
    spent: int

    @property
    def used(self) -> int:
        """What counts towards a cap."""
        return self.held + self.spent


_NAMES = ("guild_id", "scope", "subject", "day", "held", "spent")
_raising = insert(spending).values(
    [
        {name: sa.bindparam(f"{name}_{scope}", type_=spending.c[name].type) for name in _NAMES}
        for scope in SpendingScope
    ]
)
_RAISE = _raising.on_conflict_do_update(
    index_elements=_NAMES[:4],
    set_={
        "held": spending.c.held + _raising.excluded.held,
        "spent": spending.c.spent + _raising.excluded.spent,
    },
)
_SETTLE = (
    sa.update(spending)
    .where(*(spending.c[name] == sa.bindparam(f"of_{name}") for name in _NAMES[:4]))
    .values(
        held=spending.c.held - sa.bindparam("freed"), spent=spending.c.spent + sa.bindparam("taken")
    )
)
_SINCE = sa.select(
    sa.func.coalesce(sa.func.sum(spending.c.held), 0).label("held"),
    sa.func.coalesce(sa.func.sum(spending.c.spent), 0).label("spent"),
).where(
    *(spending.c[name] == sa.bindparam(f"of_{name}") for name in _NAMES[:3]),
    spending.c.day >= sa.bindparam("of_day"),
)
_HOLD = sa.select(hold).where(hold.c.job_id == sa.bindparam("of_job"))
_BILL = (
    sa.update(hold)
    .where(hold.c.job_id == sa.bindparam("of_job"))
    .values(billed_microdollars=sa.bindparam("billed"))
)


def since(
    conn: sa.Connection, guild_id: int, scope: SpendingScope, subject: str, first_day: date
) -> Spent:
    """Add up one counter from a day on."""
    key = {"of_guild_id": guild_id, "of_scope": scope, "of_subject": subject}
    [row] = execute(conn, _SINCE, {**key, "of_day": first_day.isoformat()})
    return Spent(**row)


def held(
    conn: sa.Connection, request: JobRequest, account_id: int, *, day: str, now: datetime
) -> None:
    """Count a hold that was just made, under the guild's day and under the owner's, in UTC."""
    given: Row = {}
    for key in [*_guilds_keys(request, account_id, day), _owners_key(now)]:
        amount = request.price_credits
        if key["scope"] is SpendingScope.OWNER:
            amount = request.provider_microdollars or 0
        values = {**key, "held": amount, "spent": 0}
        given |= {f"{name}_{key['scope']}": value for name, value in values.items()}
    execute(conn, _RAISE, given)


def settled(conn: sa.Connection, job: Job) -> None:
    """Count what became of the hold of a job that was just settled."""
    row = _hold(conn, job)
    if row is None:
        return
    for key in _guilds_keys(job, row["account_id"], row["day"]):
        _change(conn, key, freed=row["credits"], taken=row["captured_credits"])
    _bill(conn, job, row, freed=job.provider_microdollars or 0)


def billed_late(conn: sa.Connection, job: Job) -> None:
    """Count a bill that became known after the hold was settled; nobody's credits pay for it."""
    row = _hold(conn, job)
    if row is not None:
        _bill(conn, job, row, freed=0)


def billed_microdollars(job: Job) -> int:
    """What a provider billed; one that does not say, the price of a clip that was delivered."""
    if job.billed_microdollars is not None:
        return job.billed_microdollars
    return (job.provider_microdollars or 0) if job.state is JobState.DELIVERED else 0


def _bill(conn: sa.Connection, job: Job, row: Row, *, freed: int) -> None:
    billed = billed_microdollars(job)
    taken = billed - row["billed_microdollars"]
    _change(conn, _owners_key(job.created_at), freed=freed, taken=taken)
    execute(conn, _BILL, {"of_job": job.id, "billed": billed})


def _hold(conn: sa.Connection, job: Job) -> Row | None:
    """The hold, unless it is older than the counters."""
    row = first(conn, _HOLD, {"of_job": job.id})
    return row if row is not None and row["day"] else None


def _guilds_keys(request: JobRequest, account_id: int, day: str) -> list[Row]:
    subjects = {
        SpendingScope.MEMBER: str(account_id),
        SpendingScope.CHANNEL: str(request.budget_channel_id),
        SpendingScope.GUILD: "",
        SpendingScope.PROVIDER: request.provider,
        SpendingScope.MODEL: f"{request.provider}/{request.model}",
    }
    return [
        {"guild_id": request.guild_id, "scope": scope, "subject": subject, "day": day}
        for scope, subject in subjects.items()
    ]


def _owners_key(moment: datetime) -> Row:
    day = moment.astimezone(UTC).date().isoformat()
    return {"guild_id": OWNER, "scope": SpendingScope.OWNER, "subject": "", "day": day}


def _change(conn: sa.Connection, key: Row, *, freed: int, taken: int) -> None:
    named = {f"of_{name}": value for name, value in key.items()}
    execute(conn, _SETTLE, {**named, "freed": freed, "taken": taken})
