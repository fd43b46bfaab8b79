"""A bot that is stopped and started again goes on where it was."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from tests.crash.harness import CrashHarness
from tests.crash.plans import restarts_plan
from tests.end_to_end.order import Order
from tests.end_to_end.seller import BOUGHT
from tests.end_to_end.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")

STOP_SECONDS = 25
RESTARTS = 2
SECONDS_OF_A_LIFE = 1.5


@dataclass(frozen=True)
class Story:
    """What happened before and after the bot was stopped."""

    stage: Stage
    made: Order
    """Its clip was posted before."""
    interrupted: Order
    """It was running when the bot was stopped."""
    exit_status: int


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def story(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Story]:
    """One clip made, one under way, the bot stopped as a service would be, and started again."""
    async with Stage.open(tmp_path_factory.mktemp("restarts") / "data") as stage:
        async with stage.bot() as process:
            made = await stage.order(stage.new_channel(), options=BOUGHT)
            await made.clip()
            interrupted = await stage.buy(stage.new_channel())
            async with stage.unfinished(interrupted):
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
    async with stage.unfinished(again):
        cancelled = await stage.press(again, "cancel")

        assert "Stopping it" in await stage.answered(cancelled)
        await again.state("cancelled")

    assert form.modal is not None


async def test_the_first_clip_is_still_one(story: Story) -> None:
    story.made.assert_delivered_once()
    assert story.stage.records.discrepancies() == []


async def test_restarts_under_load_lose_and_double_nothing(tmp_path: Path) -> None:
    plan = restarts_plan(RESTARTS, SECONDS_OF_A_LIFE)

    async with CrashHarness.open(tmp_path / "data", plan) as harness:
        figures = await harness.play()

    assert (figures.stops, figures.kills) == (RESTARTS, 0)
    assert (figures.lost, figures.doubled, figures.wrong) == ([], [], [])
    assert figures.in_review == 0
    assert figures.jobs > RESTARTS
