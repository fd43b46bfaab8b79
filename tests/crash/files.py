"""Kills what changes whole database files: a migration, a backup, a restore."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import subprocess
import tempfile
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import TypeVarTuple

import sqlalchemy as sa

from storage import guilds, jobs
from storage.backups import contents_of, restore_backup, write_backup
from storage.database import Database
from storage.migrate import migrate, newest_revision
from tests.crash.audit import Figures
from tests.forks import SIGKILLED, fork
from tests.storage.examples import GUILD, NOW, new_job

LEFT_BY_0001 = Path(__file__).parents[1] / "storage" / "revision_0001.sql"
USUAL_SECONDS = 0.45
"""So long does each take, or little longer."""
JOBS = 400

Paths = TypeVarTuple("Paths")


def check_file(database: Path) -> list[str]:
    """Open a copy of a database by hand, as it lies there, and say what is wrong with it."""
    with tempfile.TemporaryDirectory(prefix="zoetrope-by-hand-") as name:
        copy = Path(name) / "copy.db"
        for suffix in ("", "-wal", "-journal"):
            file = database.with_name(database.name + suffix)
            if file.exists():
                # Not by this process: to close the file would void the locks it has on it.
                subprocess.run(["cp", file, copy.with_name(copy.name + suffix)], check=True)
        with closing(sqlite3.connect(copy)) as conn:
            damage = [word for (word,) in conn.execute("PRAGMA integrity_check") if word != "ok"]
            damage += [str(row) for row in conn.execute("PRAGMA foreign_key_check")]
            [revision] = conn.execute("SELECT version_num FROM alembic_version").fetchone()
        if revision not in ("0001", newest_revision()):
            damage.append(f"left at revision {revision}")
        if revision == newest_revision():
            found = contents_of(threading.Event(), copy).discrepancies
            damage += [str(each) for each in found]
        return damage


async def kill_migrations(folder: Path, chance: random.Random, kills: int) -> Figures:
    """Kill the migration of an older version's database, again and again."""
    figures = Figures()
    while figures.kills < kills:
        database = folder / f"older-{chance.random()}.db"
        with closing(sqlite3.connect(database)) as older:
            older.executescript(LEFT_BY_0001.read_text(encoding="utf-8"))
        while await _is_killed(chance, migrate, database):
            figures.kills += 1
            figures.wrong += check_file(database)
        figures.jobs += await _go_on(database, figures)
    return figures


async def kill_backups(folder: Path, chance: random.Random, kills: int) -> Figures:
    """Kill the copying of a database in use: the copy is whole or not there."""
    figures = Figures()
    target = folder / "copy.db"
    async with _full_database(folder / "zoetrope.db") as database:
        while figures.kills < kills:
            if await _is_killed(chance, _back_up, database, target):
                figures.kills += 1
            if target.exists():
                figures.wrong += check_file(target)
                target.unlink()
    figures.jobs += await _go_on(folder / "zoetrope.db", figures)
    return figures


async def kill_restores(folder: Path, chance: random.Random, kills: int) -> Figures:
    """Kill a restore: the database in place is the old one or the new, and whole."""
    figures = Figures()
    database, source = folder / "zoetrope.db", folder / "copy.db"
    async with _full_database(database):
        _back_up(database, source)
    while figures.kills < kills:
        if await _is_killed(chance, _restore, source, database):
            figures.kills += 1
        figures.wrong += check_file(database)
        _forget_kept(folder)
    figures.jobs += await _go_on(database, figures)
    return figures


def _back_up(database: Path, target: Path) -> None:
    write_backup(threading.Event(), database, target)


def _restore(source: Path, database: Path) -> None:
    restore_backup(source, database, force=True)


def _forget_kept(folder: Path) -> None:
    for kept in folder.glob("*.before-restore*"):
        kept.unlink()


@asynccontextmanager
async def _full_database(path: Path) -> AsyncIterator[Path]:
    """A database in use, with some thousand rows in it."""
    async with Database.open(f"sqlite:///{path}") as database:
        await database.run(_fill)
        yield path


def _fill(conn: sa.Connection) -> None:
    guilds.change(conn, GUILD, starting_credits=8 * JOBS)
    for number in range(JOBS):
        jobs.create(conn, new_job(number + 1, prompt="snow " * 100), now=NOW)


async def _go_on(path: Path, figures: Figures) -> int:
    """Open a database as the bot does, and count what jobs are in it."""
    async with Database.open(f"sqlite:///{path}"):
        pass
    figures.wrong += check_file(path)
    with closing(sqlite3.connect(path)) as conn:
        [number] = conn.execute("SELECT count(*) FROM job").fetchone()
    return int(number)


async def _is_killed(
    chance: random.Random, target: Callable[[*Paths], None], *paths: *Paths
) -> bool:
    """Kill a process at some moment of its work; False where it was quicker."""
    async with fork(target, *paths) as life:
        over = asyncio.ensure_future(life.wait())
        await asyncio.wait({over}, timeout=chance.uniform(0, USUAL_SECONDS))
        life.kill()
        await over
    assert life.returncode in (0, SIGKILLED), life.returncode
    return life.returncode == SIGKILLED
