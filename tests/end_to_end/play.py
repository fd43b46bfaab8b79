"""One bot with a strict fake of every provider on the network, and all orders placed at once."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.playground.picker import Value
from bot.playground.places import Json
from tests.end_to_end.order import Order
from tests.end_to_end.stage import PICTURE, Stage
from tests.fakes.fake_server import FakeServer, FakeTask, Fault

PLENTY = {"KLING_MAX_RUNNING": "50", "RUNWAYML_MAX_RUNNING": "50", "MODELSLAB_MAX_RUNNING": "50"}
PLENTY |= {"MEMBER_RUNNING": "0", "GUILD_RUNNING": "0"}

FROM_PICTURE: dict[str, dict[str, Value]] = {
    "kling": {"model": "kling/kling-3.0", "seconds": 3, "resolution": "720p", "sound": True},
    "modelslab": {"model": "modelslab/Kling-V2-5-Turbo-i2v", "seconds": 5},
    "runway": {"model": "runway/gen4_turbo", "seconds": 2},
}
FROM_WORDS: dict[str, dict[str, Value]] = {
    "kling": {"model": "kling/kling-2.5-turbo", "seconds": 5},
    "modelslab": {"model": "modelslab/seedance-i2v", "resolution": "480p"},
    "runway": {"model": "runway/gen4.5", "seconds": 2},
}
QUOTES = {
    "animate": {"kling": 38, "modelslab": 50, "runway": 10},
    "create": {"kling": 21, "modelslab": 30, "runway": 24},
}
SEED = 4
DROPPED = 0.4
"""This part of all replies to submits gets lost, in the orders that have bad luck."""
UNLUCKY = {"kling": 8, "runway": 7}


@dataclass
class Play:
    """One bot with three fakes, and what was ordered from each."""

    stage: Stage
    fakes: dict[str, FakeServer]
    animated: dict[str, Order] = field(default_factory=dict)
    created: dict[str, Order] = field(default_factory=dict)
    refused: dict[str, Order] = field(default_factory=dict)
    dropped: dict[str, Order] = field(default_factory=dict)
    """Those whose submit was carried out, and its answer lost."""
    unlucky: dict[str, list[Order]] = field(default_factory=dict)
    lost: dict[str, str] = field(default_factory=dict)
    """The jobs nobody knew the task of, and when that was to be looked up."""

    async def create(self, name: str, prompt: str) -> Order:
        options = FROM_WORDS[name] | {"prompt": f"{prompt} by {name}"}
        return await self.stage.order_by("create", self.stage.new_channel(), None, options)

    async def animate(self, name: str) -> Order:
        options = FROM_PICTURE[name] | {"prompt": f"slow zoom by {name}"}
        picture = ("picture.png", PICTURE)
        last = {"last_frame": picture} if name == "kling" else {}
        return await self.stage.order_by(
            "animate", self.stage.new_channel(), None, options, image=picture, **last
        )

    async def listed(
        self, option: str, typed: str, attached: Sequence[str] = ("image",), **options: Value
    ) -> list[Json]:
        """What /animate offers while a member types."""
        member, channel = self.stage.new_member(), self.stage.new_channel()
        return await self.stage.playground.autocomplete(
            member.id, channel.id, "animate", option, typed, options, attached
        )

    async def submitted(self, name: str, prompt: str, *, number: int = 1) -> None:
        """Wait until a provider has made so many tasks of such prompts."""
        await self.stage.until(lambda: len(self.tasks(name, prompt)) >= number)

    async def looked_up(self, order: Order) -> None:
        """Wait until a job that was lost is due at another time than before."""
        await self.stage.until(lambda: order.row["due_at"] != self.lost[order.id])

    def tasks(self, name: str, prompt: str) -> list[FakeTask]:
        """Everything a provider was made to spend on such prompts."""
        fake = self.fakes[name]
        return [task for task in fake.tasks if fake.scene(task).prompt.startswith(prompt)]


async def order_everything(play: Play) -> None:
    """Orders that lose their answer go first, one by one: faults are taken in turn."""
    for name, fake in play.fakes.items():
        fake.submit_faults.append(Fault.DROP_REPLY)
        play.dropped[name] = await play.create(name, "lost")
    for name in play.fakes:
        await play.submitted(name, "lost")
    for name in play.fakes:
        play.animated[name] = await play.animate(name)
        play.created[name] = await play.create(name, "waves")
        play.refused[name] = await play.create(name, "forbidden")
    for name in play.fakes:
        await play.submitted(name, "slow zoom")
        await play.submitted(name, "waves")
        await play.refused[name].state("failed")
    for name, number in UNLUCKY.items():
        chance = random.Random(f"{SEED} {name}")
        play.fakes[name].submit_faults = deque(
            Fault.DROP_REPLY if chance.random() < DROPPED else None for _ in range(number)
        )
        orders = [await play.create(name, f"rain {n}") for n in range(number)]
        play.unlucky[name] = orders
    for name, number in UNLUCKY.items():
        await play.submitted(name, "rain", number=number)


async def let_time_pass(play: Play) -> None:
    """Until an uncertain submit is looked up; and ModelsLab, which cannot be asked, calls."""
    orders = [*play.dropped.values(), *(one for many in play.unlucky.values() for one in many)]
    for order in orders:
        await order.state("unknown", "running", "fetched", "delivered")
    lost = [order for order in orders if order.row["state"] == "unknown"]
    play.lost = {order.id: order.row["due_at"] for order in lost}
    [task] = play.tasks("modelslab", "lost")
    await play.fakes["modelslab"].call_back(task)
    for order in lost:
        play.stage.records.make_due(order.id)
    for order in lost:
        await play.looked_up(order)
