"""Lets a request through that no rule of the guild's or the owner's stops, before it is held.

This is asked in the transaction that takes the hold. A cap that cannot be read refuses; what costs
nothing is stopped by none.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

import sqlalchemy as sa

from storage import alerts, periods
from storage.cap_schema import CapScope
from storage.caps import Cap
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
from storage.periods import Period
from storage.standings import Standing, standings


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
        _note(conn, one, request)
    return day_of(chosen, now)


def day_of(chosen: GuildSettings, now: datetime) -> str:
    """The day in a guild, "2026-05-04". Raises CapsUnreadable."""
    try:
        return periods.day_of(now, chosen.timezone).isoformat()
    except ValueError as error:
        raise CapsUnreadable(str(error)) from error


def _check_place(request: JobRequest, chosen: GuildSettings) -> None:
    if chosen.is_paused:
        raise SpendingPaused("the moderators have paused all spending")
    if chosen.channels and chosen.channels.isdisjoint({request.channel_id, request.parent_id}):
        raise ChannelNotAllowed(chosen.channels)


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


def _note(conn: sa.Connection, one: Standing, request: JobRequest) -> None:
    """Members' caps and those of one job concern nobody but the member."""
    if one.cap.scope in (CapScope.MEMBER, CapScope.ROLE) or one.cap.period is Period.JOB:
        return
    reached = alerts.Alert(
        **vars(one.cap),
        start=one.start.isoformat(),
        percent=0,
        used=one.used + _price(one.cap, request),
        at=one.now,
    )
    alerts.note(conn, reached)
