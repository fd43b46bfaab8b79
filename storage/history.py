"""What this deployment has seen of its providers, for saying how long a clip may take."""

from __future__ import annotations

from datetime import timedelta
from statistics import median

import sqlalchemy as sa

from storage.job_schema import IS_DELIVERED, job
from storage.statements import Row, execute

LOOK_BACK = 20
ENOUGH = 3

_LAST_DELIVERED = (
    sa.select(job.c.seconds, job.c.started_at, job.c.finished_at)
    .where(
        IS_DELIVERED,
        job.c.provider == sa.bindparam("provider"),
        job.c.model == sa.bindparam("model"),
        job.c.started_at.is_not(None),
    )
    .order_by(job.c.finished_at.desc())
    .limit(LOOK_BACK)
)


def typical_seconds(conn: sa.Connection, provider: str, model: str, seconds: int) -> float | None:
    """Say how many seconds lie between submit and delivery: the median of the last clips.

    Clips of that length count alone where the last ones hold enough of them, and all lengths
    otherwise. None where there are too few to tell.
    """
    rows = execute(conn, _LAST_DELIVERED, {"provider": provider, "model": model})
    same_length = [row for row in rows if row["seconds"] == seconds]
    counted = same_length if len(same_length) >= ENOUGH else rows
    if len(counted) < ENOUGH:
        return None
    return median(_seconds(row) for row in counted)


def _seconds(row: Row) -> float:
    taken: timedelta = row["finished_at"] - row["started_at"]
    return taken.total_seconds()
