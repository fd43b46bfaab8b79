"""Which caps apply to a request, and how much of each is used.

A period has a start here and no end: what was counted under a later day, since the guild moved
its calendar or a clock was ahead, counts too.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime

import sqlalchemy as sa

from storage import periods, spending
from storage.cap_schema import OWNER, CapScope, SpendingScope, cap
from storage.caps import EVERYBODY, Cap
from storage.errors import CapsUnreadable
from storage.guilds import GuildSettings
from storage.job import JobRequest
from storage.periods import UTC_ZONE, Period
from storage.statements import Row, execute


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A cap that applies to somebody, and how much of it is used."""

    cap: Cap
    used: int
    start: date
    """The first day of the period that is on."""
    now: datetime
    timezone: str

    @property
    def left(self) -> int:
        """What may still be spent; never below zero."""
        return max(0, self.cap.credits - self.used)

    @property
    def resets_at(self) -> datetime | None:
        """When the next period begins; None for a cap of one job."""
        return periods.resets_at(self.cap.period, self.now, self.timezone)


_KEY = ("guild_id", "scope", "subject")
_asked = sa.func.json_each(sa.bindparam("asked", type_=sa.Text)).table_valued("value")
_COLUMNS = tuple(cap.c[field.name] for field in fields(Cap))
_APPLYING = sa.select(*_COLUMNS).select_from(
    sa.join(
        _asked,
        cap,
        sa.and_(
            *(
                cap.c[name] == sa.func.json_extract(_asked.c.value, f"$[{place}]")
                for place, name in enumerate(_KEY)
            )
        ),
    )
)


def standings(
    conn: sa.Connection,
    request: JobRequest,
    account_id: int,
    role_ids: Iterable[int],
    chosen: GuildSettings,
    *,
    now: datetime,
) -> list[Standing]:
    """Every cap that applies to a request of this account's, and how it stands before it.

    Raises CapsUnreadable.
    """
    try:
        asking = _asking(request, account_id, role_ids)
        found = [_read(row) for row in execute(conn, _APPLYING, asking)]
        return [
            _standing(conn, one, account_id, chosen.timezone, now)
            for one in _in_force(found, chosen)
        ]
    except (LookupError, TypeError, ValueError) as error:
        raise CapsUnreadable(str(error)) from error


def _asking(request: JobRequest, account_id: int, role_ids: Iterable[int]) -> Row:
    asked = [
        (CapScope.MEMBER, EVERYBODY),
        (CapScope.MEMBER, str(account_id)),
        (CapScope.CHANNEL, str(request.budget_channel_id)),
        (CapScope.GUILD, EVERYBODY),
        (CapScope.PROVIDER, request.provider),
        *((CapScope.ROLE, str(role_id)) for role_id in role_ids),
    ]
    keys = [(request.guild_id, *key) for key in asked]
    return {"asked": json.dumps([*keys, (OWNER, CapScope.OWNER, EVERYBODY)])}


def _read(row: Row) -> Cap:
    if not isinstance(row["credits"], int):
        raise TypeError(f"{row['credits']!r} is no number of credits")
    return Cap(**row)


def _in_force(found: Sequence[Cap], chosen: GuildSettings) -> list[Cap]:
    """Of those of a member, one a period: their own, or else their roles', or else everybody's."""
    of_member = [one for one in found if one.scope in (CapScope.MEMBER, CapScope.ROLE)]
    others = [one for one in found if one not in of_member]
    for period in Period:
        here = [one for one in of_member if one.period is period]
        own = [one for one in here if one.scope is CapScope.MEMBER and one.subject]
        roles = [one for one in here if one.scope is CapScope.ROLE]
        if own:
            others += own
        elif roles:
            others.append(_of_roles(roles, chosen))
        else:
            others += here
    return others


def _of_roles(roles: Sequence[Cap], chosen: GuildSettings) -> Cap:
    highest = max(roles, key=lambda one: one.credits)
    if len(roles) == 1 or not chosen.roles_add_up:
        return highest
    return replace(highest, subject=EVERYBODY, credits=sum(one.credits for one in roles))


def _standing(
    conn: sa.Connection, one: Cap, account_id: int, timezone: str, now: datetime
) -> Standing:
    calendar = UTC_ZONE if one.scope is CapScope.OWNER else timezone
    start = periods.start_of(one.period, periods.day_of(now, calendar))
    used = 0
    if one.period is not Period.JOB:
        scope, subject = _counter(one, account_id)
        used = spending.since(conn, one.guild_id, scope, subject, start).used
    return Standing(cap=one, used=used, start=start, now=now, timezone=calendar)


def _counter(one: Cap, account_id: int) -> tuple[SpendingScope, str]:
    if one.scope in (CapScope.MEMBER, CapScope.ROLE):
        return SpendingScope.MEMBER, str(account_id)
    return SpendingScope(one.scope), one.subject
