"""Copies of the database: written beside whoever runs on it, and put back in its place.

A copy is one file, whole or not there at all. Pictures and clips are not in it.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from storage import plans, slots
from storage.beside import CannotRead, one_view, open_beside
from storage.books import Audit, audit
from storage.database import locked, path_of
from storage.errors import StorageError
from storage.forgotten import SUFFIX, noted
from storage.job import JobState
from storage.job_schema import job
from storage.members import forget_again
from storage.migrate import migrate, newest_revision

LOG = "-wal"
COMPANIONS = (LOG, "-shm")
"""What SQLite keeps beside a file that is in use, and would read back into any file there."""


class BackupError(StorageError):
    """A copy cannot be written or put back; its text is a plain sentence."""


class FileThere(BackupError):
    """A file would be written over, which has to be asked for."""

    def __init__(self, path: Path, remedy: str) -> None:
        super().__init__(f"there is {path} already; {remedy}")
        self.path = path


class NotABackup(BackupError):
    """The file holds no database that can be put in place."""


@dataclass(frozen=True, kw_only=True)
class Backup:
    """A copy that was written or put back, and what is in it."""

    path: Path
    size_bytes: int
    contents: Audit


@dataclass(frozen=True, kw_only=True)
class Restored:
    """What came of putting a copy in place."""

    backup: Backup
    set_aside: Path | None
    """The database that was there before."""
    to_forget: int
    """Members who had asked to be forgotten, and have open jobs again; they are once these end."""


def file_of(url: str) -> Path:
    """Where the database at a `sqlite:///path` address lies. Raises BadDatabaseUrl."""
    return path_of(url)


def write_backup(
    stopping: threading.Event, database: Path, target: Path, *, force: bool = False
) -> Backup:
    """Copy one state of a database that may be in use; what is in the copy is read from the copy.

    Raises FileThere, CannotRead, and BackupError where the copy cannot be written.
    """
    if not database.exists():
        raise CannotRead(f"there is no database at {database} yet; `run` makes one")
    _check_free(target, force=force)
    if target.exists() and target.samefile(database):
        raise BackupError(f"{target} is the database itself; name another file")
    with _written_whole(target) as part:
        with open_beside(database, stopping) as connection:
            _copy(connection, part)
        contents = contents_of(stopping, part)
        _check_free(target, force=force)
    return Backup(path=target, size_bytes=target.stat().st_size, contents=contents)


def contents_of(stopping: threading.Event, path: Path) -> Audit:
    """Check the books of a file at the newest revision. Raises CannotRead."""
    with open_beside(path, stopping) as connection, one_view(connection) as conn:
        return audit(conn)


def restore_backup(source: Path, database: Path, *, force: bool = False) -> Restored:
    """Put a copy in the place of a database nobody runs on, once it has been found sound.

    What is checked is the very file that takes the place. Raises DatabaseInUse, FileThere,
    NotABackup, CannotRead and BackupError; then nothing has changed.
    """
    with locked(database):
        if not force:
            _check_free(database, force=False, remedy="--force replaces it, and keeps it beside")
        _check_kind(source)
        with _written_whole(database) as part:
            _bring_up_to_date(source, part)
            to_forget = _forget_again(part, noted(database))
            contents = _sound(source, part)
            kept = _set_aside(database)
        backup = Backup(path=source, size_bytes=database.stat().st_size, contents=contents)
        return Restored(backup=backup, set_aside=kept, to_forget=to_forget)


def _bring_up_to_date(source: Path, part: Path) -> None:
    with open_beside(source, threading.Event()) as connection:
        [first, *_] = connection.execute("PRAGMA integrity_check").fetchone()
        if first != "ok":
            raise NotABackup(f"{source} is damaged: {first}")
        _copy(connection, part)
    migrate(part)
    _doubt_the_line(part)


def _forget_again(part: Path, origins: Sequence[bytes]) -> int:
    engine = sa.create_engine(sa.URL.create("sqlite", database=str(part)))
    try:
        with engine.begin() as conn:
            return forget_again(conn, origins)
    finally:
        engine.dispose()


def _sound(source: Path, part: Path) -> Audit:
    contents = contents_of(threading.Event(), part)
    if contents.discrepancies:
        named = "; ".join(str(one) for one in contents.discrepancies)
        raise NotABackup(f"the books of {source} do not balance: {named}")
    return contents


def _copy(connection: sqlite3.Connection, part: Path) -> None:
    # Unlike the backup interface, this need not begin anew whenever the bot has written something.
    try:
        connection.execute("VACUUM INTO ?", (str(part),))
    except sqlite3.Error as error:
        raise BackupError(f"the copy cannot be written: {error}") from error


def _doubt_the_line(part: Path) -> None:
    """Have the jobs that stood in line looked up first: since then they may have been submitted.

    One that waited for a moderator may have begun as well, and must not begin unasked: it ends.
    What moderators may confirm was shown of other books than these, and is given up.
    """
    engine = sa.create_engine(sa.URL.create("sqlite", database=str(part)), poolclass=NullPool)
    with engine.begin() as conn:
        queued = job.c.state == JobState.QUEUED
        conn.execute(sa.update(job).where(queued).values(state=JobState.SUBMITTING))
        asked = job.c.state == JobState.NEEDS_APPROVAL
        conn.execute(
            sa.update(job).where(asked).values(cancel_requested=True, due_at=job.c.created_at)
        )
        slots.recount(conn)
        plans.drop_all(conn)


def _check_kind(source: Path) -> None:
    """Raises NotABackup where it is none of ours, or from a newer version."""
    if not source.is_file():
        raise NotABackup(f"there is no file {source}")
    try:
        with open_beside(source, threading.Event()) as connection:
            tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            if not {"account", "hold", "entry", "job", "alembic_version"} <= {
                name for (name,) in tables
            }:
                raise NotABackup(f"{source} is a database, but not one of this bot")
            [revision] = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except CannotRead as error:
        raise NotABackup(f"{source} is no database, or a damaged one") from error
    if revision > newest_revision():
        raise NotABackup(
            f"{source} was written by a newer version of the bot; restore it with that"
        )


def _check_free(path: Path, *, force: bool, remedy: str = "--force writes over it") -> None:
    if path.exists() and not force:
        raise FileThere(path, remedy)


def _set_aside(database: Path) -> Path | None:
    """Keep the database that is about to be replaced as it is, and clear its companions away."""
    if not database.exists():
        kept = None
    else:
        kept = _free_name(database)
        for suffix in ("", LOG):
            _copy_file(_with(database, suffix), _with(kept, suffix))
        _fold(database)
    for suffix in COMPANIONS:
        _with(database, suffix).unlink(missing_ok=True)
    return kept


def _copy_file(source: Path, target: Path) -> None:
    if source.exists():
        shutil.copyfile(source, target)
        _sync(target)


def _free_name(database: Path) -> Path:
    name, number = f"{database.name}.before-restore", 1
    while (free := database.with_name(name)).exists():
        number += 1
        name = f"{database.name}.before-restore-{number}"
    return free


def _fold(database: Path) -> None:
    """Bring what was written last into the file itself, unless the file is past that.

    Whoever is killed before the copy is in place leaves the old database whole.
    """
    try:
        with contextlib.closing(sqlite3.connect(database, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.Error:
        return


@contextmanager
def _written_whole(target: Path) -> Iterator[Path]:
    """Write beside the target, and take its place once everything is on the disk."""
    # One name for all times: what a process left that was killed goes with the next attempt.
    part = target.with_name(f".{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _remove(part)
        try:
            yield part
            _sync(part)
            part.replace(target)
            _sync(target.parent)
        finally:
            _remove(part)
    except OSError as error:
        raise BackupError(f"{target} cannot be written: {error.strerror or error}") from error


def _remove(part: Path) -> None:
    for suffix in ("", "-journal", SUFFIX, *COMPANIONS):
        _with(part, suffix).unlink(missing_ok=True)


def _with(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
