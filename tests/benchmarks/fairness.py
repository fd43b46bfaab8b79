"""What one member's 500 jobs do to the others, in simulated time.

Members order now and then, and newcomers once each, at a provider that makes five clips of a minute
at once; a flooder orders 500 clips before the newcomers come. Measured is the newcomers' mean time
from order to clip, over several such half hours, beside the same without the flooder: at a provider
with room to spare, and at one so busy that newcomers wait for others' clips in any case. Jain's
index, (sum x)²/(n sum x²), is of the clips begun for the flooder and ten others who all have jobs
in line the whole time.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import mean

import sqlalchemy as sa

from storage.migrate import migrate
from tests.benchmarks import crowded_line
from tests.benchmarks.crowded_line import NEWCOMER, NEWCOMERS, Order, Served
from tests.benchmarks.measurement import Measurement

SEEDS = range(1, 9)


def measure() -> list[Measurement]:
    """Simulate with the flooder and without."""
    backlogged = served(crowded_line.backlogged())
    index = crowded_line.jain(crowded_line.shares(backlogged, since=0, until=1200))
    return [
        _wait("a newcomer's clip beside 500 jobs of one member", members=5),
        _wait("the same at a busy provider", members=20),
        Measurement("Jain's index of 11 members' clips", index, "", "equal shares", 1.0),
    ]


def _wait(what: str, *, members: int) -> Measurement:
    calm, flooded = list[float](), list[float]()
    for seed in SEEDS:
        orders = crowded_line.with_newcomers(seed, members=members)
        calm += _newcomers(served(orders))
        flooded += _newcomers(served(orders + crowded_line.flood()))
    # From the order to the clip: who need not wait at all would have no ratio.
    clip = crowded_line.CLIP_SECONDS
    return Measurement(what, clip + mean(flooded), "s", "without them", clip + mean(calm))


def _newcomers(served: Served) -> list[float]:
    newcomers = range(NEWCOMER, NEWCOMER + NEWCOMERS)
    return [wait for number, wait in served.waits.items() if number in newcomers]


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
