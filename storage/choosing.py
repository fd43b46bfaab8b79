"""What moderators choose for a guild: every choice that changes something is an act."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage import acts, allowances, caps, guilds, ledger
from storage.acts import Act, ActKind, Line
from storage.allowances import Allowance
from storage.cap_schema import CapScope
from storage.caps import Cap
from storage.guilds import GuildSettings
from storage.periods import Period


@dataclass(frozen=True, kw_only=True)
class CapChoice:
    """A cap as a moderator names it; no credits lift the one in its place."""

    scope: CapScope
    period: Period
    credits: int | None
    member_id: int | None = None
    """For a cap of one member."""
    subject: str = caps.EVERYBODY
    """For others: a role's or channel's id, a provider's name."""


def change_settings(
    conn: sa.Connection,
    guild_id: int,
    actor_id: int,
    changes: Mapping[str, Any],
    *,
    reason: str | None = None,
    now: datetime,
) -> int | None:
    """Set some of a guild's settings by their names; None where all stood so before.

    Raises ValueError with a plain sentence for a value that cannot be, TypeError for a name.
    """
    before, after = guilds.change(conn, guild_id, **changes)
    changed = {name for name in changes if getattr(before, name) != getattr(after, name)}
    if not changed:
        return None
    done = Act(
        kind=ActKind.SETTING,
        subject=", ".join(sorted(changed)),
        before=settings_as_json(before, changed),
        after=settings_as_json(after, changed),
        reason=reason,
    )
    return acts.record(conn, guild_id, actor_id, done, now=now)


def set_cap(
    conn: sa.Connection,
    guild_id: int,
    actor_id: int,
    choice: CapChoice,
    *,
    reason: str | None = None,
    now: datetime,
) -> int | None:
    """Set a cap or lift it; None where it stood so before. Raises ValueError."""
    subject = choice.subject
    if choice.member_id is not None:
        subject = str(ledger.account_id(conn, guild_id, choice.member_id, now=now))
    wanted = Cap(
        guild_id=guild_id,
        scope=choice.scope,
        subject=subject,
        period=choice.period,
        credits=choice.credits or 0,
    )
    after = None if choice.credits is None else wanted
    before = caps.remove(conn, wanted) if after is None else caps.set_cap(conn, wanted)
    if before == after:
        return None
    lines = () if choice.member_id is None else (Line(member_id=choice.member_id),)
    done = Act(
        kind=ActKind.CAP,
        lines=lines,
        subject=f"{choice.scope} {choice.period}",
        before=cap_as_json(before),
        after=cap_as_json(after),
        reason=reason,
    )
    return acts.record(conn, guild_id, actor_id, done, now=now)


def set_allowance(
    conn: sa.Connection,
    wanted: Allowance,
    actor_id: int,
    *,
    reason: str | None = None,
    now: datetime,
) -> int | None:
    """Set a role's allowance, or end it with no credits; None where it stood so before.

    Raises ValueError.
    """
    place = (wanted.guild_id, wanted.role_id, wanted.period)
    after = wanted if wanted.credits else None
    before = (
        allowances.remove(conn, *place) if after is None else allowances.set_allowance(conn, wanted)
    )
    if before == after:
        return None
    done = Act(
        kind=ActKind.ALLOWANCE,
        subject=f"{wanted.role_id} {wanted.period}",
        before=allowance_as_json(before),
        after=allowance_as_json(after),
        reason=reason,
    )
    return acts.record(conn, wanted.guild_id, actor_id, done, now=now)


def settings_as_json(chosen: GuildSettings, names: set[str]) -> dict[str, Any]:
    """How some settings stand in an act."""
    values = {name: getattr(chosen, name) for name in names}
    return {
        name: sorted(value) if isinstance(value, frozenset) else value
        for name, value in values.items()
    }


def settings_of_json(values: dict[str, Any]) -> dict[str, Any]:
    """The settings that stand so in an act."""
    return {
        name: frozenset(value) if isinstance(value, list) else value
        for name, value in values.items()
    }


def cap_as_json(cap: Cap | None) -> dict[str, Any] | None:
    """How a cap stands in an act."""
    return None if cap is None else {n: v for n, v in vars(cap).items() if n != "guild_id"}


def cap_of_json(guild_id: int, value: dict[str, Any] | None) -> Cap | None:
    """The cap that stands so in an act."""
    if value is None:
        return None
    words = {"scope": CapScope(value["scope"]), "period": Period(value["period"])}
    return Cap(guild_id=guild_id, **(value | words))


def allowance_as_json(allowance: Allowance | None) -> dict[str, Any] | None:
    """How an allowance stands in an act."""
    if allowance is None:
        return None
    return {name: value for name, value in vars(allowance).items() if name != "guild_id"}


def allowance_of_json(guild_id: int, value: dict[str, Any] | None) -> Allowance | None:
    """The allowance that stands so in an act."""
    if value is None:
        return None
    return Allowance(guild_id=guild_id, **(value | {"period": Period(value["period"])}))
