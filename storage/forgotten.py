"""Who was forgotten, kept beside the database, so that an older backup brings nobody back.

A line is the origin of an account in hexadecimal digits: random to whoever has not the salt, and
that is only in the backup in which the member is still known.
"""

from __future__ import annotations

import os
from pathlib import Path

import sqlalchemy as sa

SUFFIX = ".forgotten"


def note(conn: sa.Connection, origin: bytes) -> None:
    """Write an origin down, on the disk before the transaction is; nothing for one in memory.

    Raises OSError, and then the transaction must not go on.
    """
    file = _file_of(conn)
    if file is None:
        return
    with list_beside(file).open("a", encoding="ascii") as lines:
        lines.write(f"{origin.hex()}\n")
        lines.flush()
        os.fsync(lines.fileno())


def noted(database: Path) -> list[bytes]:
    """The origins that were written down beside a database; a line cut short is none."""
    try:
        lines = list_beside(database).read_text(encoding="ascii").splitlines()
    except FileNotFoundError:
        return []
    return [bytes.fromhex(line) for line in lines if len(line) == 64]


def noted_beside(conn: sa.Connection) -> list[bytes]:
    """The same for the database a connection is to."""
    file = _file_of(conn)
    return [] if file is None else noted(file)


def list_beside(database: Path) -> Path:
    """Where the list of a database lies."""
    return database.with_name(database.name + SUFFIX)


def _file_of(conn: sa.Connection) -> Path | None:
    rows = conn.exec_driver_sql("PRAGMA database_list").all()
    [file] = [row.file for row in rows if row.name == "main"]
    return Path(file) if file else None
