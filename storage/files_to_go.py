"""Files that no row names any more, until the disk has let go of them."""

from __future__ import annotations

import json
from dataclasses import dataclass

import sqlalchemy as sa

from storage.meta import get_meta, set_meta

KEY = "forgotten_files"


@dataclass(frozen=True)
class Files:
    """Names of stored files, by the folder they are in."""

    uploads: tuple[str, ...] = ()
    clips: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.uploads) + len(self.clips)


def listed(conn: sa.Connection) -> Files:
    """List the files that are to be removed."""
    stored = json.loads(get_meta(conn, KEY) or '{"uploads": [], "clips": []}')
    return Files(tuple(stored["uploads"]), tuple(stored["clips"]))


def add(conn: sa.Connection, files: Files) -> None:
    """Note files that are to be removed, besides those that are noted."""
    known = listed(conn)
    _note(conn, Files(known.uploads + files.uploads, known.clips + files.clips))


def strike(conn: sa.Connection, gone: Files) -> None:
    """Strike removed files off the list."""
    known = listed(conn)
    _note(
        conn,
        Files(
            tuple(name for name in known.uploads if name not in gone.uploads),
            tuple(name for name in known.clips if name not in gone.clips),
        ),
    )


def _note(conn: sa.Connection, files: Files) -> None:
    set_meta(conn, KEY, json.dumps({"uploads": files.uploads, "clips": files.clips}))
