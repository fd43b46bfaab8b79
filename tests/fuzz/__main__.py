"""Sends files changed by chance to all that reads strangers' bytes, for as long as asked.

Usage: python -m tests.fuzz [MINUTES [SEED]]. It ends with status 1 where a file ended as anything
but taken or refused. Such a file is kept, with how it was made, in a folder that is named then;
python -m tests.fuzz again SEED TARGET NUMBER makes it once more, and tries it.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.fuzz.fuzzing import Failure, Recipe, Tally, fuzz_round
from tests.fuzz.seeds import all_targets
from tests.fuzz.targets import PictureTarget, Target

SHOWN = 400


async def fuzz(targets: Sequence[Target], minutes: float, seed: str) -> dict[str, Tally]:
    """Give each target its share of the time, a few of them at once."""
    tallies = {target.name: Tally() for target in targets}
    pictures = [target for target in targets if isinstance(target, PictureTarget)]
    rest = [target for target in targets if target not in pictures]
    end = time.monotonic() + minutes * 60
    async with asyncio.TaskGroup() as group:
        for lane in (pictures, rest[::2], rest[1::2]):
            group.create_task(_fuzz_in_turn(lane, tallies, end, seed))
    return tallies


async def _fuzz_in_turn(
    lane: Sequence[Target], tallies: dict[str, Tally], end: float, seed: str
) -> None:
    while lane:
        for target in lane:
            tally = tallies[target.name]
            known = len(tally.failures)
            await fuzz_round(target, tally, seed)
            for failure in tally.failures[known:]:
                await asyncio.to_thread(_keep, failure)
        if time.monotonic() >= end:
            return


def _keep(failure: Failure) -> None:
    recipe = failure.recipe
    folder = Path(tempfile.gettempdir(), "zoetrope-fuzz")
    folder.mkdir(exist_ok=True)
    file = folder / f"{recipe.seed}-{recipe.target.replace(' ', '-')}-{recipe.number}"
    file.write_bytes(failure.data)
    _say(f'again: python -m tests.fuzz again {recipe.seed} "{recipe.target}" {recipe.number}')
    _say(f"  kept as {file}")
    _say(f"  {failure.end[:SHOWN]}")


def table(tallies: dict[str, Tally]) -> str:
    """What came of the files, a target a line."""
    lines = [f"{'':<12}{'files':>9}{'taken':>9}{'wrong':>9}{'MiB':>9}{'CPU s':>9}"]
    for name, tally in tallies.items():
        numbers = f"{tally.files:>9}{tally.taken:>9}{len(tally.failures):>9}"
        cost = f"{tally.peak_bytes // 2**20:>9}{tally.cpu_seconds:>9.2f}"
        lines.append(f"{name:<12}{numbers}{cost if tally.peak_bytes else ''}")
    return "\n".join(lines)


async def _again(targets: Sequence[Target], recipe: Recipe) -> bool:
    [target] = [target for target in targets if target.name == recipe.target]
    [verdict] = await target.judge([recipe.make(target.seeds)])
    _say(verdict.end)
    return verdict.is_right


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(arguments: list[str]) -> int:
    """Fuzz, and say whether every file ended as it may."""
    with tempfile.TemporaryDirectory(prefix="zoetrope-fuzz-") as folder:
        targets = all_targets(Path(folder))
    if arguments[:1] == ["again"]:
        _, seed, name, number = arguments
        return 0 if asyncio.run(_again(targets, Recipe(seed, name, int(number)))) else 1
    minutes = float(arguments[0]) if arguments else 10.0
    seed = arguments[1] if len(arguments) > 1 else str(time.time_ns())
    _say(f"{minutes:g} minutes, seed {seed}")
    tallies = asyncio.run(fuzz(targets, minutes, seed))
    _say(f"\n{table(tallies)}")
    return 1 if any(tally.failures for tally in tallies.values()) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
