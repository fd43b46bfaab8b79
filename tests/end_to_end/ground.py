"""What may happen to the place of a job, and what its member finds wherever they look."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.playground.message import Message
from bot.playground.permissions import Permission
from bot.playground.places import Channel, ThreadState
from tests.end_to_end.order import Order
from tests.end_to_end.stage import Stage


def thread_of(order: Order) -> ThreadState:
    """The state of the thread of an order."""
    assert order.place.thread is not None
    return order.place.thread


def archive(stage: Stage, order: Order) -> None:
    thread_of(order).archived = True
    stage.playground.world.publish_channel("THREAD_UPDATE", order.place)


def lock(stage: Stage, order: Order) -> None:
    thread_of(order).locked = True
    archive(stage, order)


def delete_thread(stage: Stage, order: Order) -> None:
    stage.playground.loopback.threads.delete(order.place)


def delete_messages(stage: Stage, order: Order) -> None:
    """The status goes, and the reply the thread hangs on."""
    reply = order.interaction.original
    assert reply is not None
    stage.playground.loopback.messages.delete(order.statuses[0])
    stage.playground.loopback.messages.delete(reply)


def delete_channel(stage: Stage, order: Order) -> None:
    stage.playground.world.remove_channel(order.interaction.channel)


def forbid(stage: Stage, order: Order) -> None:
    world = stage.playground.world
    world.deny(order.interaction.channel, world.bot.id, Permission.ATTACH_FILES)


def permit(stage: Stage, order: Order) -> None:
    world = stage.playground.world
    world.allow(order.interaction.channel, world.bot.id, Permission.ATTACH_FILES)


def hide(stage: Stage, order: Order) -> None:
    world = stage.playground.world
    world.deny(order.interaction.channel, world.bot.id, Permission.VIEW_CHANNEL)


def kick_bot(stage: Stage, order: Order) -> None:
    world = stage.playground.world
    world.remove_member(world.guild_of(order.interaction.channel), world.bot)


def leave(stage: Stage, order: Order) -> None:
    world = stage.playground.world
    world.remove_member(world.guild_of(order.interaction.channel), order.interaction.user)


def refuse_direct(stage: Stage, order: Order) -> None:
    """The member takes no direct messages."""
    member = order.interaction.user
    stage.playground.world.direct_channel(member)
    stage.playground.world.direct[member.id].is_open = False


def forbid_all(stage: Stage, order: Order) -> None:
    """No place is left at all."""
    forbid(stage, order)
    refuse_direct(stage, order)


CHANGES: Mapping[str, Callable[[Stage, Order], None]] = {
    change.__name__: change
    for change in (
        *(archive, lock, delete_thread, delete_messages, delete_channel),
        *(forbid, hide, kick_bot, leave, forbid_all),
    )
}


def found_in(stage: Stage, order: Order, channel: Channel) -> list[Message]:
    """What is said of an order in one place, as anybody who may look there sees it."""
    messages = stage.playground.loopback.messages
    guild = stage.playground.world.guild_of(channel)
    readers = [
        user_id for user_id in guild.members if stage.playground.world.sees(user_id, channel)
    ]
    return [
        message
        for message in messages.seen(channel.id, readers[0])
        if message.id != order.interaction.original_id
        and (f"job {order.id}" in message.text or f":{order.id}'" in str(message.components))
    ]


def found(stage: Stage, order: Order) -> dict[str, list[Message]]:
    """What is said of an order in its thread, its channel and its member's direct messages."""
    world, member = stage.playground.world, order.interaction.user
    channel = order.interaction.channel
    places = {"channel": world.channel(channel.id)}
    places["thread"] = next(iter(order.threads), None)
    places["direct"] = world.direct_channel(member) if member.id in world.direct else None
    return {name: found_in(stage, order, place) if place else [] for name, place in places.items()}


def clips(stage: Stage, order: Order) -> dict[str, int]:
    """How many clips there are in each place that has any."""
    counts = {
        name: sum(bool(message.attachments) for message in messages)
        for name, messages in found(stage, order).items()
    }
    return {name: count for name, count in counts.items() if count}


def pings(stage: Stage, order: Order) -> list[int]:
    """Everybody who was notified anywhere, once for each time."""
    return [
        user_id
        for messages in found(stage, order).values()
        for message in messages
        for user_id in message.pinged
    ]


def assert_paid_once(stage: Stage, order: Order) -> None:
    """Fail unless the job is delivered, and its price was captured once."""
    price = order.row["price_credits"]
    assert order.row["state"] == "delivered"
    assert stage.records.entries(order.id) == [("hold", 0, price), ("settle", -price, -price)]
    assert stage.records.hold_of(order.id) == "captured"
