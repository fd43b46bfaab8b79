"""The tables of what may be spent, beside those of `storage.schema`.

allowed_channel  where a guild lets jobs be ordered; none is everywhere
cap              how many credits may be spent in a period, and by whom or where
spending         what is held and spent on one day, counted; a job's day is its hold's
alert            a share of a cap that was reached, and whether the moderators were told
"""

from __future__ import annotations

import enum

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Column, Index, Table

from storage.moments import Moment
from storage.periods import Period
from storage.schema import metadata, one_of

OWNER = 0
"""In place of a guild's id: over all guilds, in microdollars of the providers' prices."""


class CapScope(enum.StrEnum):
    """Whose spending a cap limits."""

    MEMBER = "member"
    """One member's, by account; or every member's, each on their own."""
    ROLE = "role"
    """That of each member who has the role."""
    CHANNEL = "channel"
    GUILD = "guild"
    PROVIDER = "provider"
    """The guild's spending at one provider."""
    OWNER = "owner"
    """All guilds' together, at every provider."""


class SpendingScope(enum.StrEnum):
    """Whose spending a counter counts."""

    MEMBER = "member"
    CHANNEL = "channel"
    GUILD = "guild"
    PROVIDER = "provider"
    MODEL = "model"
    OWNER = "owner"


allowed_channel = Table(
    "allowed_channel",
    metadata,
    Column("guild_id", sa.BigInteger, primary_key=True, autoincrement=False),
    Column("channel_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

cap = Table(
    "cap",
    metadata,
    Column("guild_id", sa.BigInteger, primary_key=True, autoincrement=False),
    # A word that nobody knows would be a cap that nobody checks.
    Column("scope", one_of(CapScope, "scope", is_closed=True), primary_key=True),
    Column("subject", sa.Text, primary_key=True),
    Column("period", one_of(Period, "period", is_closed=True), primary_key=True),
    Column("credits", sa.BigInteger, nullable=False),
    CheckConstraint("typeof(credits) = 'integer' AND credits >= 0", name="credits"),
    CheckConstraint(f"(scope = 'owner') = (guild_id = {OWNER})", name="owner"),
    sqlite_with_rowid=False,
)

spending = Table(
    "spending",
    metadata,
    Column("guild_id", sa.BigInteger, primary_key=True, autoincrement=False),
    Column("scope", one_of(SpendingScope, "scope", is_closed=False), primary_key=True),
    Column("subject", sa.Text, primary_key=True),
    Column("day", sa.Text, primary_key=True),
    Column("held", sa.BigInteger, nullable=False),
    Column("spent", sa.BigInteger, nullable=False),
    CheckConstraint("held >= 0", name="held"),
    CheckConstraint("spent >= 0", name="spent"),
    sqlite_with_rowid=False,
)

alert = Table(
    "alert",
    metadata,
    Column("guild_id", sa.BigInteger, primary_key=True, autoincrement=False),
    Column("scope", one_of(CapScope, "scope", is_closed=False), primary_key=True),
    Column("subject", sa.Text, primary_key=True),
    Column("period", one_of(Period, "period", is_closed=False), primary_key=True),
    # The day on which the period began.
    Column("start", sa.Text, primary_key=True),
    Column("percent", sa.Integer, primary_key=True),
    Column("credits", sa.BigInteger, nullable=False),
    Column("used", sa.BigInteger, nullable=False),
    Column("at", Moment, nullable=False),
    Column("told_at", Moment),
    sqlite_with_rowid=False,
)

IS_UNTOLD = sa.text("told_at IS NULL")

Index("alert_untold", alert.c.at, sqlite_where=IS_UNTOLD)
