"""Where a thread can be opened, one is; everywhere else the clip comes where it was ordered."""

from __future__ import annotations

import pytest
import pytest_asyncio

from bot.playground.places import ChannelKind
from tests.end_to_end.order import Order
from tests.end_to_end.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def orders(stage: Stage) -> dict[str, Order]:
    """One order in each kind of place, all under way."""
    playground, member = stage.playground, stage.new_member()
    parent = stage.new_channel()
    said = await playground.say(member.id, parent.id, "Let us make clips here.")
    starter = playground.world.bot
    thread = playground.loopback.threads.start(parent, starter, {"name": "Clips"}, said)
    places = {
        "thread": thread,
        "voice": stage.new_channel(ChannelKind.VOICE),
        "announcements": stage.new_channel(ChannelKind.ANNOUNCEMENT),
    }
    return {name: await stage.buy(place) for name, place in places.items()}


@pytest.mark.parametrize("name", ["thread", "voice"])
async def test_where_no_thread_can_be_opened_the_clip_comes_in_place(
    stage: Stage, orders: dict[str, Order], name: str
) -> None:
    order = orders[name]
    channel = order.interaction.channel

    clip = await order.clip()

    assert clip.channel_id == channel.id
    assert stage.playground.threads(channel.id) == []
    order.assert_delivered_once()


async def test_the_thread_of_an_announcement_channel_takes_the_clip(
    orders: dict[str, Order],
) -> None:
    order = orders["announcements"]

    clip = await order.clip()

    [thread] = order.threads
    assert thread.kind is ChannelKind.ANNOUNCEMENT_THREAD
    assert clip.channel_id == thread.id
    order.assert_delivered_once()
