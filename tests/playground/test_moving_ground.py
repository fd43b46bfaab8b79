"""Places that go away, and direct messages: what the bot is told, and what it is refused."""

from __future__ import annotations

import discord

from bot.playground.places import Channel, User
from bot.playground.server import Playground
from tests.playground.conftest import Call, Client, Connect


def silent(_: Client) -> None:
    """A bot without commands."""


async def direct(rest: Call, user: User) -> str:
    """The id of the channel where the bot and a person talk alone."""
    status, channel = await rest("POST", "/users/@me/channels", {"recipient_id": str(user.id)})
    assert (status, channel["type"]) == (200, 1)
    assert [each["id"] for each in channel["recipients"]] == [str(user.id)]
    return str(channel["id"])


async def test_a_person_is_written_to_in_one_channel_that_nobody_else_sees(
    playground: Playground, rest: Call, member: User, moderator: User
) -> None:
    channel_id = await direct(rest, member)

    body = {"content": f"<@{member.id}> Hello", "nonce": "1", "enforce_nonce": True}
    status, first = await rest("POST", f"/channels/{channel_id}/messages", body)
    _, second = await rest("POST", f"/channels/{channel_id}/messages", body)

    assert status == 200
    assert second["id"] == first["id"]
    assert "guild_id" not in first
    assert await direct(rest, member) == channel_id
    _, read = await rest("GET", f"/channels/{channel_id}/messages")
    assert [message["id"] for message in read] == [first["id"]]
    [seen] = playground.messages(int(channel_id), member.id)
    assert seen.pinged == [member.id]
    assert playground.messages(int(channel_id), moderator.id) == []


async def test_the_library_writes_a_person_and_reads_it_back(
    connect: Connect, playground: Playground, member: User
) -> None:
    async with connect(silent) as client:
        place = await client.create_dm(discord.Object(member.id))
        posted = await place.send("Hello")
        found = [message.id async for message in place.history(after=discord.Object(1))]

    assert found == [posted.id]


async def test_nobody_is_written_to_who_does_not_want_it_or_shares_no_guild(
    playground: Playground, rest: Call, member: User
) -> None:
    channel_id = await direct(rest, member)
    world = playground.world

    world.direct[member.id].is_open = False
    closed = await rest("POST", f"/channels/{channel_id}/messages", {"content": "Hello"})
    world.direct[member.id].is_open = True
    world.remove_member(world.guild, member)
    stranger = await rest("POST", f"/channels/{channel_id}/messages", {"content": "Hello"})

    assert (closed[0], closed[1]["code"]) == (403, 50007)
    assert (stranger[0], stranger[1]["code"]) == (403, 50007)


async def test_a_bot_is_not_written_to(playground: Playground, rest: Call) -> None:
    status, answer = await rest(
        "POST", "/users/@me/channels", {"recipient_id": str(playground.world.bot.id)}
    )

    assert (status, answer["code"]) == (400, 50033)


async def test_a_deleted_channel_takes_its_threads_with_it(
    connect: Connect, playground: Playground, rest: Call, gallery: Channel
) -> None:
    _, message = await rest("POST", f"/channels/{gallery.id}/messages", {"content": "Reply"})
    await rest("POST", f"/channels/{gallery.id}/messages/{message['id']}/threads", {"name": "Clip"})
    async with connect(silent) as client:
        playground.world.remove_channel(gallery)
        await playground.until(lambda: client.get_channel(gallery.id) is None)

    for place in (gallery.id, message["id"]):
        status, answer = await rest("GET", f"/channels/{place}/messages")
        assert (status, answer["code"]) == (404, 10003)


async def test_a_bot_that_was_kicked_hears_so_and_is_shut_out(
    connect: Connect, playground: Playground, rest: Call, gallery: Channel
) -> None:
    world = playground.world
    async with connect(silent) as client:
        world.remove_member(world.guild, world.bot)
        await playground.until(lambda: not client.guilds)
    async with connect(silent) as client:
        assert not client.guilds

    status, answer = await rest("POST", f"/channels/{gallery.id}/messages", {"content": "Hello"})
    assert (status, answer["code"]) == (403, 50001)
