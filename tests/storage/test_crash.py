"""A process killed with -9 in the middle of its work leaves books that balance."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from pathlib import Path

import pytest

from storage import jobs, ledger
from storage.database import Database
from tests.storage.examples import LOAD, ROOT


@pytest.mark.parametrize("jobs_before_the_kill", [1, 40, 150])
async def test_books_balance_and_nothing_promised_is_lost_after_a_kill(
    path: Path, newest: Path, jobs_before_the_kill: int
) -> None:
    shutil.copy(newest, path)

    promised = await kill_in_the_middle(path, jobs_before_the_kill)

    with sqlite3.connect(path) as outside:
        integrity = outside.execute("PRAGMA integrity_check").fetchone()
    outside.close()
    assert integrity == ("ok",)
    async with Database.open(f"sqlite:///{path}") as database:
        assert await database.read(ledger.check_books) == []
        assert len(promised) >= jobs_before_the_kill
        for job_id in promised:
            await database.read(jobs.get, job_id)


async def kill_in_the_middle(path: Path, jobs_before_the_kill: int) -> list[str]:
    """Let a process of its own work, kill it, and return the jobs it said were written."""
    process = await asyncio.create_subprocess_exec(
        *LOAD, str(path), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    promised = [await process.stdout.readline() for _ in range(jobs_before_the_kill)]
    process.kill()
    rest = await process.stdout.read()
    assert await process.wait() == -9
    # The kill can cut the last line short.
    whole = rest[: rest.rfind(b"\n") + 1].splitlines()
    return [line.decode().strip() for line in [*promised, *whole]]
