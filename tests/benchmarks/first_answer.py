"""How long 200 members wait for the first answer when all of them run /animate at once.

The real bot and a bot whose only act is to defer (on asyncio, as discord.py runs by itself, and on
uvloop, as the real bot does) take turns at the same playground, each in a process of its own. A
burst of another command opens the connections first and is not counted. Measured is the time from
the moment the interactions leave until each callback has arrived; every member sends a picture of
300 kB, which the real bot begins to fetch and decode while others still wait. A second burst meets
the real bot with nearly all orders of the first still in work, and the bare bots idle again.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
from pathlib import Path
from typing import TypeAlias

from tests.benchmarks.bots import Bot, running
from tests.benchmarks.crowd import MEMBERS, RemoteCrowd, gather_crowd
from tests.benchmarks.measurement import Measurement

ROUNDS = 9
QUIET_SECONDS = 0.5
"""Until the real bot has shown its price list to everybody, and is idle again."""
SITUATIONS = ("", f" with {MEMBERS} in work")
BASELINES = {Bot.BARE_UVLOOP: "bare bot on uvloop", Bot.BARE: "bare bot on asyncio"}

Bursts: TypeAlias = list[list[float]]
"""The seconds each member waited, for each burst."""


async def measure() -> list[Measurement]:
    """Measure the median and the 99th percentile, each against both bare bots."""
    rounds: dict[Bot, list[Bursts]] = {bot: [] for bot in Bot}
    async with gather_crowd() as crowd:
        for _ in range(ROUNDS):
            for bot, measured in rounds.items():
                measured.append(await _bursts(bot, crowd))
    return [
        Measurement(
            name=f"first answer to {MEMBERS} at once{situation}, p{percentile}",
            value=_typical(rounds[Bot.ZOETROPE], which, percentile),
            unit="ms",
            baseline=baseline,
            baseline_value=_typical(rounds[bot], which, percentile),
        )
        for which, situation in enumerate(SITUATIONS)
        for percentile in (50, 99)
        for bot, baseline in BASELINES.items()
    ]


async def _bursts(bot: Bot, crowd: RemoteCrowd) -> Bursts:
    with tempfile.TemporaryDirectory() as folder:
        async with running(bot, crowd, Path(folder)):
            await crowd.act("models")
            await asyncio.sleep(QUIET_SECONDS)
            return [await crowd.act("animate") for _ in SITUATIONS]


def _typical(rounds: list[Bursts], which: int, percentile: int) -> float:
    """The median over all rounds of one percentile of one burst, in milliseconds."""
    return 1000 * statistics.median(
        statistics.quantiles(bursts[which], n=100)[percentile - 1] for bursts in rounds
    )
