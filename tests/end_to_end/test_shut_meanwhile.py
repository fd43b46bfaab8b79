"""A place is shut between a post that arrived and the bot's hearing of it: still one clip."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.playground.faults import DropReply, Fault
from bot.playground.world import Event
from tests.end_to_end import ground
from tests.end_to_end.ground import assert_paid_once, clips
from tests.end_to_end.order import Order
from tests.end_to_end.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (ground.lock, "thread"),
        (ground.delete_thread, "channel"),
        (ground.delete_channel, "direct"),
    ],
)
async def test_a_clip_that_arrived_is_not_posted_elsewhere_as_well(
    stage: Stage, change: Callable[[Stage, Order], None], where: str
) -> None:
    order = await stage.buy(stage.new_channel())
    async with stage.unfinished(order):
        path = f"/channels/{order.place.id}/messages"
        stage.playground.faults.add(Fault(DropReply(), "POST", path))
        shut_behind_the_clip(stage, order, change)

    await order.state("delivered")
    await stage.until(lambda: order.row["due_at"] is None)

    assert clips(stage, order) == {where: 1}
    assert_paid_once(stage, order)


def shut_behind_the_clip(
    stage: Stage, order: Order, change: Callable[[Stage, Order], None]
) -> None:
    """Let something happen to the place the moment the clip is there, and not sooner."""
    listeners = stage.playground.world.listeners
    thread_id = str(order.place.id)

    def watch(event: Event) -> None:
        is_post = event.name == "MESSAGE_CREATE" and event.data["channel_id"] == thread_id
        if is_post and event.data["attachments"]:
            listeners.remove(watch)
            change(stage, order)

    listeners.append(watch)
