"""Entries sealed one over the other, and without any member's id.

Revises: 0003
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterator
from itertools import islice
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

BATCH = 1000

# A settlement remembers how its job ended; what came late was to be reviewed before.
ENTRIES = """
    SELECT entry.account_id, entry.number,
        CASE WHEN entry.source LIKE 'welcome:%' THEN 'welcome:' || entry.account_id
            ELSE entry.source END AS source,
        entry.phase, entry.posted_change, entry.held_change, entry.posted_after, entry.held_after,
        actor.id AS actor_account_id, entry.reason,
        CASE WHEN entry.phase != 'settle' THEN NULL
            WHEN review.resumed_at IS NOT NULL OR job.state = 'late' THEN 'needs_review'
            ELSE job.state END AS ending,
        entry.at, account.salt, account.origin
    FROM entry JOIN account ON account.id = entry.account_id
        LEFT JOIN account AS actor ON actor.guild_id = account.guild_id
            AND actor.kind = 'member' AND actor.member_id = entry.actor_id
        LEFT JOIN job ON job.id = entry.source
        LEFT JOIN review ON review.job_id = entry.source
    ORDER BY entry.account_id, entry.number
"""
STRANGERS = """
    SELECT account.guild_id, entry.actor_id, min(entry.at), coalesce(guild.starting_credits, 100)
    FROM entry JOIN account ON account.id = entry.account_id
        LEFT JOIN guild ON guild.guild_id = account.guild_id
    WHERE entry.actor_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM account AS actor WHERE actor.guild_id = account.guild_id
            AND actor.kind = 'member' AND actor.member_id = entry.actor_id)
    GROUP BY account.guild_id, entry.actor_id
"""
REASONS = """
    INSERT INTO reason SELECT entry.account_id, entry.number, entry.reason
    FROM entry JOIN account ON account.id = entry.account_id
    WHERE entry.reason IS NOT NULL AND account.salt IS NOT NULL
"""
SEALED = (
    "account_id, number, source, phase, posted_change, held_change, posted_after, held_after, "
    "actor_account_id, reason_digest, ending, at"
)


def upgrade() -> None:
    """Apply this revision."""
    conn = op.get_bind()
    _open_actors_accounts(conn)
    _tie_accounts(conn)
    _make_tables()
    _seal_entries(conn)
    op.execute(REASONS)
    # Dropping the old table takes its triggers along.
    op.drop_table("entry")
    op.rename_table("sealed_entry", "entry")
    _guard()


def _open_actors_accounts(conn: sa.Connection) -> None:
    """As for anybody, an account is opened at first sight, with the guild's starting grant."""
    for guild_id, actor_id, at, credits in conn.exec_driver_sql(STRANGERS).fetchall():
        opened = conn.exec_driver_sql(
            "INSERT INTO account (guild_id, kind, member_id, posted, entries) "
            "VALUES (?, 'member', ?, ?, ?) RETURNING id",
            (guild_id, actor_id, credits, 1 if credits else 0),
        ).scalar_one()
        if credits:
            conn.exec_driver_sql(
                "INSERT INTO entry VALUES (?, 'grant', ?, 1, ?, 0, ?, 0, NULL, NULL, ?)",
                (f"welcome:{opened}", opened, credits, credits, at),
            )


def _tie_accounts(conn: sa.Connection) -> None:
    op.execute("ALTER TABLE account ADD COLUMN salt BLOB")
    op.execute("ALTER TABLE account ADD COLUMN origin BLOB DEFAULT (x'') NOT NULL")
    op.execute("ALTER TABLE account ADD COLUMN digest BLOB DEFAULT (x'') NOT NULL")
    for row in conn.exec_driver_sql("SELECT * FROM account").fetchall():
        salt = secrets.token_bytes(16)
        origin = _digest(salt, [row.guild_id, row.kind, row.member_id])
        # Whoever was forgotten before has no name that could be proven, and gets no salt.
        kept = salt if row.member_id >= 0 else None
        conn.exec_driver_sql(
            "UPDATE account SET salt = ?, origin = ?, digest = ? WHERE id = ?",
            (kept, origin, origin, row.id),
        )


def _make_tables() -> None:
    op.create_table(
        "sealed_entry",
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("phase", sa.String(16), nullable=False),
        sa.Column("account_id", sa.Integer, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("posted_change", sa.BigInteger, nullable=False),
        sa.Column("held_change", sa.BigInteger, nullable=False),
        sa.Column("posted_after", sa.BigInteger, nullable=False),
        sa.Column("held_after", sa.BigInteger, nullable=False),
        sa.Column("actor_account_id", sa.Integer),
        sa.Column("reason_digest", sa.LargeBinary),
        sa.Column("ending", sa.String(16)),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("source", "phase", name="pk_entry"),
        sa.UniqueConstraint("account_id", "number", name="uq_entry_account_id"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_entry_account_id"),
        sa.ForeignKeyConstraint(
            ["actor_account_id"], ["account.id"], name="fk_entry_actor_account_id"
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "reason",
        sa.Column("account_id", sa.Integer, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "number", name="pk_reason"),
        sa.ForeignKeyConstraint(
            ["account_id", "number"],
            ["sealed_entry.account_id", "sealed_entry.number"],
            name="fk_reason_account_id",
        ),
        sqlite_with_rowid=False,
    )


def _seal_entries(conn: sa.Connection) -> None:
    entries = _sealed(conn)
    while batch := list(islice(entries, BATCH)):
        conn.exec_driver_sql(
            f"INSERT INTO sealed_entry ({SEALED}, digest) VALUES ({', '.join('?' * 13)})", batch
        )
    conn.exec_driver_sql(
        "UPDATE account SET digest = (SELECT digest FROM sealed_entry WHERE account_id = account.id"
        " AND number = account.entries) WHERE entries > 0"
    )


def _sealed(conn: sa.Connection) -> Iterator[tuple[Any, ...]]:
    digest, account_id = b"", None
    for row in conn.exec_driver_sql(ENTRIES):
        if row.account_id != account_id:
            digest, account_id = row.origin, row.account_id
        reason = None
        if row.reason is not None:
            salt = row.salt or secrets.token_bytes(16)
            reason = _digest(salt, [row.number, row.reason])
        values = [*row[:9], reason, row.ending, row.at]
        digest = _digest(digest, values)
        yield (*values, digest)


def _digest(before: bytes, values: list[Any]) -> bytes:
    form = json.dumps(values, separators=(",", ":"), default=lambda value: value.hex())
    return hashlib.sha256(before + form.encode()).digest()


def _guard() -> None:
    for name, event, table, why in (
        ("entry_update", "UPDATE", "entry", "entries are never edited"),
        ("entry_delete", "DELETE", "entry", "entries are never deleted"),
        ("reason_update", "UPDATE", "reason", "reasons are never edited"),
    ):
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{why}'); END"
        )
    op.create_index(
        "entry_of_actor",
        "entry",
        ["actor_account_id"],
        sqlite_where=sa.text("actor_account_id IS NOT NULL"),
    )
    op.create_index(
        "hold_open", "hold", ["account_id", "credits"], sqlite_where=sa.text("state = 'held'")
    )
