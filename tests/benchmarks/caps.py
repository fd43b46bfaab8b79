"""What all caps on cost the hold-and-job transaction, and whether that grows with history.

The same transactions, 64 to a commit, in a file with a history of 100,000 entries and in one of
10 million, with no cap and with one of every kind, period by period. The history is written by
SQL: entries of many accounts, and a counter of every kind for every day of two years.
"""

from __future__ import annotations

import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.pool import StaticPool

from storage import caps, jobs, ledger
from storage.cap_schema import CapScope
from storage.caps import Cap
from storage.database import WRITER_PRAGMAS
from storage.migrate import migrate
from storage.periods import Period
from tests.benchmarks.measurement import Measurement

SMALL, LARGE = 100_000, 10_000_000
MEMBERS = 1_000
BATCH = 64
BATCHES = 12
REPEATS = 3
ROLES = (501, 502, 503)
NOW = datetime(2026, 5, 31, 12, tzinfo=UTC)
PLENTY = 10**12
MAKE_ACCOUNTS = """
    INSERT INTO account (id, guild_id, kind, member_id, posted, entries, origin, digest)
    WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {members})
    SELECT n, 1, 'member', n, 1000000000, {each}, x'00', x'00' FROM numbers
"""
MAKE_ENTRIES = """
    INSERT INTO entry (source, phase, account_id, number, posted_change, held_change,
        posted_after, held_after, at, digest)
    WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {entries})
    SELECT printf('grant:%09d', n), 'grant', 1 + (n - 1) / {each}, 1 + (n - 1) % {each}, 1, 0,
        n, 0, n, zeroblob(32)
    FROM numbers
"""
MAKE_COUNTERS = """
    INSERT INTO spending (guild_id, scope, subject, day, held, spent)
    WITH RECURSIVE days (day) AS (
        SELECT '2024-06-01' UNION ALL SELECT date(day, '+1 day') FROM days WHERE day < '2026-05-31'
    ), members (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM members WHERE n < {members}),
    subjects (guild_id, scope, subject) AS (
        SELECT 1, 'member', CAST(n AS TEXT) FROM members
        UNION ALL VALUES (1, 'guild', ''), (1, 'channel', '2'), (1, 'provider', 'local'),
            (1, 'model', 'local/depth'), (0, 'owner', '')
    )
    SELECT guild_id, scope, subject, day, 0, 1 FROM days, subjects
"""


def measure() -> list[Measurement]:
    """Time both histories, with caps and without, alternately."""
    with tempfile.TemporaryDirectory() as folder:
        small = _timed(Path(folder) / "small.db", SMALL)
        large = _timed(Path(folder) / "large.db", LARGE)
    return [
        Measurement(
            name=f"hold-and-job with all caps, {entries:,} entries",
            value=found[True],
            unit="µs",
            baseline="the same without a cap",
            baseline_value=found[False],
        )
        for entries, found in ((SMALL, small), (LARGE, large))
    ] + [
        Measurement(
            name=f"hold-and-job with all caps, {LARGE:,} entries",
            value=large[True],
            unit="µs",
            baseline=f"the same after {SMALL:,}",
            baseline_value=small[True],
        )
    ]


def _timed(path: Path, entries: int) -> dict[bool, float]:
    """The median microseconds of a transaction, by whether there are caps."""
    migrate(path)
    _fill(path, entries)
    numbers = count(1_300_000_000_000_000_000)
    with _connected(path) as conn:
        rounds: dict[bool, list[float]] = {False: [], True: []}
        for _ in range(REPEATS):
            for is_capped in rounds:
                _set_caps(conn, is_capped=is_capped)
                # What the pages of a file just written cost is no cost of a transaction.
                _batch(conn, numbers)
                rounds[is_capped] += [_batch(conn, numbers) for _ in range(BATCHES)]
        return {is_capped: statistics.median(found) for is_capped, found in rounds.items()}


def _fill(path: Path, entries: int) -> None:
    each = entries // MEMBERS
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        raw.execute("PRAGMA synchronous = OFF")
        raw.execute("BEGIN")
        for make in (MAKE_ACCOUNTS, MAKE_ENTRIES, MAKE_COUNTERS):
            raw.execute(make.format(members=MEMBERS, each=each, entries=each * MEMBERS))
        raw.execute("COMMIT")


@contextmanager
def _connected(path: Path) -> Iterator[sa.Connection]:
    raw = sqlite3.connect(path, isolation_level=None)
    for pragma in WRITER_PRAGMAS:
        raw.execute(pragma)
    engine = sa.create_engine("sqlite://", creator=lambda: raw, poolclass=StaticPool)
    with engine.connect() as conn:
        yield conn
    engine.dispose()


def _set_caps(conn: sa.Connection, *, is_capped: bool) -> None:
    account = ledger.account_id(conn, 1, 1, now=NOW)
    subjects = [
        (CapScope.MEMBER, ""),
        (CapScope.MEMBER, str(account)),
        (CapScope.CHANNEL, "2"),
        (CapScope.GUILD, ""),
        (CapScope.PROVIDER, "local"),
        *((CapScope.ROLE, str(role)) for role in ROLES),
    ]
    for scope, subject in subjects:
        for period in Period:
            one = Cap(guild_id=1, scope=scope, subject=subject, period=period, credits=PLENTY)
            (caps.set_cap if is_capped else caps.remove)(conn, one)
    caps.set_owner_stop(conn, PLENTY if is_capped else None)


def _batch(conn: sa.Connection, numbers: Iterator[int]) -> float:
    """Microseconds a transaction, of 64 in one commit."""
    start = time.perf_counter()
    conn.exec_driver_sql("BEGIN IMMEDIATE")
    for _ in range(BATCH):
        jobs.create(conn, _new_job(next(numbers)), now=NOW, role_ids=ROLES)
    conn.exec_driver_sql("COMMIT")
    return (time.perf_counter() - start) / BATCH * 1_000_000


def _new_job(number: int) -> jobs.NewJob:
    return jobs.NewJob(
        interaction_id=number,
        guild_id=1,
        channel_id=2,
        # Spread over all members, and so over the whole file.
        member_id=1 + number * 379 % MEMBERS,
        reply_id=3,
        thread_id=4,
        provider="local",
        model="depth",
        prompt="A slow dolly towards the lighthouse while snow falls",
        seconds=5,
        shape="16:9",
        seed=7,
        picture="lighthouse.jpg",
        price_credits=8,
        provider_microdollars=80_000,
        due_at=NOW,
    )
