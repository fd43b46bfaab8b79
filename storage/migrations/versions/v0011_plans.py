"""Plans: what moderators were shown of giving or taking, and may confirm.

Revises: 0010
"""

from __future__ import annotations

from alembic import op

revision = "0011"
down_revision = "0010"

STATEMENTS = (
    """
    CREATE TABLE "plan" (
        id TEXT NOT NULL,
        guild_id BIGINT NOT NULL,
        actor_id BIGINT NOT NULL,
        kind VARCHAR(16) NOT NULL,
        reason TEXT,
        expires_at BIGINT,
        created_at BIGINT NOT NULL,
        CONSTRAINT pk_plan PRIMARY KEY (id)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE plan_line (
        plan_id TEXT NOT NULL,
        number INTEGER NOT NULL,
        member_id BIGINT NOT NULL,
        credits BIGINT NOT NULL,
        wanted BIGINT NOT NULL,
        available BIGINT NOT NULL,
        CONSTRAINT pk_plan_line PRIMARY KEY (plan_id, number),
        CONSTRAINT fk_plan_line_plan_id FOREIGN KEY(plan_id) REFERENCES "plan" (id)
    ) WITHOUT ROWID
    """,
    'CREATE INDEX plan_of_actor ON "plan" (guild_id, actor_id, created_at)',
    "CREATE INDEX plan_line_of_member ON plan_line (member_id)",
)


def upgrade() -> None:
    """Apply this revision."""
    for statement in STATEMENTS:
        op.execute(statement)
