"""Single values of the whole program, such as the hash of the commands last synced."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from storage.schema import meta

_GET = sa.select(meta.c.value).where(meta.c.key == sa.bindparam("key"))
_SET = insert(meta)
_SET = _SET.on_conflict_do_update(index_elements=[meta.c.key], set_={"value": _SET.excluded.value})


def get_meta(conn: sa.Connection, key: str) -> str | None:
    """Read the value last set, if any."""
    return conn.execute(_GET, {"key": key}).scalar_one_or_none()


def set_meta(conn: sa.Connection, key: str, value: str) -> None:
    """Set a value, over the one before."""
    conn.execute(_SET, {"key": key, "value": value})
