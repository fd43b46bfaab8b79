"""The tables of the shield, beside those of `storage.schema`.

strike          a job that a provider's moderation refused; counts against its member for a while
block           who may order nothing in a guild: until when, and by whose decision
brake           a provider a guild may order nothing of for an hour, after many refusals there
forbidden_word  what no prompt in a guild may contain
report_case     a clip that members reported, and what the moderators did about it
report          what a member wrote about a clip
"""

from __future__ import annotations

import enum

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table

from storage.moments import Moment
from storage.schema import metadata, one_of


class BlockKind(enum.StrEnum):
    """Why somebody may order nothing."""

    BLOCKED = "blocked"
    """A moderator said so."""
    COOLING_OFF = "cooling_off"
    """A provider refused what they ordered, more than once."""
    QUARANTINED = "quarantined"
    """That went on; only a moderator lifts it."""


class ReportState(enum.StrEnum):
    """What became of a reported clip."""

    OPEN = "open"
    REMOVED = "removed"
    DISMISSED = "dismissed"


strike = Table(
    "strike",
    metadata,
    Column("id", sa.Integer, primary_key=True),
    Column("guild_id", sa.BigInteger, nullable=False),
    Column("account_id", ForeignKey("account.id"), nullable=False),
    # Gone, with the provider, once the member is forgotten: they would lead to the job.
    Column("job_id", ForeignKey("job.id"), unique=True),
    Column("provider", sa.Text, nullable=False, server_default=""),
    Column("number", sa.Integer, nullable=False),
    Column("at", Moment, nullable=False),
    Column("until", Moment),
    # The moderator's act that lifted what it led to.
    Column("lifted_by", sa.Integer),
    CheckConstraint("number > 0", name="number"),
)

block = Table(
    "block",
    metadata,
    Column("account_id", ForeignKey("account.id"), primary_key=True, autoincrement=False),
    Column("guild_id", sa.BigInteger, nullable=False),
    Column("kind", one_of(BlockKind, "kind", is_closed=False), nullable=False),
    Column("since", Moment, nullable=False),
    # None: until a moderator lifts it.
    Column("until", Moment),
    # The moderator's act, where one decided it.
    Column("act", sa.Integer),
)

brake = Table(
    "brake",
    metadata,
    Column("guild_id", sa.BigInteger, primary_key=True, autoincrement=False),
    Column("provider", sa.Text, primary_key=True),
    Column("until", Moment, nullable=False),
    Column("is_told", sa.Boolean, nullable=False, server_default=sa.false()),
    sqlite_with_rowid=False,
)

forbidden_word = Table(
    "forbidden_word",
    metadata,
    Column("guild_id", sa.BigInteger, primary_key=True, autoincrement=False),
    # Without case, accents and the like, by which it is found and told from others.
    Column("folded", sa.Text, primary_key=True),
    Column("word", sa.Text, nullable=False),
    sqlite_with_rowid=False,
)

report_case = Table(
    "report_case",
    metadata,
    Column("job_id", ForeignKey("job.id"), primary_key=True),
    Column("guild_id", sa.BigInteger, nullable=False),
    Column("state", one_of(ReportState, "state", is_closed=False), nullable=False),
    # The post, known here while it may have to go, though its member is forgotten meanwhile.
    Column("clip_channel_id", sa.BigInteger),
    Column("clip_message_id", sa.BigInteger),
    # Where the moderators' card stands.
    Column("channel_id", sa.BigInteger),
    Column("message_id", sa.BigInteger),
    Column("moderator_account_id", ForeignKey("account.id")),
    Column("decided_at", Moment),
    CheckConstraint("(state = 'open') = (decided_at IS NULL)", name="decided"),
    sqlite_with_rowid=False,
)

report = Table(
    "report",
    metadata,
    Column("job_id", ForeignKey("report_case.job_id"), primary_key=True),
    Column("reporter_account_id", ForeignKey("account.id"), primary_key=True, autoincrement=False),
    Column("text", sa.Text, nullable=False),
    Column("at", Moment, nullable=False),
    sqlite_with_rowid=False,
)

IS_UNTOLD = sa.text("NOT is_told")
"""Spelled out in index and query alike, as those of `storage.schema`."""

Index("strike_of_account", strike.c.account_id, strike.c.at)
Index("strike_at_provider", strike.c.guild_id, strike.c.provider, strike.c.at)
Index("block_of_guild", block.c.guild_id, block.c.since)
Index("brake_untold", brake.c.until, sqlite_where=IS_UNTOLD)
Index("report_of_account", report.c.reporter_account_id)
