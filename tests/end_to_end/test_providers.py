"""The three providers on the network, each a strict fake: from the command to its clip, or not.

Every order is placed at once, and each test waits for its own.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import pytest_asyncio

from bot.media.clips import probe
from bot.media.ffmpeg import Ffmpeg
from bot.playground.fake_providers import webhook_settings
from tests.end_to_end.play import (
    FROM_PICTURE,
    PLENTY,
    QUOTES,
    UNLUCKY,
    Play,
    let_time_pass,
    order_everything,
)
from tests.end_to_end.seller import SIDES_PX, small_clips
from tests.end_to_end.stage import Stage
from tests.fakes import load_fakes
from tests.fakes.fake_server import Pace

pytestmark = pytest.mark.asyncio(loop_scope="session")

EACH = pytest.mark.parametrize("name", sorted(SIDES_PX))


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def play(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Play]:
    folder = tmp_path_factory.mktemp("providers") / "data"
    async with Stage.open(folder) as stage, AsyncExitStack() as stack:
        make_clip, pace = small_clips(), Pace(looks=0)
        fakes = {
            name: await stack.enter_async_context(kind.open(make_clip(name), pace=pace))
            for name, kind in load_fakes().items()
        }
        settings = PLENTY | webhook_settings()
        for fake in fakes.values():
            settings |= fake.environment
        await stack.enter_async_context(stage.bot(**settings))
        play = Play(stage, fakes)
        await order_everything(play)
        await let_time_pass(play)
        yield play
        assert [line for line in stage.said("error") if "step failed" in line] == []
        assert stage.records.discrepancies() == []


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


# Lists


async def test_only_models_that_take_a_last_frame_are_listed_beside_one(play: Play) -> None:
    listed = {
        choice["value"]
        for choice in await play.listed("model", "kling 3", attached=["image", "last_frame"])
    }

    assert {"kling/kling-3.0", "runway/kling3.0_pro"} <= listed
    assert "kling/kling-3.0-turbo" not in listed


async def test_the_lengths_listed_are_the_models_with_what_each_costs(play: Play) -> None:
    listed = await play.listed("seconds", "1", model="kling/kling-2.6", sound=True)

    assert listed == [{"name": "10 s · 140 credits", "value": 10}]


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
