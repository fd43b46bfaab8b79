"""A bot that is stopped and started again goes on where it was."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
import pytest_asyncio

from bot.playground.picker import Value
from bot.playground.places import Channel
from bot.playground.refusals import PlaygroundError
from tests.end_to_end.order import Order
from tests.end_to_end.play import small_clips
from tests.end_to_end.stage import Stage
from tests.fakes.fake_server import Pace
from tests.fakes.runway import FakeRunway

pytestmark = pytest.mark.asyncio(loop_scope="module")

STOP_SECONDS = 25
RESTARTS = 5
MEMBERS = 5
CLIPS_EACH = 2
STEPS_IN_A_LIFE = 3
CLIP: dict[str, Value] = {"prompt": "waves", "model": "runway/gen4.5", "seconds": 2}


@dataclass(frozen=True)
class Story:
    """What happened before and after the bot was stopped."""

    stage: Stage
    made: Order
    """Its clip was posted before."""
    interrupted: Order
    """It was running when the bot was stopped."""
    exit_status: int


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def story(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Story]:
    """One clip made, one under way, the bot stopped as a service would be, and started again."""
    async with Stage.open(tmp_path_factory.mktemp("restarts") / "data") as stage:
        async with stage.bot() as process:
            made = await stage.order(stage.new_channel())
            await made.clip()
            interrupted = await stage.order(stage.new_channel())
            await interrupted.state("running")
            process.send_signal(signal.SIGTERM)
            async with asyncio.timeout(STOP_SECONDS):
                exit_status = await process.wait()
        async with stage.bot():
            yield Story(stage, made, interrupted, exit_status)


async def test_a_terminated_bot_ends_well(story: Story) -> None:
    assert story.exit_status == 0


async def test_commands_are_told_to_discord_only_when_they_change(story: Story) -> None:
    synced = [request for request in story.stage.playground.requests if request.method == "PUT"]

    assert len(synced) == 1


async def test_an_interrupted_job_goes_on(story: Story) -> None:
    await story.interrupted.clip()

    story.interrupted.assert_delivered_once()


async def test_buttons_work_after_the_restart(story: Story) -> None:
    stage, made = story.stage, story.made
    form = await stage.press(made, "prompt")
    await form.acknowledged()

    again = stage.order_of(await stage.press(made, "again"))
    await again.placed()
    cancelled = await stage.press(again, "cancel")

    assert form.modal is not None
    assert "Stopping it" in await stage.answered(cancelled)
    await again.state("cancelled")


async def test_the_first_clip_is_still_one(story: Story) -> None:
    story.made.assert_delivered_once()
    assert story.stage.records.discrepancies() == []


async def order_until_placed(stage: Stage, channel: Channel) -> Order:
    """Order as a member does who sends the command again where it came to nothing.

    Whoever had a first answer must have a job, or a sentence that says why not.
    """
    gateway = stage.playground.gateway
    while True:
        await stage.until(lambda: gateway.online)
        try:
            order = await stage.order_by("create", channel, None, CLIP)
        except (PlaygroundError, TimeoutError):
            continue
        await stage.until(partial(is_job_or_refused, order))
        if order.row:
            return order
        await stage.until(lambda: not gateway.online)


def is_job_or_refused(order: Order) -> bool:
    return bool(order.row) or any(
        message.ephemeral and message.text for message in order.interaction.messages
    )


async def order_one_after_the_other(stage: Stage) -> list[Order]:
    orders, channel = [], stage.new_channel()
    for _ in range(CLIPS_EACH):
        orders.append(await order_until_placed(stage, channel))
        await orders[-1].state("running", "fetched", "delivered")
    return orders


async def test_restarts_under_load_lose_and_double_nothing(tmp_path: Path) -> None:
    async with (
        Stage.open(tmp_path / "data") as stage,
        FakeRunway.open(small_clips()("runway"), pace=Pace(looks=0)) as fake,
        asyncio.TaskGroup() as group,
    ):
        ordering = [group.create_task(order_one_after_the_other(stage)) for _ in range(MEMBERS)]
        for _ in range(RESTARTS):
            enough = steps_taken(stage) + STEPS_IN_A_LIFE
            async with stage.bot(**fake.environment) as process:
                await stage.until(partial(has_taken, stage, enough))
            assert process.returncode == 0
        async with stage.bot(**fake.environment):
            orders = [order for member in ordering for order in await member]
            for order in orders:
                await order.clip()

    assert len(fake.tasks) == len(stage.records.jobs()) == len(orders)
    for order in orders:
        order.assert_delivered_once()
    assert stage.records.open_holds() == []
    assert stage.records.discrepancies() == []
    assert stage.said("error") == []


def steps_taken(stage: Stage) -> int:
    return sum("step taken" in line for line in stage.said())


def has_taken(stage: Stage, steps: int) -> bool:
    return steps_taken(stage) >= steps
