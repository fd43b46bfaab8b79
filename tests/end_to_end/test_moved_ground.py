"""The place of a job changes while it runs: archived, locked, deleted, forbidden, smaller."""

from __future__ import annotations

import pytest
import pytest_asyncio

from bot.playground.permissions import Permission
from bot.playground.places import ThreadState
from tests.end_to_end.order import Order
from tests.end_to_end.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")

CHANGES = ("archived", "locked", "deleted", "forbidden", "status deleted")
SMALL_BYTES = 100_000


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def orders(stage: Stage) -> dict[str, Order]:
    """An order for each change, which happens as soon as its status is there.

    The archived one is in a place with room for small files only.
    """
    narrow = stage.playground.world.add_guild("The Narrow Place")
    narrow.enforced_upload_bytes = SMALL_BYTES
    orders = {}
    for change in CHANGES:
        channel = stage.new_channel(guild=narrow if change == "archived" else None)
        orders[change] = await stage.order(channel, options={"prompt": "light snow"})
    for change, order in orders.items():
        await order.says("Zoetrope animator")
        change_ground(stage, order, change)
    return orders


def change_ground(stage: Stage, order: Order, change: str) -> None:
    """What a moderator does; Discord tells the bot as it would."""
    loopback, world = stage.playground.loopback, stage.playground.world
    match change:
        case "archived":
            thread_of(order).archived = True
            world.publish_channel("THREAD_UPDATE", order.place)
        case "locked":
            thread_of(order).archived = thread_of(order).locked = True
            world.publish_channel("THREAD_UPDATE", order.place)
        case "deleted":
            loopback.threads.delete(order.place)
        case "forbidden":
            forbidden = Permission.ATTACH_FILES
            world.deny(order.interaction.channel, world.bot.id, forbidden)
        case "status deleted":
            loopback.messages.delete(order.statuses[0])
        case _:
            pass


def thread_of(order: Order) -> ThreadState:
    assert order.place.thread is not None
    return order.place.thread


async def test_a_clip_opens_an_archived_thread_again(orders: dict[str, Order]) -> None:
    order = orders["archived"]

    await order.clip()

    assert not thread_of(order).archived
    order.assert_delivered_once()


async def test_a_deleted_status_message_is_not_missed(orders: dict[str, Order]) -> None:
    order = orders["status deleted"]

    clip = await order.clip()

    assert clip.pinged == [order.interaction.user.id]
    assert order.statuses == []


async def test_a_clip_too_large_for_the_place_is_made_smaller(
    stage: Stage, orders: dict[str, Order]
) -> None:
    order = orders["archived"]

    clip = await order.clip()

    kept = stage.folder / "zoetrope-files" / "clips" / f"{order.id}.mp4"
    assert kept.stat().st_size > SMALL_BYTES
    assert 0 < len(clip.attachments[0].content) <= SMALL_BYTES
    order.assert_delivered_once()


async def test_nothing_is_charged_until_a_refused_clip_can_be_delivered(
    stage: Stage, orders: dict[str, Order]
) -> None:
    refused = (orders["locked"], orders["forbidden"])
    for order in refused:
        await order.state("fetched")
        await stage.until(lambda order=order: refused_posts(stage, order))  # type: ignore[misc]
        assert order.is_held
        assert order.clips == []
        assert stage.records.account(stage.guild.id, order.interaction.user.id) == (100, 2)

    for order in refused:
        thread_of(order).locked = False
        stage.playground.world.allow(
            order.interaction.channel, stage.playground.world.bot.id, Permission.ATTACH_FILES
        )
        await stage.until(lambda order=order: order.row["lease_until"] is None)  # type: ignore[misc]
        stage.records.make_due(order.id)

    for order in refused:
        await order.clip()
        order.assert_delivered_once()


async def test_in_a_deleted_thread_nothing_is_charged_and_no_other_is_opened(
    stage: Stage, orders: dict[str, Order]
) -> None:
    order = orders["deleted"]
    await order.state("fetched")
    await stage.until(lambda: order.row["lease_until"] is None)

    assert order.is_held
    assert order.threads == []
    assert stage.records.account(stage.guild.id, order.interaction.user.id) == (100, 2)


def refused_posts(stage: Stage, order: Order) -> int:
    """How many posts to its thread Discord refused with 403."""
    path = f"/channels/{order.place.id}/messages"
    refused = [request for request in stage.playground.requests if request.status == 403]
    return sum(request.method == "POST" and request.path == path for request in refused)
