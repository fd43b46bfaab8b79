"""Rate limits, and the faults a test scripts."""

import aiohttp
import discord
import pytest

from bot.playground.clock import AdjustableClock
from bot.playground.faults import Delay, DropReply, DropRequest, Fault, Status, TooMany
from bot.playground.places import Channel
from bot.playground.rate_limits import Limit
from bot.playground.server import Playground
from tests.playground.conftest import Call, Connect, replying

SENDING = r"/channels/\d+/messages"


async def nothing(interaction: discord.Interaction) -> None:
    await interaction.response.defer()


async def test_the_sixth_message_in_five_seconds_has_to_wait(
    playground: Playground, rest: Call, gallery: Channel, clock: AdjustableClock
) -> None:
    path = f"/channels/{gallery.id}/messages"

    statuses = [(await rest("POST", path, {"content": "Hi"}))[0] for _ in range(5)]
    status, answer = await rest("POST", path, {"content": "Hi"})
    clock.advance(5)
    later, _ = await rest("POST", path, {"content": "Hi"})

    assert statuses == [200] * 5
    assert status == 429
    assert 0 < answer["retry_after"] <= 5
    assert answer["global"] is False
    assert later == 200


async def test_a_bucket_is_described_as_discord_does(
    playground: Playground, gallery: Channel
) -> None:
    url = f"{playground.api_url}/channels/{gallery.id}/messages"
    headers = {"Authorization": f"Bot {playground.token}"}

    async with aiohttp.ClientSession(headers=headers) as session:
        for _ in range(6):
            response = await session.post(url, json={"content": "Hi"})

    assert response.headers["Via"]
    assert response.headers["X-RateLimit-Limit"] == "5"
    assert response.headers["X-RateLimit-Remaining"] == "0"
    assert response.headers["X-RateLimit-Scope"] == "user"
    assert response.headers["X-RateLimit-Bucket"]
    assert response.headers["Content-Type"] == "application/json"


async def test_messages_older_than_an_hour_are_edited_three_times_in_six_seconds(
    rest: Call, gallery: Channel, clock: AdjustableClock
) -> None:
    path = f"/channels/{gallery.id}/messages"
    _, message = await rest("POST", path, {"content": "Old"})
    clock.advance(3601)

    answers = [
        await rest("PATCH", f"{path}/{message['id']}", {"content": str(number)})
        for number in range(4)
    ]

    assert [status for status, _ in answers] == [200, 200, 200, 429]
    assert answers[3][1]["code"] == 30046


async def test_the_whole_bot_may_make_fifty_requests_a_second(
    playground: Playground, rest: Call
) -> None:
    playground.rate_limits.by_route["GET", "/users/@me"] = Limit(1000, 1)
    playground.rate_limits.everything = Limit(50, 60)

    answers = [await rest("GET", "/users/@me") for _ in range(51)]

    assert [status for status, _ in answers] == [200] * 50 + [429]
    assert answers[50][1]["global"] is True


async def test_limits_can_be_switched_off(
    playground: Playground, rest: Call, gallery: Channel
) -> None:
    playground.rate_limits.enabled = False

    answers = [
        await rest("POST", f"/channels/{gallery.id}/messages", {"content": "Hi"}) for _ in range(8)
    ]

    assert {status for status, _ in answers} == {200}


async def test_discord_py_waits_and_repeats_after_a_429(
    playground: Playground, connect: Connect, gallery: Channel
) -> None:
    playground.faults.add(Fault(TooMany(0.01), "POST", SENDING, times=2))

    async with connect(replying(nothing)) as client:
        await client.get_partial_messageable(gallery.id).send("Hello")

    statuses = [item.status for item in playground.requests if item.path.endswith("/messages")]
    assert statuses == [429, 429, 200]
    assert len(playground.messages(gallery.id)) == 1


async def test_discord_py_raises_a_503_at_once(
    playground: Playground, connect: Connect, gallery: Channel
) -> None:
    overloaded = Status(503, {"message": "overloaded", "code": 130000})

    async with connect(replying(nothing)) as client:
        playground.faults.add(Fault(overloaded, "POST", SENDING))
        with pytest.raises(discord.DiscordServerError):
            await client.get_partial_messageable(gallery.id).send("Hello")

    assert playground.messages(gallery.id) == []


@pytest.mark.parametrize(("drop", "posted"), [(DropRequest(), 0), (DropReply(), 1)])
async def test_a_dropped_connection_leaves_the_bot_in_doubt(
    playground: Playground,
    connect: Connect,
    gallery: Channel,
    drop: DropRequest | DropReply,
    posted: int,
) -> None:
    async with connect(replying(nothing)) as client:
        playground.faults.add(Fault(drop, "POST", SENDING))
        with pytest.raises((aiohttp.ClientError, OSError)):
            await client.get_partial_messageable(gallery.id).send("Hello")

    assert len(playground.messages(gallery.id)) == posted


async def test_a_delayed_request_still_arrives(
    playground: Playground, rest: Call, gallery: Channel
) -> None:
    playground.faults.add(Fault(Delay(0.01), "POST", SENDING))

    status, _ = await rest("POST", f"/channels/{gallery.id}/messages", {"content": "Hi"})

    assert status == 200


async def test_a_fault_happens_only_where_and_as_often_as_it_was_scripted(
    playground: Playground, rest: Call, gallery: Channel
) -> None:
    playground.faults.add(Fault(Status(500), "POST", SENDING, times=2))
    path = f"/channels/{gallery.id}/messages"

    other, _ = await rest("GET", path)
    posts = [(await rest("POST", path, {"content": "Hi"}))[0] for _ in range(3)]

    assert (other, posts) == (200, [500, 500, 200])
