"""The tables, and the triggers that keep history from being rewritten.

    guild      what a guild has set
    meta       single values of the whole program
    account    one member's credits in one guild, or the house's
    hold       credits set aside for one job
    entry      every change of an account, append-only, each sealed over the one before
    reason     what a moderator wrote about an entry

The others stand in modules of their own, `job_schema` and so on. A change of any needs a revision
in `storage/migrations/versions`; a test compares the two.
"""

from __future__ import annotations

import enum

import sqlalchemy as sa
from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Table,
    UniqueConstraint,
)

from storage.age import AgeRule
from storage.job import JobState
from storage.moments import Moment
from storage.triggers import guard

STARTING_CREDITS = 100
WELCOME_AGE_DAYS = 3
HOUSE = 0
"""The member id of a house account."""


class AccountKind(enum.StrEnum):
    """Whose credits they are."""

    MEMBER = "member"
    HOUSE = "house"


class HoldState(enum.StrEnum):
    """What became of a hold."""

    HELD = "held"
    CAPTURED = "captured"
    RELEASED = "released"


class Phase(enum.StrEnum):
    """Why an account changed. One source has one entry a phase, so nothing is settled twice."""

    GRANT = "grant"
    HOLD = "hold"
    SETTLE = "settle"
    LOSS = "loss"
    TAKE = "take"
    EXPIRE = "expire"


def one_of(words: type[enum.StrEnum], name: str, *, is_closed: bool) -> sa.Enum:
    """A column of words, stored as they are spelled; a closed one takes no others."""
    # SQLite would rebuild the whole table to let a CHECK know one more word.
    return sa.Enum(
        words,
        name=name,
        native_enum=False,
        create_constraint=is_closed,
        length=16,
        values_callable=lambda members: [member.value for member in members],
    )


metadata = sa.MetaData(
    naming_convention={
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
    }
)

guild = Table(
    "guild",
    metadata,
    Column("guild_id", sa.BigInteger, primary_key=True, autoincrement=False),
    Column("starting_credits", sa.Integer, nullable=False, server_default=str(STARTING_CREDITS)),
    Column("log_channel_id", sa.BigInteger),
    Column("timezone", sa.Text, nullable=False, server_default="UTC"),
    Column("roles_add_up", sa.Boolean, nullable=False, server_default=sa.false()),
    Column("price_percent", sa.Integer, nullable=False, server_default="100"),
    Column("approval_credits", sa.BigInteger),
    Column("manager_role_id", sa.BigInteger),
    Column("giving_ceiling", sa.BigInteger),
    Column("is_paused", sa.Boolean, nullable=False, server_default=sa.false()),
    Column("welcome_age_days", sa.Integer, nullable=False, server_default=str(WELCOME_AGE_DAYS)),
    Column("refused_pays", sa.Boolean, nullable=False, server_default=sa.false()),
    Column(
        "age_rule",
        one_of(AgeRule, "age_rule", is_closed=False),
        nullable=False,
        server_default=AgeRule.ANYWHERE,
    ),
    CheckConstraint("starting_credits >= 0", name="starting_credits"),
    CheckConstraint("price_percent BETWEEN 1 AND 10000", name="price_percent"),
)

meta = Table(
    "meta",
    metadata,
    Column("key", sa.Text, primary_key=True),
    Column("value", sa.Text, nullable=False),
)

account = Table(
    "account",
    metadata,
    Column("id", sa.Integer, primary_key=True),
    Column("guild_id", sa.BigInteger, nullable=False),
    Column("kind", one_of(AccountKind, "kind", is_closed=True), nullable=False),
    Column("member_id", sa.BigInteger, nullable=False),
    Column("posted", sa.BigInteger, nullable=False, server_default="0"),
    Column("held", sa.BigInteger, nullable=False, server_default="0"),
    Column("entries", sa.Integer, nullable=False, server_default="0"),
    # Without its salt, which goes when a member is forgotten, nobody can tell whose the origin is.
    Column("salt", sa.LargeBinary),
    Column("origin", sa.LargeBinary, nullable=False, server_default=sa.text("x''")),
    Column("digest", sa.LargeBinary, nullable=False, server_default=sa.text("x''")),
    # Too young on Discord to be welcomed at first sight; asked again until then.
    Column("awaits_welcome", sa.Boolean, nullable=False, server_default=sa.false()),
    UniqueConstraint("guild_id", "kind", "member_id"),
    CheckConstraint("held >= 0", name="held"),
    CheckConstraint("kind = 'house' OR posted >= held", name="available"),
    CheckConstraint(f"(kind = 'house') = (member_id = {HOUSE})", name="house"),
)

hold = Table(
    "hold",
    metadata,
    Column("job_id", sa.Text, primary_key=True),
    Column("account_id", ForeignKey("account.id"), nullable=False),
    Column("credits", sa.BigInteger, nullable=False),
    Column("state", one_of(HoldState, "state", is_closed=True), nullable=False),
    Column("captured_credits", sa.BigInteger, nullable=False, server_default="0"),
    # The day its counters are kept under, by the calendar its guild had then.
    Column("day", sa.Text, nullable=False, server_default=""),
    # What is counted as the provider's bill.
    Column("billed_microdollars", sa.BigInteger, nullable=False, server_default="0"),
    CheckConstraint("credits >= 0", name="credits"),
    CheckConstraint("captured_credits BETWEEN 0 AND credits", name="captured_credits"),
    CheckConstraint("state = 'captured' OR captured_credits = 0", name="uncaptured"),
    sqlite_with_rowid=False,
)

entry = Table(
    "entry",
    metadata,
    Column("source", sa.Text, primary_key=True),
    Column("phase", one_of(Phase, "phase", is_closed=False), primary_key=True),
    Column("account_id", ForeignKey("account.id"), nullable=False),
    Column("number", sa.Integer, nullable=False),
    Column("posted_change", sa.BigInteger, nullable=False),
    Column("held_change", sa.BigInteger, nullable=False),
    Column("posted_after", sa.BigInteger, nullable=False),
    Column("held_after", sa.BigInteger, nullable=False),
    # An account, and no member's id: whoever is forgotten is so here too.
    Column("actor_account_id", ForeignKey("account.id")),
    Column("reason_digest", sa.LargeBinary),
    Column("ending", one_of(JobState, "ending", is_closed=False)),
    Column("at", Moment, nullable=False),
    Column("digest", sa.LargeBinary, nullable=False),
    # Counting an account's entries orders them without trusting clocks, and shows a missing one.
    UniqueConstraint("account_id", "number"),
    sqlite_with_rowid=False,
)

reason = Table(
    "reason",
    metadata,
    Column("account_id", sa.Integer, primary_key=True, autoincrement=False),
    Column("number", sa.Integer, primary_key=True, autoincrement=False),
    Column("text", sa.Text, nullable=False),
    ForeignKeyConstraint(["account_id", "number"], ["entry.account_id", "entry.number"]),
    sqlite_with_rowid=False,
)

IS_HELD = sa.text("state = 'held'")
"""Spelled out in index and query alike: only then does SQLite promise to use a partial index."""

Index("hold_open", hold.c.account_id, hold.c.credits, sqlite_where=IS_HELD)
Index(
    "entry_of_actor",
    entry.c.actor_account_id,
    sqlite_where=entry.c.actor_account_id.is_not(None),
)
guard(entry, update="entries are never edited", delete="entries are never deleted")
guard(reason, update="reasons are never edited")
guard(hold, delete="holds are never deleted")
