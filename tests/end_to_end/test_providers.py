"""The three providers on the network, each a strict fake: from the command to its clip, or not.

Every order is placed at once, and each test waits for its own: tasks are looked at every five
seconds at most.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import pytest_asyncio

from bot.media.clips import probe
from bot.media.ffmpeg import Ffmpeg
from bot.playground.fake_providers import webhook_settings
from bot.playground.picker import Value
from tests.end_to_end.order import Order
from tests.end_to_end.stage import Stage
from tests.fakes import load_fakes
from tests.fakes.clips import Studio
from tests.fakes.fake_server import FakeServer, FakeTask, Fault, Pace
from tests.fakes.scene import Scene
from tests.media.pictures import corners, saved

pytestmark = pytest.mark.asyncio(loop_scope="session")

PICTURE = saved(corners(size=(320, 320)), "PNG")
SIDES_PX = {"kling": 64, "modelslab": 96, "runway": 128}
"""Of the clips of each, by which they can be told apart."""
PLENTY = {"KLING_MAX_RUNNING": "50", "RUNWAYML_MAX_RUNNING": "50", "MODELSLAB_MAX_RUNNING": "50"}

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
EACH = pytest.mark.parametrize("name", sorted(SIDES_PX))
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


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def play(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Play]:
    folder = tmp_path_factory.mktemp("providers") / "data"
    async with Stage.open(folder) as stage, AsyncExitStack() as stack:
        make_clip, pace = _clips(), Pace(looks=0)
        fakes = {
            name: await stack.enter_async_context(kind.open(make_clip(name), pace=pace))
            for name, kind in load_fakes().items()
        }
        settings = PLENTY | webhook_settings()
        for fake in fakes.values():
            settings |= fake.environment
        await stack.enter_async_context(stage.bot(**settings))
        play = Play(stage, fakes)
        await _order_everything(play)
        await _let_time_pass(play)
        yield play
        assert [line for line in stage.said("error") if "step failed" in line] == []
        assert stage.records.discrepancies() == []


def _clips() -> Callable[[str], Callable[[FakeTask], Awaitable[bytes]]]:
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


async def _order_everything(play: Play) -> None:
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


async def _let_time_pass(play: Play) -> None:
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


# Clips


@EACH
async def test_a_picture_becomes_the_providers_clip(play: Play, name: str, tmp_path: Path) -> None:
    order = play.animated[name]

    message = await order.clip()

    file = tmp_path / "clip.mp4"
    [attachment] = message.attachments
    file.write_bytes(attachment.content)
    facts = await probe(Ffmpeg(), file)
    assert (facts.width, facts.height) == (SIDES_PX[name], SIDES_PX[name])
    assert message.channel_id == order.threads[0].id
    assert order.row["price_credits"] == QUOTES["animate"][name]
    order.assert_delivered_once()


@EACH
async def test_the_provider_got_what_was_ordered(play: Play, name: str) -> None:
    [task] = play.tasks(name, "slow zoom")

    scene = play.fakes[name].scene(task)

    assert scene.seconds == FROM_PICTURE[name]["seconds"]
    assert scene.first_frame is not None
    assert scene.first_frame.startswith(b"\xff\xd8\xff")
    assert (scene.last_frame is not None) is (name == "kling")
    assert scene.has_sound is (name == "kling")


@EACH
async def test_words_alone_become_a_clip(play: Play, name: str) -> None:
    order = play.created[name]

    await order.clip()

    [task] = play.tasks(name, "waves")
    assert play.fakes[name].scene(task).first_frame is None
    assert order.row["price_credits"] == QUOTES["create"][name]
    order.assert_delivered_once()


# No clips


@EACH
async def test_a_refusal_is_told_and_costs_nothing(play: Play, name: str) -> None:
    order = play.refused[name]

    await order.says("The model's safety check refused this picture or prompt.")

    price = QUOTES["create"][name]
    assert order.row["failure"] == "refused"
    assert play.stage.records.entries(order.id) == [("hold", 0, price), ("settle", 0, -price)]
    assert play.tasks(name, "forbidden") == []


# Lost answers


@pytest.mark.parametrize("name", ["kling", "modelslab"])
async def test_a_task_is_known_by_our_reference_or_by_its_call(play: Play, name: str) -> None:
    order = play.dropped[name]

    await order.clip()

    assert order.id in play.lost
    order.assert_delivered_once()
    assert len(play.tasks(name, "lost")) == 1


async def test_runway_cannot_tell_and_is_never_asked_for_a_second_task(play: Play) -> None:
    order = play.dropped["runway"]

    assert order.row["state"] == "unknown"
    assert order.is_held
    assert len(play.tasks("runway", "lost")) == 1


@pytest.mark.parametrize("name", sorted(UNLUCKY))
async def test_however_many_answers_get_lost_no_job_is_submitted_twice(
    play: Play, name: str
) -> None:
    orders = play.unlucky[name]
    lost = [order for order in orders if order.id in play.lost]

    for order in orders:
        if name == "kling" or order not in lost:
            await order.clip()
            order.assert_delivered_once()

    tasks = [len(play.tasks(name, f"rain {number} ")) for number in range(len(orders))]
    assert tasks == [1] * len(orders)
    assert len(lost) >= 3
