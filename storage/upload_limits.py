"""How large a file each place really takes, where Discord refused one it had said it takes."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Column, Table
from sqlalchemy.dialects.sqlite import insert

from storage.moments import Moment
from storage.schema import metadata
from storage.statements import execute, first

REMEMBERED_FOR = timedelta(days=7)
"""Then what Discord says counts again: a mistake of a day must not shrink clips for ever."""
DIRECT = 0
"""The place of all direct messages; every other is the id of a guild."""

upload_limit = Table(
    "upload_limit",
    metadata,
    Column("place_id", sa.BigInteger, primary_key=True, autoincrement=False),
    # What Discord said the place takes, when it refused less.
    Column("said_bytes", sa.BigInteger, nullable=False),
    Column("limit_bytes", sa.BigInteger, nullable=False),
    Column("at", Moment, nullable=False),
    CheckConstraint("limit_bytes > 0 AND limit_bytes < said_bytes", name="limit"),
    sqlite_with_rowid=False,
)

_OF_PLACE = sa.select(upload_limit).where(upload_limit.c.place_id == sa.bindparam("of_place_id"))
_new = insert(upload_limit)
_REMEMBER = _new.on_conflict_do_update(
    index_elements=[upload_limit.c.place_id],
    set_={name: _new.excluded[name] for name in ("said_bytes", "limit_bytes", "at")},
)
_FORGET = sa.delete(upload_limit).where(upload_limit.c.place_id == sa.bindparam("of_place_id"))


def real_limit(conn: sa.Connection, place_id: int, said_bytes: int, *, now: datetime) -> int:
    """Say how large a file may be there: as said, or less where less was refused lately.

    A guild that is said to take another size than it was then has changed, and is believed again.
    """
    row = first(conn, _OF_PLACE, {"of_place_id": place_id})
    if row is None or row["said_bytes"] != said_bytes or row["at"] < now - REMEMBERED_FOR:
        return said_bytes
    return int(row["limit_bytes"])


def remember(
    conn: sa.Connection, place_id: int, said_bytes: int, limit_bytes: int, *, now: datetime
) -> None:
    """Write down that files above a size are not worth trying there, whatever is said."""
    row = {"place_id": place_id, "said_bytes": said_bytes, "limit_bytes": limit_bytes, "at": now}
    execute(conn, _REMEMBER, row)


def forget(conn: sa.Connection, place_id: int) -> None:
    """Believe again what Discord says of a place."""
    execute(conn, _FORGET, {"of_place_id": place_id})
