"""The gateway: who gets in, what they are told, and how they come back."""

import asyncio
from typing import Any

import aiohttp
import discord
import pytest

from bot.playground.permissions import Permission
from bot.playground.places import Channel, Json, User
from bot.playground.server import Playground
from tests.playground.conftest import Call, Connect, replying

Socket = aiohttp.ClientWebSocketResponse


async def answer(interaction: discord.Interaction) -> None:
    await interaction.response.send_message("Here")


async def test_a_wrong_token_is_turned_away(playground: Playground, connect: Connect) -> None:
    playground.loopback.gateway.token = "another"

    with pytest.raises(discord.ConnectionClosed) as closed:
        async with connect(replying(answer)):
            pass

    assert closed.value.code == 4004


async def test_events_missed_while_the_socket_was_broken_are_replayed(
    playground: Playground, connect: Connect, member: User, gallery: Channel
) -> None:
    async with connect(replying(answer)) as client:
        playground.gateway.drop()
        await playground.until(lambda: not playground.gateway.online)
        interaction = await playground.slash(member.id, gallery.id, "go")
        await interaction.acknowledged()
        await asyncio.wait_for(client.resumed.wait(), 20)

    assert client.identified == 1
    assert [message.content for message in playground.messages(gallery.id)] == ["Here"]


async def test_a_request_to_reconnect_is_followed_by_a_resume(
    playground: Playground, connect: Connect
) -> None:
    async with connect(replying(answer)) as client:
        playground.gateway.ask_to_reconnect()
        await asyncio.wait_for(client.resumed.wait(), 20)

    assert client.identified == 1


async def test_an_invalid_session_makes_the_bot_identify_again(
    playground: Playground, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    # discord.py waits five seconds before it identifies again; nothing is learned from that.
    async def at_once(_: float) -> None:
        return None

    async with connect(replying(answer)) as client:
        monkeypatch.setattr("discord.gateway.asyncio.sleep", at_once)
        playground.gateway.invalidate()
        # Closed before it is ready, discord.py leaves the thread that was to keep it alive.
        await playground.until(lambda: client.told.count("READY") == 2)

    assert client.identified == 2


async def identified(playground: Playground, socket: Socket) -> tuple[str, int]:
    """Identify; the session's id, and the number of the last event it was told of."""
    await socket.send_json({"op": 2, "d": {"token": playground.token, "intents": 1}})
    told = [await socket.receive_json() for _ in range(3)]
    assert [frame["t"] for frame in told] == [None, "READY", "GUILD_CREATE"]
    return told[1]["d"]["session_id"], told[-1]["s"]


async def resumed(playground: Playground, session_id: str, sequence: int) -> list[Json]:
    """What a socket that resumes is told, up to RESUMED or to its refusal."""
    told: list[Json] = []
    resume = {"token": playground.token, "session_id": session_id, "seq": sequence}
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(playground.gateway_url) as socket,
    ):
        await socket.receive_json()
        await socket.send_json({"op": 6, "d": resume})
        while not told or (told[-1]["t"] != "RESUMED" and told[-1]["op"] == 0):
            told.append(await socket.receive_json())
        await socket.close(code=4000)
    return told


async def test_a_resume_replays_what_came_after_the_last_event_that_arrived(
    playground: Playground,
) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(playground.gateway_url) as socket,
    ):
        session_id, last = await identified(playground, socket)
        for name in ("one", "two"):
            playground.world.add_channel(playground.world.guild, name)
        heard = await socket.receive_json()
        playground.gateway.drop()
        playground.world.add_channel(playground.world.guild, "three")

    told = await resumed(playground, session_id, heard["s"])

    assert [(frame["s"], frame["d"].get("name")) for frame in told[:-1]] == [
        (last + 2, "two"),
        (last + 3, "three"),
    ]
    assert told[-1]["t"] == "RESUMED"


async def test_a_session_that_is_over_or_never_was_cannot_be_resumed(
    playground: Playground,
) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(playground.gateway_url) as socket,
    ):
        session_id, last = await identified(playground, socket)
        ahead = await resumed(playground, session_id, last + 1)
        playground.gateway.invalidate()
    over = await resumed(playground, session_id, last)
    unknown = await resumed(playground, "never", 1)

    for [refusal] in (ahead, over, unknown):
        assert (refusal["op"], refusal["d"]) == (9, False)


@pytest.mark.parametrize(("code", "may_resume"), [(1000, False), (1001, False), (4000, True)])
async def test_a_goodbye_ends_the_session_and_another_close_does_not(
    playground: Playground, code: int, may_resume: bool
) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(playground.gateway_url) as socket,
    ):
        await socket.send_json({"op": 2, "d": {"token": playground.token, "intents": 1}})
        await playground.until(lambda: playground.gateway.online)
        await socket.close(code=code)
        await playground.until(lambda: not playground.gateway.online)

    assert playground.gateway.has_session is may_resume


async def test_the_guilds_intent_brings_threads_but_no_messages(
    playground: Playground, connect: Connect, rest: Call, gallery: Channel
) -> None:
    async with connect(replying(answer)) as client:
        await rest("POST", f"/channels/{gallery.id}/messages", {"content": "Hello"})
        await rest("POST", f"/channels/{gallery.id}/threads", {"name": "Clip", "type": 11})
        await playground.until(lambda: "THREAD_CREATE" in client.told)

    assert not [name for name in client.told if name.startswith("MESSAGE")]


async def test_the_bot_knows_the_guild_as_it_is(
    playground: Playground, connect: Connect, gallery: Channel
) -> None:
    playground.world.boost(playground.world.guild, 3)
    playground.world.deny(gallery, playground.world.bot.id, Permission.ATTACH_FILES)

    async with connect(replying(answer)) as client:
        guild = client.guilds[0]
        channel = guild.get_channel(gallery.id)
        assert channel is not None
        allowed = channel.permissions_for(guild.me)
    computed = playground.world.permissions(playground.world.bot.id, gallery)

    assert guild.name == "The Workshop"
    assert guild.filesize_limit == 100 * 1024 * 1024
    assert not allowed.attach_files
    assert allowed.send_messages_in_threads
    # discord.py leaves the permissions of voice out of a text channel.
    assert allowed.value == int(computed & ~Permission.CONNECT)


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("{", 4002),
        ('{"op": 99}', 4001),
        ('{"op": 3, "d": {}}', 4003),
        ('{"op": 2, "d": {"token": "TOKEN", "intents": 2}}', 4014),
    ],
)
async def test_what_makes_no_sense_closes_the_socket(
    playground: Playground, frame: str, code: int
) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(playground.gateway_url) as socket,
    ):
        hello: dict[str, Any] = await socket.receive_json()
        await socket.send_str(frame.replace("TOKEN", playground.token))
        closed = await socket.receive()

    assert hello["op"] == 10
    assert (closed.type, closed.data) == (aiohttp.WSMsgType.CLOSE, code)
