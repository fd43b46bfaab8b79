"""What members order while the bot is struck: something from every provider in turn."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.playground.picker import Value
from bot.playground.places import Channel
from tests.end_to_end.order import Order
from tests.end_to_end.play import FROM_PICTURE, FROM_WORDS
from tests.end_to_end.stage import PICTURE, SMALL_CLIP, Stage


@dataclass(frozen=True)
class Ware:
    """One thing a member may order."""

    provider: str
    command: str
    options: Mapping[str, Value]

    async def order(self, stage: Stage, channel: Channel, prompt: str) -> Order:
        """Order it as somebody new, and wait for the first answer."""
        files = {"image": ("picture.png", PICTURE)} if self.command == "animate" else {}
        options = {**self.options, "prompt": prompt}
        return await stage.order_by(self.command, channel, None, options, **files)


FROM_NETWORK = (
    Ware("runway", "animate", FROM_PICTURE["runway"]),
    Ware("kling", "create", FROM_WORDS["kling"]),
    Ware("modelslab", "animate", FROM_PICTURE["modelslab"]),
)
WARES = (*FROM_NETWORK, Ware("local", "animate", {**SMALL_CLIP, "model": "local/animator"}))


def wares_from(number: int, wares: Sequence[Ware]) -> Iterator[Ware]:
    """Every ware in turn, beginning at one of them."""
    return itertools.islice(itertools.cycle(wares), number % len(wares), None)
