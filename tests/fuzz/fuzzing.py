"""Makes files, tries them, and remembers how each that ended wrong was made."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.fuzz.mutate import mutated
from tests.fuzz.targets import Target, Verdict


@dataclass(frozen=True)
class Recipe:
    """All it takes to make one file again."""

    seed: str
    target: str
    number: int

    def make(self, seeds: Sequence[bytes]) -> bytes:
        """The file; the same from the same seeds."""
        chance = random.Random(f"{self.seed}/{self.target}/{self.number}")
        return mutated(chance.choice(seeds), chance, seeds)


@dataclass(frozen=True)
class Failure:
    """A file that ended as none may."""

    recipe: Recipe
    end: str
    data: bytes = field(repr=False)


@dataclass
class Tally:
    """What came of the files tried so far."""

    files: int = 0
    taken: int = 0
    peak_bytes: int = 0
    cpu_seconds: float = 0.0
    failures: list[Failure] = field(default_factory=list)

    def add(self, verdict: Verdict) -> None:
        """Count one file."""
        self.files += 1
        self.taken += verdict.was_taken
        self.peak_bytes = max(self.peak_bytes, verdict.peak_bytes)
        self.cpu_seconds = max(self.cpu_seconds, verdict.cpu_seconds)


async def fuzz_round(target: Target, tally: Tally, seed: str) -> None:
    """Try as many new files as the target likes at once."""
    recipes = [Recipe(seed, target.name, tally.files + n) for n in range(target.at_once)]
    files = [recipe.make(target.seeds) for recipe in recipes]
    verdicts = await target.judge(files)
    for recipe, data, verdict in zip(recipes, files, verdicts, strict=True):
        tally.add(verdict)
        if not verdict.is_right:
            tally.failures.append(Failure(recipe, verdict.end, data))
