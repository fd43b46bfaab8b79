"""Strikes: what a provider's moderation refused, counted in the transaction that ends the job.

    1st    a warning
    2nd    ten minutes without ordering
    3rd    an hour
    4th    six hours
    5th    a day
    6th    until a moderator lifts it

A strike counts for `COUNTS_FOR`, and no longer once a moderator lifted what it led to. Where many
are refused in one guild, nothing of that guild goes to that provider for `BRAKE`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from storage import blocks, ledger
from storage.blocks import Block, BlockKind
from storage.errors import ProviderBraked
from storage.job import Job
from storage.schema import AccountKind, account
from storage.shield_schema import IS_UNTOLD, brake, strike
from storage.statements import Row, execute, first

COUNTS_FOR = timedelta(days=30)
COOL_OFFS = (
    timedelta(0),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(days=1),
)
"""By the number of the strike; beyond these, only a moderator ends it."""
BRAKE_STRIKES = 20
"""So many in one guild at one provider, within `BRAKE`."""
BRAKE = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Strike:
    """One refusal, and what it led to."""

    provider: str
    """Empty once the member was forgotten, in between."""
    number: int
    """Which it was of those that counted then, from 1."""
    at: datetime
    until: datetime | None
    """When the cool-off it led to ends; None for a warning or a quarantine."""
    lifted_by: int | None = None
    """The number of the moderator's act that made it count no more."""

    @property
    def is_warning(self) -> bool:
        """Whether it led to nothing yet."""
        return self.number == 1

    @property
    def is_quarantine(self) -> bool:
        """Whether only a moderator ends what it led to."""
        return self.number > len(COOL_OFFS)

    def counts(self, now: datetime) -> bool:
        """Whether it still counts."""
        return self.lifted_by is None and self.at > now - COUNTS_FOR


@dataclass(frozen=True, kw_only=True)
class Brake:
    """A guild that orders nothing at a provider for a while."""

    guild_id: int
    provider: str
    until: datetime


_COLUMNS = (strike.c.provider, strike.c.number, strike.c.at, strike.c.until, strike.c.lifted_by)
_since = sa.bindparam("since", type_=strike.c.at.type)
_ADD = sa.insert(strike)
_COUNT = sa.select(sa.func.count().label("strikes")).where(
    strike.c.account_id == sa.bindparam("of_account"),
    strike.c.at > _since,
    strike.c.lifted_by.is_(None),
)
_COUNT_AT_PROVIDER = sa.select(sa.func.count().label("strikes")).where(
    strike.c.guild_id == sa.bindparam("of_guild"),
    strike.c.provider == sa.bindparam("of_provider"),
    strike.c.at > _since,
)
_OF_JOB = sa.select(*_COLUMNS).where(strike.c.job_id == sa.bindparam("of_job"))
_OF_MEMBER = (
    sa.select(*_COLUMNS)
    .join(account, account.c.id == strike.c.account_id)
    .where(
        account.c.guild_id == sa.bindparam("of_guild"),
        account.c.kind == AccountKind.MEMBER,
        account.c.member_id == sa.bindparam("of_member"),
    )
    .order_by(strike.c.at.desc(), strike.c.id.desc())
)
_brake = insert(brake)
_PULL = _brake.on_conflict_do_update(
    index_elements=[brake.c.guild_id, brake.c.provider],
    set_={"until": _brake.excluded.until, "is_told": sa.false()},
)
_BRAKES = sa.select(brake.c.guild_id, brake.c.provider, brake.c.until)
_BRAKED = _BRAKES.where(
    brake.c.guild_id == sa.bindparam("of_guild"),
    brake.c.provider == sa.bindparam("of_provider"),
    brake.c.until > sa.bindparam("now", type_=brake.c.until.type),
)
_UNTOLD = _BRAKES.where(IS_UNTOLD).order_by(brake.c.until)
_TOLD = (
    sa.update(brake)
    .where(
        brake.c.guild_id == sa.bindparam("of_guild"),
        brake.c.provider == sa.bindparam("of_provider"),
        brake.c.until == sa.bindparam("of_until", type_=brake.c.until.type),
    )
    .values(is_told=True)
)


def add(conn: sa.Connection, job: Job, *, now: datetime) -> Strike:
    """Count a refused job against its member and its guild, and do what follows from it."""
    account_id = ledger.account_id(conn, job.guild_id, job.member_id, now=now)
    [counted] = execute(conn, _COUNT, {"of_account": account_id, "since": now - COUNTS_FOR})
    number = counted["strikes"] + 1
    until = now + COOL_OFFS[number - 1] if 1 < number <= len(COOL_OFFS) else None
    new = Strike(provider=job.provider, number=number, at=now, until=until)
    of: Row = {"guild_id": job.guild_id, "account_id": account_id, "job_id": job.id}
    execute(conn, _ADD, {**of, **vars(new)})
    if not new.is_warning:
        kind = BlockKind.QUARANTINED if new.is_quarantine else BlockKind.COOLING_OFF
        led_to = Block(kind=kind, since=now, until=until)
        blocks.impose(conn, job.guild_id, job.member_id, led_to, now=now)
    _pull_brake(conn, job, now)
    return new


def of_job(conn: sa.Connection, job_id: str) -> Strike | None:
    """The strike a job led to."""
    row = first(conn, _OF_JOB, {"of_job": job_id})
    return None if row is None else Strike(**row)


def of_member(conn: sa.Connection, guild_id: int, member_id: int) -> list[Strike]:
    """All strikes of a member in a guild, newest first, also those that count no more."""
    key = {"of_guild": guild_id, "of_member": member_id}
    return [Strike(**row) for row in execute(conn, _OF_MEMBER, key)]


def check_brake(conn: sa.Connection, guild_id: int, provider: str, *, now: datetime) -> None:
    """Raises ProviderBraked."""
    key = {"of_guild": guild_id, "of_provider": provider, "now": now}
    if row := first(conn, _BRAKED, key):
        raise ProviderBraked(provider, row["until"])


def untold_brakes(conn: sa.Connection) -> list[Brake]:
    """List the brakes nobody was told of."""
    return [Brake(**row) for row in execute(conn, _UNTOLD)]


def told_of_brake(conn: sa.Connection, told: Brake) -> None:
    """Remember that moderators were told."""
    key = {"of_guild": told.guild_id, "of_provider": told.provider, "of_until": told.until}
    execute(conn, _TOLD, key)


def _pull_brake(conn: sa.Connection, job: Job, now: datetime) -> None:
    key = {"of_guild": job.guild_id, "of_provider": job.provider, "since": now - BRAKE}
    [counted] = execute(conn, _COUNT_AT_PROVIDER, key)
    is_on = first(conn, _BRAKED, {**key, "now": now})
    if counted["strikes"] >= BRAKE_STRIKES and not is_on:
        row = {"guild_id": job.guild_id, "provider": job.provider, "until": now + BRAKE}
        execute(conn, _PULL, row)
