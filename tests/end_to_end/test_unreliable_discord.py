"""Discord answers late, wrongly or not at all; members see one thread, one status and one clip."""

from __future__ import annotations

import re
from functools import partial

import pytest
import pytest_asyncio

from bot.playground.faults import Action, DropReply, DropRequest, Fault, Status, TooMany
from bot.playground.places import Channel, User
from tests.end_to_end.obstacles import Obstacles
from tests.end_to_end.order import Order
from tests.end_to_end.stage import PICTURE, SMALL_CLIP, Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")

ACTIONS: dict[str, Action] = {
    "503": Status(503),
    "the request is lost": DropRequest(),
    "the reply is lost": DropReply(),
    "429": TooMany(retry_after_seconds=0.2),
    "429 everywhere": TooMany(retry_after_seconds=0.2, everywhere=True),
    "500": Status(500),
}
FIRST_ANSWER = r"/interactions/\d+/[^/]+/callback"
REPLY = r"/webhooks/\d+/[^/]+/messages/@original"
BESIDES = {
    "503": Fault(DropRequest(), "PATCH", REPLY),
    "the request is lost": Fault(DropRequest(), "POST", FIRST_ANSWER),
    "the reply is lost": Fault(DropReply(), "POST", FIRST_ANSWER),
}
"""What befalls an order even before its first post."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def hindered(stage: Stage) -> dict[str, Order]:
    """An order for each action, which happens to all its posts; all are under way."""
    orders = {}
    for name, action in ACTIONS.items():
        channel = stage.new_channel()
        Obstacles(stage, channel, action)
        if name in BESIDES:
            stage.playground.faults.add(BESIDES[name])
        orders[name] = await stage.buy(channel)
        if name in BESIDES:
            # The next order must not meet what is meant for this one.
            await stage.until(partial(dropped, stage, orders[name]))
    return orders


@pytest.mark.parametrize("name", ACTIONS)
async def test_each_message_is_posted_once_although_each_post_went_wrong_once(
    stage: Stage, hindered: dict[str, Order], name: str
) -> None:
    order = hindered[name]

    await order.clip()

    assert len(order.threads) == 1
    order.assert_delivered_once()
    assert len(failed_posts(stage, order)) == 3


def failed_posts(stage: Stage, order: Order) -> list[int]:
    """The statuses of the answers to its posts that were not success."""
    channel_id, thread_id = order.interaction.channel.id, order.place.id
    path = rf"/channels/({channel_id}/messages/\d+/threads|{thread_id}/messages)"
    return [
        request.status
        for request in stage.playground.requests
        if request.method == "POST" and re.fullmatch(path, request.path) and request.status >= 429
    ]


def dropped(stage: Stage, order: Order) -> list[str]:
    """The methods of the calls of its interaction whose connection was cut."""
    return [
        request.method
        for request in stage.playground.requests
        if request.status == 500 and order.interaction.token in request.path
    ]


async def test_a_reply_that_cannot_be_edited_does_not_stop_the_clip(
    stage: Stage, hindered: dict[str, Order]
) -> None:
    order = hindered["503"]

    await order.clip()

    assert dropped(stage, order) == ["PATCH"]
    order.assert_delivered_once()
    assert f"<#{order.place.id}>" in order.reply
    assert [message.text for message in order.interaction.messages if message.ephemeral] == []


@pytest.mark.parametrize("name", ["the request is lost", "the reply is lost"])
async def test_a_first_answer_that_is_lost_once_does_not_stop_the_clip(
    stage: Stage, hindered: dict[str, Order], name: str
) -> None:
    order = hindered[name]

    await order.clip()

    assert dropped(stage, order) == ["POST"]
    order.assert_delivered_once()
    assert f"<#{order.place.id}>" in order.reply


async def test_without_a_first_answer_nothing_is_held(
    stage: Stage, channel: Channel, member: User
) -> None:
    lost = Fault(DropRequest(), "POST", r"/interactions/\d+/[^/]+/callback", times=3)
    stage.playground.faults.add(lost)

    interaction = await stage.playground.slash(
        member.id, channel.id, "animate", SMALL_CLIP, {"image": ("picture.png", PICTURE)}
    )

    await stage.until(lambda: any(str(interaction.id) in line for line in stage.said("error")))
    assert stage.order_of(interaction).row == {}
    assert stage.playground.threads(channel.id) == []
    assert "100 credits** available" in await stage.answer(member, channel, "credits")
