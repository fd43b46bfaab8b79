"""Caps: how many credits may be spent in a day, a week, a month or on one job, and by whom.

All that stand in a job's way are checked in the transaction that takes its hold; one that cannot
be read refuses. A period has a start here and no end: what was counted under a later day, since
the guild moved its calendar or a clock was ahead, counts too.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from storage import alerts, periods, spending
from storage.cap_schema import OWNER, CapScope, SpendingScope, cap
from storage.errors import (
    BudgetError,
    CapReached,
    CapsUnreadable,
    ChannelNotAllowed,
    OwnerStop,
    SpendingPaused,
)
from storage.guilds import GuildSettings
from storage.job import JobRequest
from storage.periods import UTC_ZONE, Period
from storage.statements import Row, execute, first

EVERYBODY = ""
"""The subject of a cap of each member on their own, of a guild, or of the owner."""


@dataclass(frozen=True, kw_only=True)
class Cap:
    """One rule: in a period, no more than so many credits."""

    guild_id: int
    scope: CapScope
    subject: str = EVERYBODY
    """An account, role or channel by its id, or a provider by its name."""
    period: Period
    credits: int
    """Microdollars where it is the owner's."""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A cap that applies to somebody, and how much of it is used."""

    cap: Cap
    used: int
    resets_at: datetime | None
    """When the next period begins; None for a cap of one job."""

    @property
    def left(self) -> int:
        """What may still be spent; never below zero."""
        return max(0, self.cap.credits - self.used)


_KEY = ("guild_id", "scope", "subject", "period")
_asked = sa.func.json_each(sa.bindparam("asked", type_=sa.Text)).table_valued("value")
_COLUMNS = tuple(cap.c[field.name] for field in fields(Cap))
_APPLYING = sa.select(*_COLUMNS).select_from(
    sa.join(
        _asked,
        cap,
        sa.and_(
            *(
                cap.c[name] == sa.func.json_extract(_asked.c.value, f"$[{place}]")
                for place, name in enumerate(_KEY[:3])
            )
        ),
    )
)
_OF_GUILD = (
    sa.select(*_COLUMNS)
    .where(cap.c.guild_id == sa.bindparam("of_guild_id"))
    .order_by(*(cap.c[name] for name in _KEY))
)
_is_it = sa.and_(*(cap.c[name] == sa.bindparam(f"of_{name}") for name in _KEY))
_ONE = sa.select(*_COLUMNS).where(_is_it)
_set = insert(cap)
_SET = _set.on_conflict_do_update(index_elements=_KEY, set_={"credits": _set.excluded.credits})
_REMOVE = sa.delete(cap).where(_is_it)
_MOVE = (
    sa.update(cap)
    .where(cap.c.scope == CapScope.MEMBER, cap.c.subject == sa.bindparam("old"))
    .values(subject=sa.bindparam("new"))
)


def of_guild(conn: sa.Connection, guild_id: int) -> list[Cap]:
    """List a guild's caps; those of the owner for `OWNER`."""
    return [Cap(**row) for row in execute(conn, _OF_GUILD, {"of_guild_id": guild_id})]


def set_cap(conn: sa.Connection, wanted: Cap) -> Cap | None:
    """Set a cap, over the one in its place, and return that. Raises ValueError."""
    _check_form(wanted)
    before = find(conn, wanted)
    if before != wanted:
        alerts.void(conn, wanted.guild_id, wanted.scope, wanted.subject, wanted.period)
        execute(conn, _SET, vars(wanted))
    return before


def remove(conn: sa.Connection, unwanted: Cap) -> Cap | None:
    """Lift the cap in that one's place, whatever its credits, and return it, if there is one."""
    before = find(conn, unwanted)
    if before is not None:
        alerts.void(conn, before.guild_id, before.scope, before.subject, before.period)
        execute(conn, _REMOVE, _place(before))
    return before


def find(conn: sa.Connection, like: Cap) -> Cap | None:
    """The cap in that one's place, whatever its credits."""
    row = first(conn, _ONE, _place(like))
    return None if row is None else Cap(**row)


def set_owner_stop(conn: sa.Connection, microdollars: int | None) -> None:
    """Let all guilds together cost no more in a month, in UTC, at the providers' prices."""
    stop = Cap(guild_id=OWNER, scope=CapScope.OWNER, period=Period.MONTH, credits=microdollars or 0)
    if microdollars is None:
        remove(conn, stop)
    else:
        set_cap(conn, stop)


