"""Every entry of a guild that counts for one month, account by account, as the chain has them.

A job's entries count for the day it was ordered on, as its counters do, even where it ended a
month later; all others for the moment they were written. So each entry is in one month alone, and
what a month's entries add up to is what its counters say. Every entry of the guild is looked at:
whoever trusted clocks to have always run forwards could leave one out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.job import JobState
from storage.job_schema import job
from storage.moments import Moment
from storage.schema import AccountKind, Phase, account, entry, hold, reason
from storage.spans import Span
from storage.statements import Row, execute


@dataclass(frozen=True, kw_only=True)
class Line:
    """One entry, with what is known of its job."""

    at: datetime
    kind: AccountKind
    member_id: int
    """Below zero once they were forgotten; zero is the house."""
    account_id: int
    number: int
    """Counts the account's entries."""
    source: str
    """A job's id, or a grant's."""
    phase: Phase
    posted_change: int
    held_change: int
    posted_after: int
    held_after: int
    actor_account_id: int | None
    actor_id: int | None
    reason: str | None
    ending: JobState | None
    day: str | None
    """The day its job counts for."""
    job_id: str | None
    provider: str | None
    model: str | None
    price_credits: int | None
    price_percent: int | None
    failure: str | None
    billed_microdollars: int | None
    """What counts as the provider's bill."""
    digest: bytes


_actor = account.alias("actor")
_COLUMNS: dict[str, sa.ColumnElement[Any]] = {
    **entry.c,
    "kind": account.c.kind,
    "member_id": account.c.member_id,
    "actor_id": _actor.c.member_id,
    "reason": reason.c.text,
    "day": hold.c.day,
    "job_id": job.c.id,
    "billed_microdollars": hold.c.billed_microdollars,
    **{
        name: job.c[name]
        for name in ("provider", "model", "price_credits", "price_percent", "failure")
    },
}
_day = sa.func.coalesce(hold.c.day, "")
COUNTS = sa.or_(
    sa.and_(
        _day != "", _day >= sa.bindparam("first", type_=sa.Text), _day <= sa.bindparam("last_day")
    ),
    sa.and_(
        _day == "",
        entry.c.at >= sa.bindparam("begins_at", type_=Moment),
        entry.c.at < sa.bindparam("ends_at", type_=Moment),
    ),
)
"""Whether an entry counts for a month; needs `hold` beside it, where there is one."""
_ACCOUNTS = sa.select(account.c.id).where(account.c.guild_id == sa.bindparam("of_guild"))
_LINES = (
    sa.select(*(_COLUMNS[field.name].label(field.name) for field in fields(Line)))
    .select_from(
        account.join(entry, entry.c.account_id == account.c.id)
        .outerjoin(hold, hold.c.job_id == entry.c.source)
        .outerjoin(job, job.c.id == entry.c.source)
        .outerjoin(_actor, _actor.c.id == entry.c.actor_account_id)
        .outerjoin(
            reason, sa.and_(reason.c.account_id == account.c.id, reason.c.number == entry.c.number)
        )
    )
    .where(account.c.id == sa.bindparam("of_account"), COUNTS)
    .order_by(entry.c.number)
)


def accounts(conn: sa.Connection, guild_id: int) -> list[int]:
    """All a guild's accounts by their numbers, the house's among them."""
    return sorted(row["id"] for row in execute(conn, _ACCOUNTS, {"of_guild": guild_id}))


def lines(conn: sa.Connection, account_ids: Sequence[int], span: Span) -> list[Line]:
    """The entries of some accounts that count for a month, as each account has them."""
    key = month_key(span)
    return [
        Line(**row)
        for account_id in account_ids
        for row in execute(conn, _LINES, {**key, "of_account": account_id})
    ]


def month_key(span: Span) -> Row:
    """What `COUNTS` needs to know of a month."""
    return {
        "first": span.first.isoformat(),
        "last_day": span.last.isoformat(),
        "begins_at": span.begins_at,
        "ends_at": span.ends_at,
    }
