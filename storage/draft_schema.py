"""The table of drafts, beside those of `storage.schema`.

draft   an order whose pictures are ready and were shown to its member; nothing is set aside for it
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, Table

from storage.moments import Moment
from storage.schema import metadata

draft = Table(
    "draft",
    metadata,
    Column("id", sa.Text, primary_key=True),
    Column("guild_id", sa.BigInteger, nullable=False),
    Column("member_id", sa.BigInteger, nullable=False),
    Column("provider", sa.Text, nullable=False),
    Column("model", sa.Text, nullable=False),
    Column("prompt", sa.Text, nullable=False),
    Column("negative_prompt", sa.Text),
    Column("seconds", sa.Integer, nullable=False),
    Column("shape", sa.Text),
    Column("resolution", sa.Text, nullable=False),
    Column("sound", sa.Boolean, nullable=False),
    # None: one is drawn when the clip is ordered.
    Column("seed", sa.BigInteger),
    Column("audio", sa.Text),
    # The pictures for each way of framing them: `storage.drafts.Frames` by the way's name.
    Column("frames", sa.JSON, nullable=False),
    Column("created_at", Moment, nullable=False),
    # What it became. A draft is used once.
    Column("job_id", ForeignKey("job.id")),
    sqlite_with_rowid=False,
)

Index("draft_of_member", draft.c.guild_id, draft.c.member_id, draft.c.created_at)