def move(conn: sa.Connection, old_account: int, new_account: int) -> None:
    """Let what limits one account limit another in its place, and nobody the first."""
    execute(conn, _MOVE, {"old": str(old_account), "new": str(new_account)})


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


def admit(
    conn: sa.Connection,
    request: JobRequest,
    account_id: int,
    role_ids: Iterable[int],
    chosen: GuildSettings,
    *,
    now: datetime,
) -> str:
    """Let a request through that no cap stops, and name the day it counts under.

    Notes the alerts it gives cause for. Raises CapReached, naming the cap that holds it up the
    longest, SpendingPaused, ChannelNotAllowed, OwnerStop or CapsUnreadable.
    """
    _check_place(request, chosen)
    found = standings(conn, request, account_id, role_ids, chosen, now=now)
    reached = [one for one in found if one.left < _price(one.cap, request)]
    if reached:
        raise _refusal(max(reached, key=_wait), request)
    for one in found:
        _note(conn, one, request, chosen, now)
    return day_of(chosen, now)


def day_of(chosen: GuildSettings, now: datetime) -> str:
    """The day in a guild, "2026-05-04". Raises CapsUnreadable."""
    try:
        return periods.day_of(now, chosen.timezone).isoformat()
    except ValueError as error:
        raise CapsUnreadable(str(error)) from error


def _check_form(wanted: Cap) -> None:
    if wanted.credits < 0:
        raise ValueError(f"nobody spends {wanted.credits} credits")
    if (wanted.guild_id == OWNER) != (wanted.scope is CapScope.OWNER):
        raise ValueError(f"a cap of {wanted.scope} is none of guild {wanted.guild_id}")
    is_of_all = wanted.scope in (CapScope.GUILD, CapScope.OWNER)
    if wanted.scope is not CapScope.MEMBER and is_of_all == bool(wanted.subject):
        raise ValueError(f"a cap of {wanted.scope} is not one of “{wanted.subject}”")


def _check_place(request: JobRequest, chosen: GuildSettings) -> None:
    if chosen.is_paused:
        raise SpendingPaused("the moderators have paused all spending")
    if chosen.channels and chosen.channels.isdisjoint({request.channel_id, request.parent_id}):
        raise ChannelNotAllowed(chosen.channels)


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
    if one.period is Period.JOB:
        return Standing(cap=one, used=0, resets_at=None)
    is_owners = one.scope is CapScope.OWNER
    calendar = UTC_ZONE if is_owners else timezone
    start = periods.start_of(one.period, periods.day_of(now, calendar))
    scope, subject = _counter(one, account_id)
    counted = spending.since(conn, one.guild_id, scope, subject, start)
    return Standing(
        cap=one, used=counted.used, resets_at=periods.resets_at(one.period, now, calendar)
    )


def _counter(one: Cap, account_id: int) -> tuple[SpendingScope, str]:
    if one.scope in (CapScope.MEMBER, CapScope.ROLE):
        return SpendingScope.MEMBER, str(account_id)
    return SpendingScope(one.scope), one.subject


def _price(one: Cap, request: JobRequest) -> int:
    if one.scope is not CapScope.OWNER:
        return request.price_credits
    if request.provider_microdollars is None:
        raise CapsUnreadable("nobody noted what the provider asks for this")
    return request.provider_microdollars


def _wait(one: Standing) -> datetime:
    return one.resets_at or datetime.max.replace(tzinfo=UTC)


def _refusal(one: Standing, request: JobRequest) -> BudgetError:
    if one.cap.scope is CapScope.OWNER and one.resets_at is not None:
        return OwnerStop(one.resets_at)
    return CapReached(
        one.cap.scope,
        one.cap.subject,
        one.cap.period,
        credits=one.cap.credits,
        left=one.left,
        price=request.price_credits,
        resets_at=one.resets_at,
    )


def _note(
    conn: sa.Connection,
    one: Standing,
    request: JobRequest,
    chosen: GuildSettings,
    now: datetime,
) -> None:
    """Members' caps and those of one job concern nobody but the member."""
    if one.cap.scope in (CapScope.MEMBER, CapScope.ROLE) or one.cap.period is Period.JOB:
        return
    calendar = UTC_ZONE if one.cap.scope is CapScope.OWNER else chosen.timezone
    start = periods.start_of(one.cap.period, periods.day_of(now, calendar))
    reached = alerts.Alert(
        **vars(one.cap),
        start=start.isoformat(),
        percent=0,
        used=one.used + _price(one.cap, request),
        at=now,
    )
    alerts.note(conn, reached)


def _place(one: Cap) -> Row:
    return {f"of_{name}": getattr(one, name) for name in _KEY}
