"""The gateway breaks off in every way it can, and interactions' tokens die: no clip is stopped.

Whatever happens while nobody listens is replayed by a RESUME, and answered once.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio

from bot.playground.gateway import Gateway
from bot.playground.interaction import State
from tests.end_to_end.seller import BOUGHT
from tests.end_to_end.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")

TOKEN_SECONDS = 15 * 60
MEMBERS = 40


def ask_to_resume(gateway: Gateway) -> None:
    gateway.invalidate(resumable=True)


RESUMED: dict[str, Callable[[Gateway], None]] = {
    "the socket is broken": Gateway.drop,
    "Discord asks to reconnect": Gateway.ask_to_reconnect,
    "the session is invalid and can be resumed": ask_to_resume,
}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """A bot of its own, since all who use it are disturbed here."""
    async with Stage.open(tmp_path_factory.mktemp("connections") / "data") as stage, stage.bot():
        yield stage


def resumes(stage: Stage) -> int:
    return sum(event.name == "BOT" and "resumed" in event.data for event in stage.seen)


@pytest.mark.parametrize("how", RESUMED)
async def test_what_happens_while_the_gateway_is_away_is_caught_up_with(
    stage: Stage, how: str
) -> None:
    resumed = resumes(stage)
    running = await stage.buy(stage.new_channel())
    async with stage.unfinished(running):
        await running.says("job")
        RESUMED[how](stage.playground.gateway)
        assert running.place.thread is not None
        running.place.thread.archived = True
        stage.playground.world.publish_channel("THREAD_UPDATE", running.place)
        order = await stage.buy(stage.new_channel())
        await stage.until(lambda: resumes(stage) > resumed)

    await running.clip()
    await order.clip()

    running.assert_delivered_once()
    order.assert_delivered_once()


async def test_everybody_who_asked_while_the_gateway_was_away_is_answered(stage: Stage) -> None:
    members, channel = [stage.new_member() for _ in range(MEMBERS)], stage.new_channel()

    stage.playground.gateway.drop()
    asked = [await stage.playground.slash(one.id, channel.id, "credits") for one in members]
    states = await asyncio.gather(*(interaction.acknowledged() for interaction in asked))

    assert states == [State.DEFERRED] * MEMBERS


async def test_an_interaction_that_comes_twice_is_answered_and_ordered_once(stage: Stage) -> None:
    order = await stage.order(stage.new_channel(), options=BOUGHT)
    again = stage.playground.loopback.interactions.hand_over

    again(order.interaction)
    await stage.until(lambda: any("came twice" in line for line in stage.said()))
    await order.clip()

    order.assert_delivered_once()
    assert order.reply.startswith("🎞️")
    assert [message.ephemeral for message in order.interaction.messages] == [False]


async def test_a_button_whose_press_comes_twice_does_its_work_once(stage: Stage) -> None:
    made = await stage.buy(stage.new_channel())
    await made.clip()
    jobs = len(stage.records.jobs())

    pressed = await stage.press(made, "again")
    stage.playground.loopback.interactions.hand_over(pressed)
    again = await stage.order_of(pressed).placed()
    await again.clip()

    assert len(stage.records.jobs()) == jobs + 1
    assert stage.records.entries(again.id) == [("hold", 0, 24), ("settle", -24, -24)]


async def test_a_session_that_is_over_is_replaced_by_a_new_one(stage: Stage) -> None:
    running = await stage.buy(stage.new_channel())
    async with stage.unfinished(running):
        await running.says("job")
        stage.playground.gateway.invalidate()
        await stage.until(lambda: stage.playground.gateway.online)

    order = await stage.buy(stage.new_channel())
    await running.clip()
    await order.clip()

    running.assert_delivered_once()
    order.assert_delivered_once()


async def test_a_clip_needs_no_interaction_token(stage: Stage) -> None:
    order = await stage.buy(stage.new_channel())
    async with stage.unfinished(order):
        stage.clock.advance(TOKEN_SECONDS)

    await order.clip()

    order.assert_delivered_once()
