"""What one member's 500 jobs do to the others, in simulated time.

Twenty members order now and then, a newcomer once, at a provider that makes five clips of a minute
at once; a flooder orders 500 clips ten minutes before the newcomer. The newcomer's wait is the mean
of several such half hours, beside the same without the flooder. Jain's index, (sum x)²/(n sum x²),
is of the clips begun for the flooder and ten others who all have jobs in line the whole time.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import mean

import sqlalchemy as sa

from storage.migrate import migrate
from tests.benchmarks import crowded_line
from tests.benchmarks.crowded_line import NEWCOMER, Order, Served
from tests.benchmarks.measurement import Measurement

SEEDS = range(1, 9)


def measure() -> list[Measurement]:
    """Simulate with the flooder and without."""
    calm = [served(crowded_line.ordinary(seed)) for seed in SEEDS]
    flooded = [served(crowded_line.ordinary(seed) + crowded_line.flood()) for seed in SEEDS]
    backlogged = served(crowded_line.backlogged())
    index = crowded_line.jain(crowded_line.shares(backlogged, since=0, until=1200))
    return [
        Measurement(
            "a newcomer's wait beside 500 jobs of one member",
            mean(one.waits[NEWCOMER] for one in flooded),
            "s",
            "without them",
            mean(one.waits[NEWCOMER] for one in calm),
        ),
        Measurement("Jain's index of 11 members' clips", index, "", "equal shares", 1.0),
    ]


def served(orders: Sequence[Order]) -> Served:
    """Serve them on a database of their own."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "line.db"
        migrate(path)
        engine = sa.create_engine(f"sqlite:///{path}", connect_args={"isolation_level": None})
        with engine.connect() as conn:
            conn.exec_driver_sql("PRAGMA foreign_keys = ON")
            conn.exec_driver_sql("BEGIN IMMEDIATE")
            return crowded_line.serve(conn, orders)
