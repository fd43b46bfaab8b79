"""Whether a database file stands at the newest revision, and what to do where it does not.

A new revision is one more file beside the others in `migrations/versions`, numbered after the last
and never edited once released. It only goes forward. A test compares the result with `schema.py`.
"""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

VERSIONS = Path(__file__).parent / "migrations" / "versions"


def migrate(path: Path) -> None:
    """Bring a file to the newest revision. Raises BadDatabaseUrl."""
    if _revision(path) == newest_revision():
        return
    # Alembic costs a start 0.2 s and 10 MiB, and nearly every start finds nothing to do.
    from storage.upgrade import upgrade_file

    upgrade_file(path)


def newest_revision() -> str:
    """The number of the last file, v0007_what_it_does.py, which is its revision."""
    newest = max(file.name for file in VERSIONS.glob("v[0-9]*_*.py"))
    return newest.partition("_")[0].removeprefix("v")


def _revision(path: Path) -> str | None:
    """Where the file stands; None where that cannot be read, which Alembic then words."""
    if not path.exists():
        return None
    with contextlib.closing(sqlite3.connect(path)) as connection:
        try:
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        except sqlite3.Error:
            return None
    return None if row is None else str(row[0])
