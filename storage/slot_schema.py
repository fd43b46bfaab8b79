"""The tables of the line before a provider, beside those of `storage.schema`.

line           how far the line before a provider has come
slot_account   how many jobs run at once at one provider, in one guild or of one member
slot           one slot that a job holds while it runs
"""

from __future__ import annotations

import enum

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, UniqueConstraint

from storage.schema import metadata


class SlotKind(enum.StrEnum):
    """Of whom a slot account says how many jobs run."""

    PROVIDER = "provider"
    GUILD = "guild"
    MEMBER = "member"


line = Table(
    "line",
    metadata,
    Column("provider", sa.Text, primary_key=True),
    # The highest turn of a job that has begun.
    Column("turn", sa.Integer, nullable=False),
    sqlite_with_rowid=False,
)

slot_account = Table(
    "slot_account",
    metadata,
    Column("id", sa.Integer, primary_key=True),
    Column("kind", sa.Text, nullable=False),
    Column("provider", sa.Text, nullable=False, server_default=""),
    Column("guild_id", sa.BigInteger, nullable=False, server_default="0"),
    Column("member_id", sa.BigInteger, nullable=False, server_default="0"),
    Column("taken", sa.Integer, nullable=False),
    # As the last taking found it; none is no limit.
    Column("capacity", sa.Integer),
    UniqueConstraint("kind", "provider", "guild_id", "member_id"),
    CheckConstraint("taken >= 0", name="taken"),
    CheckConstraint("taken <= capacity", name="capacity"),
)

slot = Table(
    "slot",
    metadata,
    Column("job_id", ForeignKey("job.id"), primary_key=True),
    Column("account_id", ForeignKey("slot_account.id"), primary_key=True),
    sqlite_with_rowid=False,
)

Index("slot_of_account", slot.c.account_id)
