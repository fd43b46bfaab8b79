"""Whoever is killed in the middle of a restore leaves one database, whole."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from tests.storage.copies import run, url, write_backup
from tests.storage.examples import ROOT


def test_a_process_killed_at_any_moment_of_a_restore_leaves_the_old_database_or_the_new(
    closed: Path, target: Path
) -> None:
    """The old one has two members, one of them only in its log; the new one has one."""
    write_backup(closed, target)
    assert run(WRITES_AND_DIES, url(closed)) == -signal.SIGKILL

    done = subprocess.run(
        [sys.executable, "-c", DIES_EVERYWHERE, closed, target],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
        timeout=80,
    )

    outcomes = done.stdout.split()
    assert set(outcomes) == {"2", "1"}
    assert outcomes == sorted(outcomes, reverse=True)
    assert len(outcomes) > 20


DIES_EVERYWHERE = """
import itertools, os, shutil, signal, sys, threading
from pathlib import Path
from storage.backups import contents_of, restore_backup
from storage.migrate import migrate

closed, target = map(Path, sys.argv[1:])
FILE_WORK = {"open", "os.rename", "os.remove", "shutil.copyfile", "sqlite3.connect"}

def die_at(moment):
    left = itertools.count(moment, -1)
    def look(event, about):
        if event in FILE_WORK and "attempt" in str(about) and next(left) == 0:
            os.kill(os.getpid(), signal.SIGKILL)
    sys.addaudithook(look)

for moment in itertools.count():
    folder = closed.parent / "attempt"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for suffix in ("", "-wal"):
        shutil.copy(f"{closed}{suffix}", folder)
    child = os.fork()
    if child == 0:
        die_at(moment)
        restore_backup(target, folder / closed.name, force=True)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    migrate(folder / closed.name)
    found = contents_of(threading.Event(), folder / closed.name)
    assert not found.discrepancies, found.discrepancies
    print(found.accounts)
    if os.WIFEXITED(status):
        break
"""


WRITES_AND_DIES = """
import asyncio, os, signal, sys
from storage.database import Database
from tests.storage.copies import open_account
async def main():
    async with Database.open(sys.argv[1]) as database:
        await database.run(open_account, 99)
        os.kill(os.getpid(), signal.SIGKILL)
asyncio.run(main())
"""
