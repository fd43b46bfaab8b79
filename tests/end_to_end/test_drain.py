"""A bot that is told to stop answers everybody, ends what it began, and goes on at the next start.

One story: while a step and a picture keep it, everything a member can send comes too late.
"""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from bot.playground.faults import Delay, Fault, TooMany
from bot.playground.interaction import Interaction
from bot.playground.launch import bot_environment
from bot.playground.places import Json
from tests.end_to_end.order import Order
from tests.end_to_end.seller import BOUGHT
from tests.end_to_end.stage import Stage
from tests.forks import Fork, fork_bot

pytestmark = pytest.mark.asyncio(loop_scope="session")

STATUS_POST = r"/channels/\d+/messages"
STEP_SECONDS = 2
RESTARTING = "I am being restarted; give me a minute and send that again. Nothing was charged."


@dataclass(frozen=True)
class Late:
    """What was sent after the signal, and what came back."""

    order: Order
    said: dict[str, str]
    offered: list[Json]


@dataclass(frozen=True)
class Story:
    """What was sent before and after the signal, and what it had led to when the bot ended."""

    stage: Stage
    held_up: Order
    """Its status message was on its way to Discord at the signal."""
    decoding: Order
    """Its picture was being decoded at the signal."""
    late: Late
    exit_status: int
    ended_as: dict[str, str]
    """The state of each job by its id, before the next start."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def story(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Story]:
    async with Stage.open(tmp_path_factory.mktemp("drain") / "data") as stage:
        async with stage.bot() as process:
            made = await stage.buy(stage.new_channel())
            await made.clip()
            form = await stage.press(made, "prompt")
            await form.acknowledged()
            delay = Fault(Delay(STEP_SECONDS), "POST", STATUS_POST)
            stage.playground.faults.add(delay)
            held_up = await stage.buy(stage.new_channel())
            await stage.until(lambda: delay.times == 0)
            decoding = await stage.order(stage.new_channel(), options=BOUGHT)
            [decoder] = await stage.until(lambda: decoders_of(process))
            with frozen(decoder):
                process.send_signal(signal.SIGTERM)
                await stage.until(lambda: any("stopping" in line for line in stage.said()))
                late = await come_late(stage, made, form)
            exit_status = await process.wait()
            ended_as = {row["id"]: row["state"] for row in stage.records.jobs()}
        async with stage.bot():
            yield Story(stage, held_up, decoding, late, exit_status, ended_as)


async def come_late(stage: Stage, made: Order, form: Interaction) -> Late:
    """Send whatever a member can send."""
    order = await stage.buy(stage.new_channel())
    sent = {
        "a command": order.interaction,
        "a button": await stage.press(made, "again"),
        "a form": await stage.playground.submit_modal(form.user.id, form, {"prompt": "rain"}),
    }
    offered = await stage.playground.autocomplete(
        form.user.id, stage.new_channel().id, "animate", "model", ""
    )
    said = {name: await stage.answered(interaction) for name, interaction in sent.items()}
    return Late(order, said, offered)


def decoders_of(process: Fork) -> list[int]:
    """The processes that decode pictures for the bot."""
    decoders = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(") ")[2].split()[1])
            if parent == process.pid and b"bot.media.decode" in (folder / "cmdline").read_bytes():
                decoders.append(int(folder.name))
        except (FileNotFoundError, ProcessLookupError):
            continue
    return decoders


@contextmanager
def frozen(pid: int) -> Iterator[None]:
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


async def test_it_ends_well(story: Story) -> None:
    assert story.exit_status == 0
    assert story.stage.said("error") == []


@pytest.mark.parametrize("sent", ["a command", "a button", "a form"])
async def test_what_comes_too_late_is_answered_at_once(story: Story, sent: str) -> None:
    assert story.late.said[sent] == RESTARTING


async def test_nothing_is_offered_any_more(story: Story) -> None:
    assert story.late.offered == []


async def test_an_order_that_came_too_late_leaves_nothing_behind(story: Story) -> None:
    late, records = story.late.order, story.stage.records

    assert late.row == {}
    assert records.hold_of(late.id) is None
    assert story.stage.playground.messages(late.interaction.channel.id) == []


async def test_a_picture_on_its_way_becomes_a_job_that_waits_for_the_next_start(
    story: Story,
) -> None:
    assert story.ended_as[story.decoding.id] == "queued"

    await story.decoding.clip()

    story.decoding.assert_delivered_once()


async def test_a_step_under_way_is_ended_and_the_next_start_goes_on_with_the_same_status(
    story: Story,
) -> None:
    assert story.ended_as[story.held_up.id] == "queued"

    await story.held_up.clip()

    assert len(story.held_up.threads) == 1
    story.held_up.assert_delivered_once()


async def test_the_books_balance(story: Story) -> None:
    await story.decoding.clip()
    await story.held_up.clip()

    assert story.stage.records.open_holds() == []
    assert story.stage.records.discrepancies() == []


async def test_a_second_signal_ends_it_at_once(tmp_path: Path) -> None:
    async with Stage.open(tmp_path / "hurried") as stage:
        async with stage.bot() as process:
            order = await stage.order(stage.new_channel(), options=BOUGHT)
            [decoder] = await stage.until(lambda: decoders_of(process))
            with frozen(decoder):
                process.send_signal(signal.SIGTERM)
                await stage.until(lambda: any("stopping" in line for line in stage.said()))
                process.send_signal(signal.SIGTERM)
                exit_status = await process.wait()

        assert exit_status == 0
        assert any("in the middle of things" in line for line in stage.said("warning"))
        assert order.row == {}
        assert stage.records.open_holds() == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_it_ends_well_while_discord_cannot_be_reached(
    tmp_path: Path, number: signal.Signals
) -> None:
    async with Stage.open(tmp_path / "cut off") as stage, stage.bot() as process:
        stage.playground.gateway.is_down = True
        stage.playground.gateway.drop()
        # By then discord.py pauses, longer and longer, before it tries once more.
        await stage.until(lambda: any("Attempting a reconnect" in line for line in stage.said()))

        process.send_signal(number)
        exit_status = await process.wait()

        assert exit_status == 0
        assert "closed while not connected" in stage.said()[-1]


async def test_a_login_that_is_asked_to_wait_too_long_is_one_sentence(tmp_path: Path) -> None:
    async with Stage.open(tmp_path / "banned") as stage:
        stage.playground.faults.add(Fault(TooMany(600), path="/users/@me"))
        environment = bot_environment(stage.playground, stage.folder)

        async with fork_bot(["run"], environment, where=stage.folder, out=stage.log) as process:
            assert await process.wait() == 1

        [said] = [line for line in stage.log.read_text().splitlines() if "stay away" in line]
        assert "600 seconds" in said
        assert "Traceback" not in stage.log.read_text()
