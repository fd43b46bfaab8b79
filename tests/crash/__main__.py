"""The long form: strikes the bot for as long as asked, and prints what came of it.

Usage: python -m tests.crash [MINUTES [SEED]]. It ends with status 1 where anything was lost,
doubled or wrong.
"""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from tests.crash.audit import Figures
from tests.crash.files import kill_backups, kill_migrations, kill_restores
from tests.crash.harness import CrashHarness
from tests.crash.plans import Plan, long_frozen_plan, long_plan, restarts_plan

RESTART_SECONDS = 30
FILE_KILLS = 40
LONGEST_NAME = 24


async def soak(minutes: float, seed: str) -> dict[str, Figures]:
    """Restart one bot under load while others are killed and frozen in turn."""
    found: dict[str, Figures] = {}
    with tempfile.TemporaryDirectory(prefix="zoetrope-soak-") as name:
        folder, chance = Path(name), random.Random(seed)
        async with asyncio.TaskGroup() as group:
            restarts = max(1, int(minutes * 60 / RESTART_SECONDS))
            plan = restarts_plan(restarts, RESTART_SECONDS, members=8)
            group.create_task(_play(found, "restarts under load", folder / "restarts", plan))
            group.create_task(_kill_until(found, minutes, folder, chance))
    return found


async def _kill_until(
    found: dict[str, Figures], minutes: float, folder: Path, chance: random.Random
) -> None:
    end = time.monotonic() + minutes * 60
    await _kill(found, "migrations killed", folder, chance, kill_migrations)
    await _kill(found, "backups killed", folder, chance, kill_backups)
    await _kill(found, "restores killed", folder, chance, kill_restores)
    number = 0
    while number == 0 or time.monotonic() < end:
        number += 1
        await _play(found, "kills", folder / f"kills-{number}", long_plan(chance))
        await _play(found, "sleeps", folder / f"sleeps-{number}", long_frozen_plan(chance))


async def _play(found: dict[str, Figures], name: str, folder: Path, plan: Plan) -> None:
    async with CrashHarness.open(folder, plan) as harness:
        try:
            await harness.play()
        except* (TimeoutError, AssertionError) as trouble:
            # What never ended is the worst of all, and no reason to stop looking.
            harness.figures.wrong.append(f"it did not come to an end: {_causes(trouble)}")
        _tell(found, name, harness.figures)


def _causes(error: BaseException) -> str:
    if isinstance(error, BaseExceptionGroup):
        return "; ".join(_causes(each) for each in error.exceptions)
    return repr(error)


async def _kill(
    found: dict[str, Figures],
    name: str,
    folder: Path,
    chance: random.Random,
    kill: Callable[[Path, random.Random, int], Awaitable[Figures]],
) -> None:
    place = folder / name
    await asyncio.to_thread(place.mkdir)
    _tell(found, name, await kill(place, chance, FILE_KILLS))


def _tell(found: dict[str, Figures], name: str, figures: Figures) -> None:
    found[name] = found.get(name, Figures()) + figures
    _say(f"{time.strftime('%H:%M:%S')}  {name}: {figures}")
    for trouble in (*figures.lost, *figures.doubled, *figures.wrong):
        _say(f"          {trouble}")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def table(found: dict[str, Figures]) -> str:
    """Each kind of trouble in a row of its own, and their sum below."""
    rows = {**found, "in all": sum(found.values(), Figures())}
    names = [name.replace("_", " ") for name in Figures().numbers()]
    lines = ["".rjust(LONGEST_NAME) + "".join(f"{name:>11}" for name in names)]
    for name, figures in rows.items():
        numbers = "".join(f"{number:>11}" for number in figures.numbers().values())
        lines.append(f"{name:<{LONGEST_NAME}}{numbers}")
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    """Soak, and say whether nothing was lost, doubled or wrong."""
    minutes = float(arguments[0]) if arguments else 10.0
    seed = arguments[1] if len(arguments) > 1 else str(time.time_ns())
    _say(f"{minutes:g} minutes, seed {seed}")
    found = asyncio.run(soak(minutes, seed))
    _say(f"\n{table(found)}")
    return 0 if all(figures.is_clean for figures in found.values()) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
