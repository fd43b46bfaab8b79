"""Writing copies of databases, and looking at them."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
from functools import cache
from pathlib import Path

import sqlalchemy as sa

from storage import backups, ledger
from storage.backups import contents_of
from storage.beside import stoppable
from storage.database import Database
from storage.migrate import migrate
from tests.storage.examples import GUILD, NOW, ROOT

NEVER = threading.Event()
LEFT_BY_0001 = ROOT / "tests" / "storage" / "revision_0001.sql"


def write_backup(database: Path, target: Path, *, force: bool = False) -> backups.Backup:
    return backups.write_backup(NEVER, database, target, force=force)


def url(path: Path) -> str:
    return f"sqlite:///{path}"


async def members_there(path: Path) -> int:
    async with Database.open(url(path)):
        return (await stoppable(contents_of, path)).accounts


@cache
def empty_database() -> bytes:
    """A file at the newest revision with nothing in it, for those that need many."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "empty.db"
        migrate(path)
        return path.read_bytes()


def open_account(conn: sa.Connection, member_id: int) -> None:
    ledger.account(conn, GUILD, member_id, now=NOW)


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def run(program: str, *arguments: str) -> int:
    """Run a program in a process of its own; how it ended."""
    command = (sys.executable, "-c", program, *arguments)
    return subprocess.run(command, cwd=ROOT, check=False, timeout=60).returncode
