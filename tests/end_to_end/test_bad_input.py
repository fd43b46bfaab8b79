"""Whatever is wrong with an order is said in private, and nothing of the order remains."""

from __future__ import annotations

import zlib
from collections.abc import Callable

import pytest
from PIL import Image

from bot.playground.interaction import Kind
from bot.playground.permissions import Permission
from bot.playground.places import Channel, User
from bot.playground.world import Event
from tests.end_to_end.order import Order
from tests.end_to_end.seller import BOUGHT
from tests.end_to_end.stage import Stage
from tests.media.pictures import corners, noise, png, png_chunk, saved, whole_png

pytestmark = pytest.mark.asyncio(loop_scope="session")

LARGE = (1152, 768)


def four_hundred_megapixels() -> bytes:
    return whole_png(20_000, 20_000)


def cut_short() -> bytes:
    whole = saved(noise(256), "JPEG")
    return whole[: len(whole) // 2]


def over_25_mib() -> bytes:
    return saved(Image.new("RGB", (64, 64)), "BMP") + bytes(25 * 2**20)


def promising_more_than_it_holds() -> bytes:
    return png(4_000, 4_000, png_chunk(b"IDAT", zlib.compress(bytes(64))))


BAD_PICTURES: dict[str, tuple[Callable[[], bytes], str]] = {
    "notes.txt": (lambda: b"Dear diary, today I made a clip.\n" * 99, "not a picture"),
    "renamed.png": (lambda: b"%PDF-1.7\n" + bytes(2_000), "I do not take PDF files"),
    "script.jpg": (lambda: b"#!/bin/sh\nexit\n", "not a picture"),
    "empty.png": (lambda: b"", "not a picture"),
    "vector.svg": (lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>", "picture"),
    "cut.jpg": (cut_short, "damaged or was cut short"),
    "hollow.png": (promising_more_than_it_holds, "damaged or was cut short"),
    "bomb.png": (four_hundred_megapixels, "20,000 × 20,000 pixels, more than I can take"),
    "heavy.bmp": (over_25_mib, "over 25 MiB"),
    "dot.png": (lambda: saved(Image.new("RGB", (1, 1)), "PNG"), "only 1 × 1 pixels"),
    "strip.png": (lambda: saved(Image.new("RGB", (900, 10)), "PNG"), "strip of 900 × 10"),
}

BAD_OPTIONS: dict[str, tuple[dict[str, str | int], str]] = {
    "blank prompt": ({"prompt": " \u200b \n"}, "The prompt is empty"),
    "long prompt": ({"prompt": "x" * 2_001}, "2,001 characters, and this model takes 2,000"),
    "unknown model": ({"model": "sora"}, "no model called “sora”"),
    "too long": ({"seconds": 99}, "cannot make 99 s. It makes 2–10 s"),
    "too short": ({"seconds": 0}, "cannot make 0 s"),
    "negative seed": ({"seed": -1}, "whole number from 0"),
}

GOOD_PICTURES: dict[str, Callable[[], bytes]] = {
    "cmyk.jpg": lambda: saved(corners("CMYK", LARGE), "JPEG"),
    "palette.png": lambda: saved(corners("P", LARGE), "PNG"),
    "transparent.webp": lambda: saved(corners("RGBA", LARGE), "WEBP"),
    "sixteen_bits.png": lambda: saved(noise(1024).convert("I;16"), "PNG"),
}


async def assert_nothing_remains(stage: Stage, order: Order) -> None:
    """Fail if the order left a hold, a job, a file, a thread or a message others can see."""
    member, channel = order.interaction.user, order.interaction.channel
    assert order.row == {}
    assert stage.records.hold_of(order.id) is None
    assert list((stage.folder / "zoetrope-files").rglob(f"{order.id}*")) == []
    assert stage.playground.threads(channel.id) == []
    assert stage.playground.messages(channel.id) == []
    assert "100 credits** available · 0 credits held" in await stage.answer(
        member, stage.new_channel(guild=stage.playground.world.guild_of(channel)), "credits"
    )


@pytest.mark.parametrize("name", BAD_PICTURES)
async def test_a_bad_picture_is_refused(stage: Stage, channel: Channel, name: str) -> None:
    make, sentence = BAD_PICTURES[name]

    order = await stage.order(channel, picture=make(), filename=name)

    assert sentence in await order.refused()
    await assert_nothing_remains(stage, order)


@pytest.mark.parametrize("name", BAD_OPTIONS)
async def test_a_bad_option_is_refused(stage: Stage, channel: Channel, name: str) -> None:
    options, sentence = BAD_OPTIONS[name]

    order = await stage.order(channel, options=options)

    assert sentence in await order.refused()
    await assert_nothing_remains(stage, order)


async def test_an_order_without_a_picture_is_refused(
    stage: Stage, channel: Channel, member: User
) -> None:
    # Discord's client would not send this; a stale client's command of yesterday might.
    known = {command["name"]: command for command in commands_of(stage)}
    data = {"id": known["animate"]["id"], "name": "animate", "type": 1}
    prompt = {"name": "prompt", "type": 3, "value": "zoom"}

    order = stage.order_of(
        stage.playground.loopback.interactions.send(
            Kind.COMMAND, member, channel, data | {"options": [prompt]}
        )
    )

    assert "There is no picture" in await order.refused()
    await assert_nothing_remains(stage, order)


async def test_a_command_in_a_direct_message_is_refused(
    stage: Stage, channel: Channel, member: User
) -> None:
    def as_direct_message(event: Event) -> None:
        if event.name == "INTERACTION_CREATE":
            for key in ("guild_id", "guild", "member"):
                event.data.pop(key)
            place = {"id": str(channel.id), "type": 1, "recipients": []}
            event.data.update(context=1, user=member.as_json(), channel=place)

    stage.playground.world.listeners.insert(0, as_direct_message)
    try:
        order = await stage.order(channel, member)
    finally:
        stage.playground.world.listeners.remove(as_direct_message)

    assert "I only work inside a server" in await order.refused()
    await assert_nothing_remains(stage, order)


@pytest.mark.parametrize(
    ("permission", "named"),
    [
        (Permission.CREATE_PUBLIC_THREADS, "Create Public Threads"),
        (Permission.SEND_MESSAGES_IN_THREADS, "Send Messages In Threads"),
        (Permission.ATTACH_FILES, "Attach Files"),
        (Permission.READ_MESSAGE_HISTORY, "Read Message History"),
    ],
)
async def test_a_missing_permission_is_named(
    stage: Stage, channel: Channel, permission: Permission, named: str
) -> None:
    stage.playground.world.deny(channel, stage.playground.world.bot.id, permission)

    order = await stage.order(channel)

    said = await order.refused()
    assert "I lack permissions in this channel" in said
    assert named in said
    await assert_nothing_remains(stage, order)


async def test_missing_credits_are_counted(stage: Stage) -> None:
    guild = stage.playground.world.add_guild("The Poorhouse")
    owner, channel = stage.playground.world.users[guild.owner_id], stage.new_channel(guild=guild)
    await stage.answer(owner, channel, "budget welcome", credits=3)

    order = await stage.order(channel, options={"seconds": 10})

    said = await order.refused()
    assert "costs 10 credits" in said
    assert "7 credits missing" in said
    assert order.row == {}
    assert stage.playground.threads(channel.id) == []
    assert stage.playground.messages(channel.id) == []


async def test_of_an_animation_the_first_frame_is_used_and_the_member_told(
    stage: Stage, channel: Channel
) -> None:
    frames = [corners(size=LARGE), *(Image.new("RGB", LARGE, colour) for colour in ("red", "blue"))]
    animation = saved(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=100)

    order = await stage.order(channel, picture=animation, filename="dance.gif", options=BOUGHT)

    async with stage.unfinished(order):
        assert "I use its first frame" in await stage.answered(order.interaction)
        await stage.press(order, "cancel")


@pytest.mark.parametrize("name", GOOD_PICTURES)
async def test_an_unusual_picture_just_works(stage: Stage, channel: Channel, name: str) -> None:
    picture = GOOD_PICTURES[name]()

    order = await stage.order(channel, picture=picture, filename=name, options=BOUGHT)

    async with stage.unfinished(order):
        await stage.press(order, "cancel")


def commands_of(stage: Stage) -> list[dict[str, str]]:
    return stage.playground.loopback.commands.usable(stage.guild.id)
