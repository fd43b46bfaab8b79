"""Small ready-made clips, for orders that are not about how a clip is made."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.playground.picker import Value
from tests.fakes import load_fakes
from tests.fakes.clips import Studio
from tests.fakes.fake_server import FakeServer, FakeTask, Pace
from tests.fakes.scene import Scene

SIDES_PX = {"kling": 64, "modelslab": 96, "runway": 128}
"""Of the clips of each, by which they can be told apart."""
BOUGHT: dict[str, Value] = {
    **{"model": "runway/gen4_turbo", "prompt": "slow zoom in", "seconds": 2, "shape": "1:1"}
}
"""What to order where the animator need not render anything. It costs 10 credits."""
FROM_WORDS: dict[str, Value] = {
    **{"model": "runway/gen4.5", "prompt": "slow zoom in", "seconds": 2}
}
"""What to order where no picture matters either. It costs 24 credits."""
AT_ONCE = Pace(looks=0)
"""A clip is there when it is first looked for."""
LOOK_SECONDS = 0.5
"""So soon does a bot here look; with the real providers it lets five seconds pass."""


@dataclass(frozen=True)
class Halted(Pace):
    """No clip gets done."""

    def progress(self, task: FakeTask) -> float:
        return 0.5


@asynccontextmanager
async def open_seller() -> AsyncIterator[FakeServer]:
    """A strict fake of one provider, until the block ends."""
    async with load_fakes()["runway"].open(small_clips()("runway"), pace=AT_ONCE) as seller:
        yield seller


def small_clips() -> Callable[[str], Callable[[FakeTask], Awaitable[bytes]]]:
    """Small clips, of a size that tells whose they are; each is made once."""
    studio, made = Studio(), dict[str, bytes]()

    def of(name: str) -> Callable[[FakeTask], Awaitable[bytes]]:
        side = SIDES_PX[name]
        scene = Scene(provider=name, model="", prompt="", seconds=2, short_side_px=side, ratio=1)

        async def make(_: FakeTask) -> bytes:
            if name not in made:
                made[name] = await studio.film(scene)
            return made[name]

        return make

    return of
