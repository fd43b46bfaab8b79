"""What the bot needs before anybody uses it: the time until it is ready, and its memory.

The real bot and a bot whose only act is to defer start in turns at the same playground. Start-up
is counted from the start of the process until READY is handled; both wait half a second of it for
further guilds to arrive. The real bot's very first start, which creates its database, is left out.
Memory is that of the process and all its children, a second later: RSS counts what is shared
with other processes in full, PSS in proportion.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.bots import Bot, running
from tests.benchmarks.crowd import RemoteCrowd, gather_crowd
from tests.benchmarks.measurement import Measurement

ROUNDS = 3
SETTLE_SECONDS = 1
BASELINES = {Bot.BARE: "bare bot on asyncio", Bot.BARE_UVLOOP: "bare bot on uvloop"}


@dataclass(frozen=True)
class Idle:
    """One start of a bot."""

    startup_seconds: float
    rss_mib: float
    pss_mib: float


_VALUES: tuple[tuple[str, str, Callable[[Idle], float]], ...] = (
    ("start-up", "s", lambda idle: idle.startup_seconds),
    ("memory (RSS)", "MiB", lambda idle: idle.rss_mib),
    ("memory (PSS)", "MiB", lambda idle: idle.pss_mib),
)


async def measure() -> list[Measurement]:
    """Measure start-up time and memory, each against both bare bots."""
    starts: dict[Bot, list[Idle]] = {bot: [] for bot in Bot}
    with tempfile.TemporaryDirectory() as folder:
        async with gather_crowd() as crowd:
            await _start(Bot.ZOETROPE, crowd, Path(folder))
            for _ in range(ROUNDS):
                for bot, measured in starts.items():
                    measured.append(await _start(bot, crowd, Path(folder)))
    return [
        Measurement(
            name=f"idle bot, {name}",
            value=_median(starts[Bot.ZOETROPE], value),
            unit=unit,
            baseline=baseline,
            baseline_value=_median(starts[bot], value),
        )
        for name, unit, value in _VALUES
        for bot, baseline in BASELINES.items()
    ]


def _median(starts: list[Idle], value: Callable[[Idle], float]) -> float:
    return statistics.median(value(start) for start in starts)


async def _start(bot: Bot, crowd: RemoteCrowd, folder: Path) -> Idle:
    async with running(bot, crowd, folder) as process:
        await asyncio.sleep(SETTLE_SECONDS)
        return Idle(
            process.startup_seconds,
            rss_mib=_memory_mib(process.pid, "Rss"),
            pss_mib=_memory_mib(process.pid, "Pss"),
        )


def _memory_mib(pid: int, kind: str) -> float:
    return sum(_memory_kib(each, kind) for each in _tree(pid)) / 1024


def _memory_kib(pid: int, kind: str) -> int:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith(f"{kind}:"):
            return int(line.split()[1])
    raise LookupError(kind)


def _tree(pid: int) -> Iterator[int]:
    yield pid
    for thread in Path(f"/proc/{pid}/task").iterdir():
        for child in (thread / "children").read_text().split():
            yield from _tree(int(child))
