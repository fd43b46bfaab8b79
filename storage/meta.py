"""Single values of the whole program, such as the hash of the commands last synced."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from storage.schema import meta
from storage.statements import execute, first

_GET = sa.select(meta.c.value).where(meta.c.key == sa.bindparam("key"))
_SET = insert(meta)
_SET = _SET.on_conflict_do_update(index_elements=[meta.c.key], set_={"value": _SET.excluded.value})


def get_meta(conn: sa.Connection, key: str) -> str | None:
    """Read the value last set, if any."""
    row = first(conn, _GET, {"key": key})
    return None if row is None else str(row["value"])


def set_meta(conn: sa.Connection, key: str, value: str) -> None:
    """Set a value, over the one before."""
    execute(conn, _SET, {"key": key, "value": value})
