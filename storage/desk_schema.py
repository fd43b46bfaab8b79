"""The tables of the moderators' desk, beside those of `storage.schema`.

act              what a moderator did: append-only, each sealed over the one before in its guild
act_line         whom an act concerned, and how many credits it moved
act_reason       what the moderator wrote; goes when whom it concerns is forgotten
act_book         how many acts a guild has, and the digest of the newest
lot              granted credits that expire
allowance        the credits a role carries each day, week or month
allowance_given  the period for which an account last got an allowance
ask              what a member asked the moderators for: credits, or that a job may begin
"""

from __future__ import annotations

import enum

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Column, ForeignKey, ForeignKeyConstraint, Index, Table

from storage.moments import Moment
from storage.schema import metadata, one_of
from storage.triggers import guard


class ActKind(enum.StrEnum):
    """What a moderator can do that is written down."""

    GRANT = "grant"
    TAKE = "take"
    SETTING = "setting"
    CAP = "cap"
    ALLOWANCE = "allowance"
    ANSWER = "answer"
    """To a member who asked for credits."""
    APPROVAL = "approval"
    """Or its denial, of a job."""
    BLOCK = "block"
    UNBLOCK = "unblock"
    WORDS = "words"
    REPORT = "report"
    UNDO = "undo"


class AskKind(enum.StrEnum):
    """What a member asks for."""

    CREDITS = "credits"
    JOB = "job"
    """That a job above the guild's threshold may begin."""


class AskState(enum.StrEnum):
    """What became of it."""

    OPEN = "open"
    GRANTED = "granted"
    DENIED = "denied"
    EXPIRED = "expired"


