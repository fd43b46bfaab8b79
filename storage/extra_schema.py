"""The table of extras, beside those of `storage.schema`.

extra   what was made of one clip or two and posted beside the first; it goes with either of them
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, Table

from storage.moments import Moment
from storage.schema import metadata

extra = Table(
    "extra",
    metadata,
    # Of the interaction that asked for it.
    Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
    Column("guild_id", sa.BigInteger, nullable=False),
    Column("job_id", ForeignKey("job.id"), nullable=False),
    Column("other_id", ForeignKey("job.id")),
    # Where it is posted, and as which message: none until that is certain.
    Column("place_id", sa.BigInteger, nullable=False),
    Column("message_id", sa.BigInteger),
    # The stored copy, where a link stands for it.
    Column("file", sa.Text),
    Column("made_at", Moment, nullable=False),
    # Post and copy are to go; the row goes with the last of them.
    Column("is_removed", sa.Boolean, nullable=False, server_default=sa.false()),
    sqlite_with_rowid=False,
)

IS_REMOVED = sa.text("is_removed")
"""Spelled out in index and query alike, as those of `storage.schema`."""

Index("extra_of_job", extra.c.job_id)
Index("extra_of_other", extra.c.other_id)
Index("extra_of_file", extra.c.file)
Index("extra_removed", extra.c.made_at, sqlite_where=IS_REMOVED)
