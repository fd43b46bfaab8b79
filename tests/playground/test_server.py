"""The server: this machine only, signed links that expire, commands as Discord takes them."""

from typing import Any

import aiohttp
import pytest

from bot.playground.clock import AdjustableClock
from bot.playground.places import Channel
from bot.playground.server import CannotListen, NotLoopback, Playground
from tests.playground.conftest import Call


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])
async def test_it_listens_to_this_machine_only(host: str) -> None:
    with pytest.raises(NotLoopback):
        async with Playground.open(host=host):
            pass


async def test_a_port_that_is_taken_is_said_in_a_sentence(playground: Playground) -> None:
    taken = int(playground.page_url.rstrip("/").rpartition(":")[2])

    for port in (taken, 99_999):
        with pytest.raises(CannotListen, match=f"port {port}"):
            async with Playground.open(port):
                pass


@pytest.mark.parametrize(
    "headers", [{"Host": "rebound.example"}, {"Origin": "http://elsewhere.example"}]
)
@pytest.mark.parametrize("path", ["", "page/api/state", "page/api/events"])
async def test_other_sites_cannot_reach_in_through_a_browser(
    playground: Playground, path: str, headers: dict[str, str]
) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.get(playground.page_url + path, headers=headers) as response,
    ):
        assert response.status == 403


async def test_the_page_may_load_nothing_from_outside(playground: Playground) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.get(playground.page_url) as response,
    ):
        policy = response.headers["Content-Security-Policy"]

    assert policy.startswith("default-src 'self';")
    assert "http" not in policy
    assert "unsafe" not in policy


async def test_a_request_without_the_token_is_refused(playground: Playground) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{playground.api_url}/users/@me") as response,
    ):
        answer = await response.json()

    assert (response.status, answer) == (401, {"message": "401: Unauthorized", "code": 0})


async def test_a_route_discord_does_not_have_is_not_found(rest: Call) -> None:
    assert await rest("GET", "/nowhere") == (404, {"message": "404: Not Found", "code": 0})


# -- files --------------------------------------------------------------------------------------


async def posted_link(rest: Call, gallery: Channel) -> str:
    _, message = await rest(
        "POST", f"/channels/{gallery.id}/messages", {}, [("a b.mp4", b"0123456789")]
    )
    return str(message["attachments"][0]["url"])


async def test_a_link_works_for_a_day_and_a_fresh_one_is_made_on_every_look(
    playground: Playground, rest: Call, gallery: Channel, clock: AdjustableClock
) -> None:
    old = await posted_link(rest, gallery)
    async with aiohttp.ClientSession() as session:
        async with session.get(old) as response:
            assert (response.status, await response.read()) == (200, b"0123456789")
        clock.advance(24 * 3600 + 1)
        async with session.get(old) as response:
            assert response.status == 404
        _, [message] = await rest("GET", f"/channels/{gallery.id}/messages")
        async with session.get(message["attachments"][0]["url"]) as response:
            assert response.status == 200

    assert "/a_b.mp4?ex=" in old


async def test_a_link_cannot_be_forged(rest: Call, gallery: Channel) -> None:
    link = await posted_link(rest, gallery)

    async with aiohttp.ClientSession() as session:
        for forged in (link.replace("?ex=", "?ex=f"), link.replace("&hm=", "&hm=ä")):
            async with session.get(forged) as response:
                assert response.status == 404


async def test_a_player_may_ask_for_a_part(rest: Call, gallery: Channel) -> None:
    link = await posted_link(rest, gallery)

    async with (
        aiohttp.ClientSession(headers={"Range": "bytes=2-4"}) as session,
        session.get(link) as response,
    ):
        assert (response.status, await response.read()) == (206, b"234")
        assert response.headers["Content-Range"] == "bytes 2-4/10"
        assert "sandbox" in response.headers["Content-Security-Policy"]


# -- commands -----------------------------------------------------------------------------------


def command(**fields: object) -> dict[str, Any]:
    return {"name": "go", "description": "Do it", **fields}


def option(**fields: object) -> dict[str, Any]:
    return {"name": "a", "description": "An option", "type": 3, **fields}


@pytest.mark.parametrize(
    "body",
    [
        command(name="Go"),
        command(name="x" * 33),
        command(description=""),
        command(description="x" * 101),
        command(options=[option(name=f"o{number}") for number in range(26)]),
        command(options=[option(), option(name="b", required=True)]),
        command(options=[option(), option()]),
        command(options=[option(choices=[{"name": "x", "value": "x"}] * 26)]),
        command(options=[option(choices=[{"name": "x", "value": "x"}], autocomplete=True)]),
        command(options=[option(type=1, options=[option(type=2)])]),
        command(options=[option(type=1), option(name="b")]),
        command(
            options=[
                option(
                    name=f"o{number}",
                    choices=[{"name": f"{index}", "value": "x" * 99} for index in range(25)],
                )
                for number in range(4)
            ]
        ),
    ],
)
async def test_a_command_discord_would_not_take_is_refused(
    playground: Playground, rest: Call, body: dict[str, Any]
) -> None:
    path = f"/applications/{playground.world.application_id}/commands"

    status, answer = await rest("PUT", path, [body])

    assert (status, answer["code"]) == (400, 50035)
    assert await rest("GET", path) == (200, [])


async def test_a_command_keeps_its_id_when_it_is_synced_again(
    playground: Playground, rest: Call
) -> None:
    path = f"/applications/{playground.world.application_id}/commands"

    _, [first] = await rest("PUT", path, [command()])
    _, [again] = await rest("PUT", path, [command(description="Do it again")])

    assert first["id"] == again["id"]
    assert first["version"] != again["version"]


async def test_only_two_hundred_commands_are_created_in_a_day(
    playground: Playground, rest: Call, clock: AdjustableClock
) -> None:
    path = f"/applications/{playground.world.application_id}/commands"
    for batch in range(2):
        await rest("PUT", path, [command(name=f"c{batch}-{index}") for index in range(100)])

    _, refused = await rest("PUT", path, [command()])
    clock.advance(24 * 3600 + 1)
    status, _ = await rest("PUT", path, [command()])

    assert (refused["code"], status) == (30034, 200)