act = Table(
    "act",
    metadata,
    Column("guild_id", sa.BigInteger, primary_key=True, autoincrement=False),
    Column("number", sa.Integer, primary_key=True, autoincrement=False),
    Column("kind", one_of(ActKind, "kind", is_closed=False), nullable=False),
    Column("actor_account_id", ForeignKey("account.id"), nullable=False),
    Column("subject", sa.Text, nullable=False, server_default=""),
    # JSON, as text: what is sealed must be what stands there.
    Column("before", sa.Text),
    Column("after", sa.Text),
    Column("reason_digest", sa.LargeBinary),
    Column("undoes", sa.Integer),
    Column("source", sa.Text),
    Column("at", Moment, nullable=False),
    Column("digest", sa.LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

act_line = Table(
    "act_line",
    metadata,
    Column("guild_id", sa.BigInteger, primary_key=True, autoincrement=False),
    Column("number", sa.Integer, primary_key=True, autoincrement=False),
    Column("account_id", ForeignKey("account.id"), primary_key=True, autoincrement=False),
    Column("credits", sa.BigInteger, nullable=False),
    ForeignKeyConstraint(["guild_id", "number"], ["act.guild_id", "act.number"]),
    sqlite_with_rowid=False,
)

act_reason = Table(
    "act_reason",
    metadata,
    Column("guild_id", sa.BigInteger, primary_key=True, autoincrement=False),
    Column("number", sa.Integer, primary_key=True, autoincrement=False),
    # Without it nobody can try out what a reason that is gone may have been.
    Column("salt", sa.LargeBinary, nullable=False),
    Column("text", sa.Text, nullable=False),
    ForeignKeyConstraint(["guild_id", "number"], ["act.guild_id", "act.number"]),
    sqlite_with_rowid=False,
)

act_book = Table(
    "act_book",
    metadata,
    Column("guild_id", sa.BigInteger, primary_key=True, autoincrement=False),
    Column("acts", sa.Integer, nullable=False),
    Column("digest", sa.LargeBinary, nullable=False),
)

lot = Table(
    "lot",
    metadata,
    Column("id", sa.Integer, primary_key=True),
    Column("account_id", sa.Integer, nullable=False),
    # Of the grant in the account's entries.
    Column("number", sa.Integer, nullable=False),
    Column("credits", sa.BigInteger, nullable=False),
    # With what expired, and what was captured or taken, it makes up the credits.
    Column("remaining", sa.BigInteger, nullable=False),
    Column("expired", sa.BigInteger, nullable=False, server_default="0"),
    Column("expires_at", Moment, nullable=False),
    ForeignKeyConstraint(["account_id", "number"], ["entry.account_id", "entry.number"]),
    CheckConstraint("remaining >= 0 AND expired >= 0", name="remaining"),
    CheckConstraint("remaining + expired <= credits", name="credits"),
)

allowance = Table(
    "allowance",
    metadata,
    Column("guild_id", sa.BigInteger, primary_key=True, autoincrement=False),
    Column("role_id", sa.BigInteger, primary_key=True, autoincrement=False),
    Column("period", sa.Text, primary_key=True),
    Column("credits", sa.BigInteger, nullable=False),
    Column("carries_over", sa.Boolean, nullable=False),
    CheckConstraint("credits > 0", name="credits"),
    sqlite_with_rowid=False,
)

allowance_given = Table(
    "allowance_given",
    metadata,
    Column("account_id", ForeignKey("account.id"), primary_key=True, autoincrement=False),
    Column("period", sa.Text, primary_key=True),
    # The period's first day, by the guild's time zone.
    Column("start", sa.Text, nullable=False),
    Column("credits", sa.BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

ask = Table(
    "ask",
    metadata,
    Column("id", sa.Integer, primary_key=True),
    Column("guild_id", sa.BigInteger, nullable=False),
    Column("account_id", ForeignKey("account.id"), nullable=False),
    Column("kind", one_of(AskKind, "kind", is_closed=False), nullable=False),
    Column("job_id", ForeignKey("job.id"), unique=True),
    Column("credits", sa.BigInteger, nullable=False),
    Column("text", sa.Text, nullable=False, server_default=""),
    Column("state", one_of(AskState, "state", is_closed=False), nullable=False),
    Column("moderator_account_id", ForeignKey("account.id")),
    Column("granted", sa.BigInteger, nullable=False, server_default="0"),
    # The moderator's act that answered it.
    Column("act", sa.Integer),
    # Where the moderators' card stands.
    Column("channel_id", sa.BigInteger),
    Column("message_id", sa.BigInteger),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("decided_at", Moment),
    CheckConstraint("(kind = 'job') = (job_id IS NOT NULL)", name="job"),
    CheckConstraint("(state = 'open') = (decided_at IS NULL)", name="decided"),
)

IS_LEFT = sa.text("remaining > 0")
IS_ASKED = sa.text("state = 'open'")
"""Spelled out in index and query alike, as those of `storage.schema`."""

Index("act_of_actor", act.c.guild_id, act.c.actor_account_id, act.c.at)
Index("act_undone", act.c.guild_id, act.c.undoes, unique=True)
Index("act_source", act.c.guild_id, act.c.source, unique=True)
Index("act_line_of_account", act_line.c.account_id)
Index("lot_left", lot.c.account_id, lot.c.expires_at, sqlite_where=IS_LEFT)
Index("lot_of_entry", lot.c.account_id, lot.c.number, unique=True)
Index("lot_due", lot.c.expires_at, lot.c.account_id, sqlite_where=IS_LEFT)
# One question at a time from a member; of several presses, one asks.
Index(
    "ask_open",
    ask.c.account_id,
    unique=True,
    sqlite_where=sa.text("state = 'open' AND kind = 'credits'"),
)
Index("ask_pending", ask.c.guild_id, ask.c.created_at, sqlite_where=IS_ASKED)
Index("ask_of_account", ask.c.account_id, ask.c.created_at)

guard(act, update="acts are never edited", delete="acts are never deleted")
guard(act_line, update="acts are never edited", delete="acts are never deleted")
guard(act_reason, update="reasons are never edited")
