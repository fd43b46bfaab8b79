"""Caps, and jobs that are to come under them, for tests to vary."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from storage import caps, jobs, ledger
from storage.cap_schema import CapScope
from storage.caps import Cap
from storage.errors import CapReached
from storage.jobs import Job
from storage.periods import Period
from tests.storage.examples import GUILD, MEMBER, NOW, new_job

CHANNEL = 33
RICH = 10_000


def at(day: str, hour: int = 12) -> datetime:
    """An hour of a day, in UTC."""
    return datetime.fromisoformat(day).replace(hour=hour, tzinfo=UTC)


def enrich(conn: sa.Connection, member: int = MEMBER, guild: int = GUILD) -> int:
    """Give a member more than any cap allows; says the account."""
    ledger.grant(
        conn,
        guild_id=guild,
        member_id=member,
        credits=RICH,
        actor_id=9,
        reason=None,
        source=f"grant:{guild}:{member}",
        now=NOW,
    )
    return ledger.account_id(conn, guild, member, now=NOW)


def cap(
    scope: CapScope, subject: object = "", credits: int = 10, period: Period = Period.MONTH
) -> Cap:
    """A cap in the guild of the examples."""
    guild_id = 0 if scope is CapScope.OWNER else GUILD
    return Cap(guild_id=guild_id, scope=scope, subject=str(subject), period=period, credits=credits)


def order(
    conn: sa.Connection,
    number: int,
    price: int,
    *,
    now: datetime = NOW,
    roles: tuple[int, ...] = (),
    **changes: Any,
) -> Job:
    """Create a job of that price."""
    changes = {"provider_microdollars": price * 10_000, **changes}
    new = new_job(number, price_credits=price, due_at=now, **changes)
    return jobs.create(conn, new, now=now, role_ids=roles)


def refused(
    conn: sa.Connection, number: int, price: int, *, now: datetime = NOW, **changes: Any
) -> CapReached:
    """Create a job that a cap refuses, and return the refusal."""
    try:
        order(conn, number, price, now=now, **changes)
    except CapReached as refusal:
        return refusal
    raise AssertionError(f"{price} credits were let through")


def set_caps(conn: sa.Connection, *wanted: Cap) -> None:
    """Set several caps."""
    for one in wanted:
        caps.set_cap(conn, one)
