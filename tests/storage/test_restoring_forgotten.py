"""A restored backup brings nobody back who was forgotten after it was written."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa

from storage import jobs, members
from storage.backups import restore_backup
from storage.job import Job, JobState
from tests.storage.copies import url, write_backup
from tests.storage.examples import GUILD, MEMBER, NOW, in_state


def test_who_was_forgotten_since_is_forgotten_in_the_restored_backup_too(
    closed: Path, target: Path
) -> None:
    write_backup(closed, target)
    forget(closed, MEMBER)

    restored = restore_backup(target, closed, force=True)

    assert restored.to_forget == 0
    assert restored.backup.contents.discrepancies == ()
    assert members_known(closed) == [(-1, 100), (MEMBER, 0)]
    assert not closed.with_name(".zoetrope.db.part.forgotten").exists()


def test_who_was_forgotten_since_and_has_an_open_job_again_is_forgotten_later(
    closed: Path, target: Path
) -> None:
    with opened(closed) as conn:
        job = in_state(conn, JobState.RUNNING, 2)
    write_backup(closed, target)
    finish(closed, job)
    forget(closed, MEMBER)

    restored = restore_backup(target, closed, force=True)

    assert restored.to_forget == 1
    assert members_known(closed) == [(MEMBER, 100)]
    finish(closed, job)
    with opened(closed) as conn:
        assert members.forget_noted(conn) == 0
    assert members_known(closed) == [(-1, 100), (MEMBER, 0)]


@contextlib.contextmanager
def opened(path: Path) -> Iterator[sa.Connection]:
    engine = sa.create_engine(url(path))
    with engine.begin() as conn:
        yield conn
    engine.dispose()


def forget(path: Path, member_id: int) -> None:
    with opened(path) as conn:
        members.forget(conn, GUILD, member_id, pseudonym=-5)


def finish(path: Path, job: Job) -> None:
    with opened(path) as conn:
        jobs.finish(conn, job, JobState.CANCELLED, now=NOW, paid_credits=0, due_at=None)


def members_known(path: Path) -> list[tuple[int, int]]:
    """Whose accounts there are, a pseudonym being -1, and what is posted on them."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return connection.execute(
            "SELECT max(member_id, -1), posted FROM account ORDER BY 1"
        ).fetchall()
