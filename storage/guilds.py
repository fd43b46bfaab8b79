"""What a guild has set."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from storage.age import AgeRule
from storage.cap_schema import allowed_channel
from storage.periods import UTC_ZONE, zone
from storage.schema import STARTING_CREDITS, WELCOME_AGE_DAYS, guild
from storage.statements import Row, execute, first

LEAST_PERCENT, MOST_PERCENT = 1, 10_000


@dataclass(frozen=True, kw_only=True)
class GuildSettings:
    """All a guild's moderators may choose, but for caps and allowances."""

    starting_credits: int = STARTING_CREDITS
    log_channel_id: int | None = None
    timezone: str = UTC_ZONE
    """By whose calendar days, weeks and months begin."""
    roles_add_up: bool = False
    """Of several roles' caps or allowances their sum counts, and not only the highest."""
    price_percent: int = 100
    """What a clip costs here, of the provider's price."""
    approval_credits: int | None = None
    """A job above this waits for a moderator; None: none does."""
    manager_role_id: int | None = None
    """Whoever has this role may do what moderators may."""
    giving_ceiling: int | None = None
    """How many credits such a manager may give in a month."""
    is_paused: bool = False
    """Nothing new may be ordered."""
    welcome_age_days: int = WELCOME_AGE_DAYS
    """How old a Discord account must be to be given starting credits."""
    refused_pays: bool = False
    """A job that the provider's moderation refuses costs its member the quote."""
    age_rule: AgeRule = AgeRule.ANYWHERE
    """Whether jobs may be ordered in channels that Discord restricts by age, or only there."""
    channels: frozenset[int] = frozenset()
    """Where jobs may be ordered; empty: everywhere."""

    def needs_approval(self, price_credits: int) -> bool:
        """Whether a moderator must let a job of this price begin."""
        return self.approval_credits is not None and price_credits > self.approval_credits


_ROW_FIELDS = tuple(field.name for field in fields(GuildSettings) if field.name != "channels")
_of_guild = guild.c.guild_id == sa.bindparam("of_guild")
_SETTINGS = sa.select(*(guild.c[name] for name in _ROW_FIELDS)).where(_of_guild)
_CHANNELS = sa.select(allowed_channel.c.channel_id).where(
    allowed_channel.c.guild_id == sa.bindparam("of_guild")
)
_write = insert(guild)
_WRITE = _write.on_conflict_do_update(
    index_elements=[guild.c.guild_id], set_={name: _write.excluded[name] for name in _ROW_FIELDS}
)
_CLOSE_CHANNELS = sa.delete(allowed_channel).where(
    allowed_channel.c.guild_id == sa.bindparam("of_guild")
)
_ALLOW = sa.insert(allowed_channel)


def settings(conn: sa.Connection, guild_id: int) -> GuildSettings:
    """Read all that a guild has set."""
    key = {"of_guild": guild_id}
    row = first(conn, _SETTINGS, key) or {}
    channels = frozenset(row["channel_id"] for row in execute(conn, _CHANNELS, key))
    return GuildSettings(**row, channels=channels)


def change(
    conn: sa.Connection,
    guild_id: int,
    /,
    **changes: Any,
) -> tuple[GuildSettings, GuildSettings]:
    """Set some of a guild's settings, by their names; say how all were before, and are now.

    Raises ValueError with a plain sentence for a value that cannot be, TypeError for a name.
    """
    before = settings(conn, guild_id)
    after = GuildSettings(**(vars(before) | changes))
    _check(after)
    execute(conn, _WRITE, {"guild_id": guild_id, **_row(after)})
    if after.channels != before.channels:
        execute(conn, _CLOSE_CHANNELS, {"of_guild": guild_id})
        for channel_id in sorted(after.channels):
            execute(conn, _ALLOW, {"guild_id": guild_id, "channel_id": channel_id})
    return before, after


def starting_credits(conn: sa.Connection, guild_id: int) -> int:
    """Say how many credits a new member of the guild starts with."""
    return settings(conn, guild_id).starting_credits


def log_channel(conn: sa.Connection, guild_id: int) -> int | None:
    """Say where the guild's moderators read what needs them; None where they chose no channel."""
    return settings(conn, guild_id).log_channel_id


_RULES: Mapping[str, Callable[[GuildSettings], bool]] = {
    "a member cannot start with {0.starting_credits} credits": lambda now: (
        now.starting_credits >= 0
    ),
    f"a price is {LEAST_PERCENT} to {MOST_PERCENT} percent, not {{0.price_percent}}": lambda now: (
        LEAST_PERCENT <= now.price_percent <= MOST_PERCENT
    ),
    "no job costs more than {0.approval_credits} credits or less": lambda now: (
        (now.approval_credits or 0) >= 0
    ),
    "nobody gives at most {0.giving_ceiling} credits": lambda now: (now.giving_ceiling or 0) >= 0,
    "no account is {0.welcome_age_days} days old": lambda now: now.welcome_age_days >= 0,
}


def _check(wanted: GuildSettings) -> None:
    zone(wanted.timezone)
    for problem, holds in _RULES.items():
        if not holds(wanted):
            raise ValueError(problem.format(wanted))


def _row(chosen: GuildSettings) -> Row:
    return {name: getattr(chosen, name) for name in _ROW_FIELDS}
