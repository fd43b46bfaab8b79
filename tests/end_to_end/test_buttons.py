"""Cancel, Again and New prompt."""

from __future__ import annotations

import pytest
import pytest_asyncio

from bot.playground.places import Channel, User
from tests.end_to_end.order import Order
from tests.end_to_end.seller import BOUGHT
from tests.end_to_end.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def made(stage: Stage) -> Order:
    """An order whose clip is posted."""
    order = await stage.order(stage.new_channel(), options=BOUGHT)
    await order.clip()
    return order


async def test_cancel_stops_a_running_job_and_nothing_is_paid(
    stage: Stage, channel: Channel
) -> None:
    order = await stage.order(channel, options={"seconds": 10})
    await order.state("running")

    pressed = await stage.press(order, "cancel")

    assert "Stopping it" in await stage.answered(pressed)
    await order.says("It was cancelled")
    assert stage.records.entries(order.id) == [("hold", 0, 10), ("settle", 0, -10)]
    assert order.clips == []


async def test_only_its_member_or_a_moderator_cancels_a_job(
    stage: Stage, channel: Channel, member: User, moderator: User
) -> None:
    order = await stage.buy(channel)

    async with stage.unfinished(order):
        refused = await stage.press(order, "cancel", user=member)
        said = await stage.answered(refused)
        await stage.press(order, "cancel", user=moderator)
        await order.state("cancelled")

    assert said == "Only the member whose job it is, or a moderator can do that."


async def test_again_orders_the_same_clip_with_another_seed_in_the_same_thread(
    stage: Stage, made: Order
) -> None:
    again = stage.order_of(await stage.press(made, "again"))

    async with stage.unfinished(again):
        await stage.press(again, "cancel")
    same = ("prompt", "seconds", "shape", "model", "price_credits", "thread_id")
    assert {name: again.row[name] for name in same} == {name: made.row[name] for name in same}
    assert again.row["seed"] != made.row["seed"]


async def test_a_new_prompt_is_asked_for_in_a_form_and_orders_another_clip(
    stage: Stage, made: Order
) -> None:
    member = made.interaction.user
    asked = await stage.press(made, "prompt")
    await asked.acknowledged()

    again = stage.order_of(
        await stage.playground.submit_modal(member.id, asked, {"prompt": "light snow"})
    )

    async with stage.unfinished(again):
        await stage.press(again, "cancel")
    assert again.row["prompt"] == "light snow"
    assert again.row["thread_id"] == made.place.id
    assert again.row["seconds"] == made.row["seconds"]


async def test_another_members_picture_cannot_be_used_again(
    stage: Stage, made: Order, member: User
) -> None:
    pressed = await stage.press(made, "again", user=member)

    said = await stage.answered(pressed)

    assert said == "Only the member whose clip it is can do that."
    assert stage.order_of(pressed).row == {}
