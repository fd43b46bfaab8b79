"""What the project aims for, each a ratio to a named baseline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tests.benchmarks.measurement import Measurement


@dataclass(frozen=True)
class Aim:
    """A bound on the ratio of one measurement to its baseline."""

    measurement: str
    baseline: str
    at_most: float | None = None
    at_least: float | None = None

    @property
    def bound(self) -> str:
        """The bound in words."""
        if self.at_most is not None:
            return f"at most {self.at_most:.2f} times"
        return f"at least {self.at_least:.2f} times"

    def find(self, measured: Sequence[Measurement]) -> Measurement | None:
        """The measurement it speaks of, if that was taken."""
        wanted = (self.measurement, self.baseline)
        return next((each for each in measured if (each.name, each.baseline) == wanted), None)

    def is_met(self, measurement: Measurement) -> bool:
        """Whether a measurement keeps within the bound."""
        if self.at_most is not None and measurement.ratio > self.at_most:
            return False
        return self.at_least is None or measurement.ratio >= self.at_least


AIMS = (
    Aim("first answer to 200 at once, p99", "bare bot on uvloop", at_most=1.5),
    Aim("first answer to 200 at once, p99", "bare bot on asyncio", at_most=1.5),
    Aim(
        "hold-and-job transactions, 256 waiting",
        "sqlite3 in one thread, 64 per commit",
        at_least=1 / 3,
    ),
    Aim(
        "animator, 5 s orbit at 720p",
        "encoding the same frames from memory",
        at_least=0.6,
    ),
    Aim("polls of Runway, 64 at once", "bare aiohttp", at_least=1 / 3),
    Aim("polls of Runway, 64 at once", "plain httpx", at_least=3),
    Aim("10,000 jobs waiting, memory", "an asyncio task for each job", at_most=0.25),
    Aim("10,000 jobs waiting, lateness p99", "an asyncio task for each job", at_most=10),
    Aim("requests per Runway job of 60 s", "Runway's SDK", at_most=1.1),
    Aim(
        "requests per Kling job of 60 s, 20 at once",
        "a request for each look",
        at_most=0.25,
    ),
    Aim(
        "hold-and-job with all caps, 10,000,000 entries",
        "the same after 100,000",
        at_most=1.25,
    ),
    Aim("done to posted, by webhook", "that, and decoding it once", at_most=1.5),
    Aim("JPEG of 12 megapixels prepared, memory", "Pillow alone, in process", at_most=1.5),
    Aim("clips that fit at the first try", "all", at_least=0.8),
    Aim("25 MiB to 10 MiB, 1080p: time", "bare ffmpeg, same settings", at_most=1.5),
)
