from __future__ import annotations

from pathlib import Path

import pytest
from aiohttp import web

from bot.media.downloads import Network, download
from bot.media.errors import LinkRefused
from tests.media.certificates import Certificate
from tests.media.hosts import PUBLIC, Names, Wire, web_host

SIGNED = "a.mp4?Signature=s3cret"


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["169.254.169.254"],
        ["::1"],
        ["::ffff:127.0.0.1"],
        ["fe80::1%1"],
        [PUBLIC, "10.0.0.1"],
        ["10.0.0.1", PUBLIC],
    ],
)
async def test_a_name_that_means_a_private_address_is_not_connected_to(
    to: Path, addresses: list[str]
) -> None:
    wire = Wire(9)
    network = Network(lambda: Names({"clips.example": [addresses]}), open_socket=wire.open_socket)

    with pytest.raises(LinkRefused) as refusal:
        await download(f"https://clips.example/{SIGNED}", to, allow_loopback=False, network=network)

    assert refusal.value.host == "clips.example"
    assert wire.meant_for == []


async def test_a_name_is_looked_up_once_so_that_its_meaning_cannot_change_on_the_way(
    certificate: Certificate, to: Path
) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(body=b"clip")

    async with web_host(answer, tls=certificate.for_host()) as port:
        names, wire = Names({"clips.example": [[PUBLIC], ["127.0.0.1"]]}), Wire(port)
        network = Network(lambda: names, certificate.for_client(), wire.open_socket)
        await download("https://clips.example/a.mp4", to, allow_loopback=False, network=network)

    assert names.asked == ["clips.example"]
    assert wire.meant_for == [(PUBLIC, 443)]


async def test_a_name_that_means_a_private_address_at_the_redirect_is_refused(
    certificate: Certificate, to: Path
) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": "/b.mp4"})

    async with web_host(answer, tls=certificate.for_host()) as port:
        names, wire = Names({"clips.example": [[PUBLIC], ["127.0.0.1"]]}), Wire(port)
        network = Network(lambda: names, certificate.for_client(), wire.open_socket)
        with pytest.raises(LinkRefused):
            await download("https://clips.example/a.mp4", to, allow_loopback=False, network=network)

    assert names.asked == ["clips.example", "clips.example"]
    assert wire.meant_for == [(PUBLIC, 443)]


@pytest.mark.parametrize(
    "location",
    [
        "http://clips.example/b.mp4",
        "http://127.0.0.1/b.mp4",
        "https://127.0.0.1/b.mp4",
        "https://inside.example/b.mp4",
        "https://clips.example:8443/b.mp4",
        "file:///etc/passwd",
    ],
)
async def test_each_redirect_is_held_to_the_same_rules(
    certificate: Certificate, to: Path, location: str
) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": location})

    async with web_host(answer, tls=certificate.for_host()) as port:
        names = Names({"clips.example": [[PUBLIC]], "inside.example": [["192.168.0.7"]]})
        wire = Wire(port)
        network = Network(lambda: names, certificate.for_client(), wire.open_socket)
        with pytest.raises(LinkRefused):
            await download("https://clips.example/a.mp4", to, allow_loopback=False, network=network)

    assert wire.meant_for == [(PUBLIC, 443)]


@pytest.mark.parametrize(
    "location", ["http://10.0.0.1/b.mp4", "http://public.example/b.mp4", "http://0.0.0.0/b.mp4"]
)
async def test_from_loopback_a_redirect_may_not_lead_just_anywhere(to: Path, location: str) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": location})

    async with web_host(answer) as port:
        wire = Wire(port)
        names = Names({"public.example": [[PUBLIC]]})
        network = Network(lambda: names, open_socket=wire.open_socket)
        link = f"http://127.0.0.1:{port}/a.mp4"
        with pytest.raises(LinkRefused):
            await download(link, to, allow_loopback=True, network=network)

    assert wire.meant_for == [("127.0.0.1", port)]


async def test_loopback_is_refused_where_it_is_not_allowed(to: Path) -> None:
    asked: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(body=b"clip")

    async with web_host(answer) as port:
        with pytest.raises(LinkRefused):
            await download(f"http://127.0.0.1:{port}/a.mp4", to, allow_loopback=False)

    assert asked == []
