"""Several members at once: each sees their place in the line, and it moves, or is gone."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.playground.places import Channel
from tests.end_to_end import ground
from tests.end_to_end.ground import clips, found, pings
from tests.end_to_end.order import Order
from tests.end_to_end.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")

CHANGES = (ground.delete_channel, ground.forbid, ground.hide)
STAYING = (ground.archive, ground.delete_messages, ground.delete_thread)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """A bot of its own, for which one clip is made after the other."""
    folder = tmp_path_factory.mktemp("gone") / "data"
    async with Stage.open(folder) as stage, stage.bot(RUNWAYML_MAX_RUNNING="1"):
        yield stage
        assert [line for line in stage.said("error") if "step failed" in line] == []


async def test_members_wait_in_line_and_move_up(stage: Stage) -> None:
    first = await stage.buy(stage.new_channel())
    async with stage.unfinished(first):
        second = await (await stage.buy(stage.new_channel())).placed()
        third = await (await stage.buy(stage.new_channel())).says("2nd in line")
        await stage.press(first, "cancel")
        await second.state("running")
        await third.says("next in line")
        await stage.press(third, "cancel")
        await third.state("cancelled")

    await second.clip()
    second.assert_delivered_once()
    assert first.row["state"] == "cancelled"
    assert stage.records.entries(third.id) == [("hold", 0, 24), ("settle", 0, -24)]


async def test_whoever_waits_for_a_place_that_is_gone_is_told_and_pays_nothing(
    stage: Stage, channel: Channel
) -> None:
    first = await stage.buy(channel)
    async with stage.unfinished(first):
        gone = [await in_line(stage) for _ in CHANGES]
        staying = [await in_line(stage) for _ in STAYING]
        for change, order in zip((*CHANGES, *STAYING), (*gone, *staying), strict=True):
            change(stage, order)
        for order in gone:
            await order.state("failed")
            # The default binds this order, and mypy knows no type for it.
            await stage.until(lambda order=order: order.row["due_at"] is None)  # type: ignore[misc]
            assert_told(stage, order)
        assert [order.row["state"] for order in staying] == ["queued"] * len(STAYING)
    for order in staying:
        await order.state("delivered")


async def in_line(stage: Stage) -> Order:
    """An order that waits until the first is made."""
    order = await stage.buy(stage.new_channel())
    return await order.says("Waiting")


def assert_told(stage: Stage, order: Order) -> None:
    member = order.interaction.user
    assert clips(stage, order) == {}
    assert order.row["failure"] == "thread_gone"
    assert order.row["started_at"] is None
    assert pings(stage, order) == [member.id]
    assert stage.records.account(stage.guild.id, member.id) == (100, 0)
    said = [message.text for messages in found(stage, order).values() for message in messages]
    assert any("The place for this clip is gone. Nothing was charged." in text for text in said)
