"""The tables of plans, beside those of `storage.schema`.

plan       what a moderator was shown of giving or taking, and may confirm; nothing is done yet
plan_line  whom a plan concerns, in the order they were shown in
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, Table

from storage.desk_schema import ActKind
from storage.moments import Moment
from storage.schema import metadata, one_of

plan = Table(
    "plan",
    metadata,
    Column("id", sa.Text, primary_key=True),
    Column("guild_id", sa.BigInteger, nullable=False),
    Column("actor_id", sa.BigInteger, nullable=False),
    Column("kind", one_of(ActKind, "kind", is_closed=False), nullable=False),
    Column("reason", sa.Text),
    Column("expires_at", Moment),
    Column("created_at", Moment, nullable=False),
    sqlite_with_rowid=False,
)

# Members and not accounts, for a plan opens none.
plan_line = Table(
    "plan_line",
    metadata,
    Column("plan_id", ForeignKey("plan.id"), primary_key=True),
    Column("number", sa.Integer, primary_key=True, autoincrement=False),
    Column("member_id", sa.BigInteger, nullable=False),
    Column("credits", sa.BigInteger, nullable=False),
    Column("wanted", sa.BigInteger, nullable=False),
    Column("available", sa.BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

Index("plan_of_actor", plan.c.guild_id, plan.c.actor_id, plan.c.created_at)
Index("plan_line_of_member", plan_line.c.member_id)
