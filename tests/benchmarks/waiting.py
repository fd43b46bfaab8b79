"""What 10,000 jobs cost while they wait for a provider, all in one process.

The bot's way is measured with the real worker, a real SQLite file and a provider in the same
process that answers at once, so that all of the cost is the bot's own; the usual way, an asyncio
task for each job, keeps nothing on disk and would lose them all at a restart. Both look 50 times a
second, in processes of their own, side by side. Lateness is how long after its moment a look
begins. Memory for a job is what 10,000 take more than 100, divided.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.benchmarks.measurement import Measurement

JOBS, FEW_JOBS = 10_000, 100
SECONDS, FEW_SECONDS = 16, 3
PROJECT = Path(__file__).parents[2]
BASELINE = "an asyncio task for each job"


@dataclass(frozen=True)
class Waited:
    """What one process showed."""

    cpu_share: float
    resident_bytes: int
    late: list[float]
    """The lateness of every look, in seconds."""

    def late_ms(self, percentile: int) -> float:
        """One percentile of the lateness, in milliseconds."""
        return 1000 * statistics.quantiles(self.late, n=100)[percentile - 1]


async def measure() -> list[Measurement]:
    """Measure processor, memory and lateness."""
    rows, tasks = await _side_by_side(JOBS, SECONDS)
    few_rows, few_tasks = await _side_by_side(FEW_JOBS, FEW_SECONDS)
    values = {
        ("processor", "% of a core"): (100 * rows.cpu_share, 100 * tasks.cpu_share),
        ("memory", "bytes a job"): (_bytes_a_job(rows, few_rows), _bytes_a_job(tasks, few_tasks)),
        ("lateness p50", "ms"): (rows.late_ms(50), tasks.late_ms(50)),
        ("lateness p99", "ms"): (rows.late_ms(99), tasks.late_ms(99)),
    }
    return [
        Measurement(f"{JOBS:,} jobs waiting, {name}", value, unit, BASELINE, baseline_value)
        for (name, unit), (value, baseline_value) in values.items()
    ]


async def _side_by_side(jobs: int, seconds: int) -> tuple[Waited, Waited]:
    return await asyncio.gather(_wait("rows", jobs, seconds), _wait("tasks", jobs, seconds))


async def _wait(way: str, jobs: int, seconds: int) -> Waited:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.benchmarks.waiters", way, str(jobs), str(seconds)),
        cwd=PROJECT,
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await process.communicate()
    shown: dict[str, Any] = json.loads(said)
    return Waited(**shown)


def _bytes_a_job(many: Waited, few: Waited) -> float:
    return (many.resident_bytes - few.resident_bytes) / (JOBS - FEW_JOBS)
