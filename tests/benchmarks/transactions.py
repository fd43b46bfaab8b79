"""How many hold-and-job transactions a second, against sqlite3 doing the very same statements.

The statements of every transaction are recorded once, with their parameters, and replayed by the
standard library's sqlite3 in one thread with the same pragmas: once with a commit for each
transaction, once with a commit for 64.
"""

from __future__ import annotations

import asyncio
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import sqlalchemy as sa
from sqlalchemy.pool import StaticPool

from storage import jobs, ledger
from storage.database import WRITER_PRAGMAS, Database
from storage.migrate import migrate
from storage.schema import metadata
from tests.benchmarks.measurement import Measurement

Statement: TypeAlias = tuple[str, Sequence[Any]]
Transaction: TypeAlias = list[Statement]

ACCOUNTS = 1000
BATCH = 64
REPEATS = 3
TRANSACTIONS = {1: 200, 16: 2_000, 256: 5_120}
"""How many to time, by how many wait at once."""
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def measure() -> list[Measurement]:
    """Measure with 1, 16 and 256 callers waiting, each against both baselines."""
    opening, transactions = _record(max(TRANSACTIONS.values()))
    rounds = [_round(opening, transactions) for _ in range(REPEATS)]
    median = {name: statistics.median(each[name] for each in rounds) for name in rounds[0]}
    return [
        Measurement(
            name=f"hold-and-job transactions, {waiting} waiting",
            value=median[str(waiting)],
            unit="per second",
            baseline=f"sqlite3 in one thread, {baseline}",
            baseline_value=median[baseline],
        )
        for waiting in TRANSACTIONS
        for baseline in ("one per commit", f"{BATCH} per commit")
    ]


def _round(opening: Transaction, transactions: Sequence[Transaction]) -> dict[str, float]:
    ones = transactions[: TRANSACTIONS[1]]
    return {
        "one per commit": _in_new_file(partial(_replay, opening, ones, 1)),
        f"{BATCH} per commit": _in_new_file(partial(_replay, opening, transactions, BATCH)),
        **{
            str(waiting): _in_new_file(partial(_create_jobs, waiting, count))
            for waiting, count in TRANSACTIONS.items()
        },
    }


def _in_new_file(timed: Callable[[Path], float]) -> float:
    with tempfile.TemporaryDirectory() as folder:
        return timed(Path(folder) / "benchmark.db")


def _create_jobs(waiting: int, count: int, path: Path) -> float:
    return asyncio.run(_create_jobs_at_once(waiting, count, path))


async def _create_jobs_at_once(waiting: int, count: int, path: Path) -> float:
    async with Database.open(f"sqlite:///{path}") as database:
        await database.run(_open_accounts)
        new_jobs = iter([_new_job(number) for number in range(count)])
        start = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for _ in range(waiting):
                group.create_task(_create_each(database, new_jobs))
        return count / (time.perf_counter() - start)


async def _create_each(database: Database, new_jobs: Iterator[jobs.NewJob]) -> None:
    for new_job in new_jobs:
        await database.run(jobs.create, new_job, now=NOW)


def _replay(
    opening: Transaction, transactions: Sequence[Transaction], per_commit: int, path: Path
) -> float:
    migrate(path)
    conn = sqlite3.connect(path, isolation_level=None)
    for pragma in WRITER_PRAGMAS:
        conn.execute(pragma)
    _commit(conn, [opening])
    start = time.perf_counter()
    for first in range(0, len(transactions), per_commit):
        _commit(conn, transactions[first : first + per_commit])
    seconds = time.perf_counter() - start
    conn.close()
    return len(transactions) / seconds


def _commit(conn: sqlite3.Connection, transactions: Sequence[Transaction]) -> None:
    conn.execute("BEGIN IMMEDIATE")
    for transaction in transactions:
        for sql, parameters in transaction:
            conn.execute(sql, parameters).fetchall()
    conn.execute("COMMIT")


class _Recorder(sqlite3.Connection):
    """A connection that keeps what it is told."""

    told: Transaction

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:  # noqa: ANN401 - as in sqlite3
        self.told.append((sql, parameters))
        return super().execute(sql, parameters)


def _record(count: int) -> tuple[Transaction, list[Transaction]]:
    """Run the real functions in memory, and return the statements of each."""
    recorder = sqlite3.connect(":memory:", factory=_Recorder)
    engine = sa.create_engine("sqlite://", creator=lambda: recorder, poolclass=StaticPool)
    metadata.create_all(engine)

    def record(function: Callable[..., object], *args: object, **kwargs: object) -> Transaction:
        recorder.told = []
        function(*args, **kwargs)
        return recorder.told

    with engine.connect() as conn:
        opening = record(_open_accounts, conn)
        return opening, [
            record(jobs.create, conn, _new_job(number), now=NOW) for number in range(count)
        ]


def _open_accounts(conn: sa.Connection) -> None:
    for member in range(1, ACCOUNTS + 1):
        ledger.account(conn, 1, member, now=NOW)


def _new_job(number: int) -> jobs.NewJob:
    return jobs.NewJob(
        interaction_id=1_300_000_000_000_000_000 + number,
        guild_id=1,
        channel_id=2,
        member_id=1 + number % ACCOUNTS,
        reply_id=3,
        thread_id=4,
        provider="local",
        model="depth",
        prompt="A slow dolly towards the lighthouse while snow falls",
        seconds=5,
        shape="16:9",
        seed=number,
        picture="pictures/lighthouse.jpg",
        price_credits=8,
        due_at=NOW,
    )


if __name__ == "__main__":
    for measurement in measure():
        print(measurement)
