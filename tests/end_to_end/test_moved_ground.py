"""The place of a job changes while its clip is made: it finds its member, once, or is kept."""

from __future__ import annotations

import pytest
import pytest_asyncio

from bot.playground.picker import Value
from bot.playground.places import User
from tests.end_to_end import ground
from tests.end_to_end.ground import CHANGES, assert_paid_once, clips, found, pings, thread_of
from tests.end_to_end.order import Order
from tests.end_to_end.stage import Stage
from tests.end_to_end.test_own_jobs import file_of, press

pytestmark = pytest.mark.asyncio(loop_scope="session")

SNOW: dict[str, Value] = {"prompt": "light snow"}
SMALL_BYTES = 100_000
WHERE = {
    "archive": "thread",
    "lock": "channel",
    "delete_thread": "channel",
    "delete_messages": "thread",
    "delete_channel": "direct",
    "forbid": "direct",
    "hide": "direct",
    "kick_bot": "direct",
}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def orders(stage: Stage) -> dict[str, Order]:
    """An order for each change, which happens while its clip is made.

    The archived one is in a place with room for small files only, so its clip is really made; the
    members of the place the bot is kicked from meet it elsewhere too.
    """
    world = stage.playground.world
    narrow, closing = world.add_guild("The Narrow Place"), world.add_guild("The Closing Place")
    narrow.enforced_upload_bytes = SMALL_BYTES
    guilds = {"archive": narrow, "kick_bot": closing}
    orders = {}
    for name, change in CHANGES.items():
        guild = guilds.get(name)
        member = stage.new_member()
        if guild is not None:
            world.join(guild, member)
        channel = stage.new_channel(guild=guild)
        if guild is narrow:
            orders[name] = await stage.order(channel, member, options=SNOW)
            kept = stage.paused
        else:
            orders[name] = await stage.buy(channel, member)
            kept = stage.unfinished
        async with kept(orders[name]):
            await orders[name].state("running")
            change(stage, orders[name])
    return orders


@pytest.mark.parametrize(("change", "where"), WHERE.items())
async def test_a_clip_goes_once_to_the_first_place_that_takes_it(
    stage: Stage, orders: dict[str, Order], change: str, where: str
) -> None:
    order = orders[change]

    await order.state("delivered")
    await stage.until(lambda: order.row["due_at"] is None)

    assert clips(stage, order) == {where: 1}
    assert pings(stage, order) == [order.interaction.user.id]
    assert_paid_once(stage, order)


async def test_a_clip_opens_an_archived_thread_again(orders: dict[str, Order]) -> None:
    order = orders["archive"]

    await order.clip()

    assert not thread_of(order).archived
    order.assert_delivered_once()


async def test_a_clip_too_large_for_the_place_is_made_smaller(
    stage: Stage, orders: dict[str, Order]
) -> None:
    order = orders["archive"]

    clip = await order.clip()

    kept = stage.folder / "zoetrope-files" / "clips" / f"{order.id}.mp4"
    assert kept.stat().st_size > SMALL_BYTES
    assert 0 < len(clip.attachments[0].content) <= SMALL_BYTES


async def test_a_direct_message_says_what_happened(stage: Stage, orders: dict[str, Order]) -> None:
    await orders["forbid"].state("delivered")
    await orders["kick_bot"].state("delivered")

    [forbidden] = found(stage, orders["forbid"])["direct"]
    [kicked] = found(stage, orders["kick_bot"])["direct"]

    assert "I can no longer post where you ordered it, in **The Workshop**" in forbidden.text
    assert "in a server I am no longer in, so it comes here." in kicked.text
    assert "credits paid" in kicked.text


async def test_the_status_left_behind_says_so(stage: Stage, orders: dict[str, Order]) -> None:
    await orders["forbid"].state("delivered")

    [status] = found(stage, orders["forbid"])["thread"]

    assert status.text.startswith("📮 **Moved.**")
    assert status.components == []


async def test_whoever_left_has_the_clip_in_its_thread_as_ordered(
    stage: Stage, orders: dict[str, Order]
) -> None:
    order = orders["leave"]

    await order.state("delivered")

    assert clips(stage, order) == {"thread": 1}
    assert_paid_once(stage, order)


async def test_a_clip_no_place_takes_costs_nothing_until_it_can_be_delivered(
    stage: Stage, orders: dict[str, Order]
) -> None:
    order = orders["forbid_all"]
    member = order.interaction.user
    await refused_everywhere(stage, order)

    assert order.row["state"] == "fetched"
    assert stage.records.account(stage.guild.id, member.id) == (100, 24)
    assert (clips(stage, order), pings(stage, order)) == ({}, [])

    ground.permit(stage, order)
    stage.records.make_due(order.id)
    await order.state("delivered")
    await stage.until(lambda: order.row["due_at"] is None)

    assert clips(stage, order) == {"channel": 1}
    assert pings(stage, order) == [member.id]
    assert_paid_once(stage, order)


async def test_a_clip_no_place_takes_is_handed_out_and_then_posted_no_more(
    stage: Stage, member: User
) -> None:
    order = await stage.buy(stage.new_channel(), member)
    async with stage.unfinished(order):
        ground.forbid_all(stage, order)
    await refused_everywhere(stage, order)

    listed = await stage.playground.slash(member.id, order.interaction.channel.id, "jobs")
    clip = await file_of(stage, await press(stage, member, listed, "zoetrope:jobs:clip:"))
    ground.permit(stage, order)
    await stage.until(lambda: order.row["due_at"] is None)

    assert clip.startswith(b"\0\0\0")
    assert (clips(stage, order), pings(stage, order)) == ({}, [])
    assert_paid_once(stage, order)


async def refused_everywhere(stage: Stage, order: Order) -> None:
    """Wait until a clip was refused in every place, and waits to be offered again."""
    await order.state("fetched")
    in_channel = order.interaction.channel.id
    await stage.until(
        lambda: order.row["thread_id"] == in_channel and order.row["lease_until"] is None
    )
