from __future__ import annotations

import asyncio
import gzip
import ssl
import tracemalloc
from pathlib import Path

import pytest
from aiohttp import web

from bot.media.downloads import CLIP, MAX_REDIRECTS, Network, download
from bot.media.errors import DownloadFailed, LinkRefused
from tests.media.certificates import Certificate
from tests.media.hosts import PUBLIC, Names, Wire, bytes_in, web_host, written

BYTES = bytes(range(256)) * 4000


async def the_clip(_: web.Request) -> web.Response:
    return web.Response(body=BYTES)


async def test_a_clip_comes_whole_over_https(certificate: Certificate, to: Path) -> None:
    asked: list[web.Request] = []
    server_names: list[str | None] = []
    tls = certificate.for_host()
    tls.sni_callback = lambda _, name, __: server_names.append(name)

    async def answer(request: web.Request) -> web.Response:
        asked.append(request)
        return await the_clip(request)

    async with web_host(answer, tls=tls) as port:
        names, wire = Names({"clips.example": [[PUBLIC]]}), Wire(port)
        network = Network(lambda: names, certificate.for_client(), wire.open_socket)
        await download(
            "https://clips.example/a%2Fb.mp4?Signature=%2f%3D+x%20y#here",
            to,
            allow_loopback=False,
            network=network,
        )

    assert bytes_in(to) == BYTES
    assert wire.meant_for == [(PUBLIC, 443)]
    assert server_names == ["clips.example"]
    assert asked[0].raw_path == "/a%2Fb.mp4?Signature=%2f%3D+x%20y"
    assert dict(asked[0].headers) == {
        "Host": "clips.example",
        "Accept": "*/*",
        "Accept-Encoding": "identity",
        "User-Agent": "Zoetrope",
        "Connection": "close",
    }


async def test_a_clip_comes_from_loopback_where_that_is_allowed(to: Path) -> None:
    async with web_host(the_clip) as port:
        await download(f"http://127.0.0.1:{port}/a.mp4", to, allow_loopback=True)

    assert bytes_in(to) == BYTES


async def test_loopback_may_go_by_name_and_by_https(certificate: Certificate, to: Path) -> None:
    network = Network(lambda: Names({"clips.example": [["127.0.0.1"]]}), certificate.for_client())

    async with web_host(the_clip, tls=certificate.for_host()) as port:
        link = f"https://clips.example:{port}/a.mp4"
        await download(link, to, allow_loopback=True, network=network)

    assert bytes_in(to) == BYTES


async def test_the_environments_proxies_are_not_used(
    to: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def proxy(_: web.Request) -> web.Response:
        return web.Response(text="by way of the proxy")

    async with web_host(the_clip) as port, web_host(proxy) as proxy_port:
        for name in ("http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy_port}")
        for name in ("no_proxy", "NO_PROXY"):
            monkeypatch.delenv(name, raising=False)
        await download(f"http://127.0.0.1:{port}/a.mp4", to, allow_loopback=True)

    assert bytes_in(to) == BYTES


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_followed_with_nothing_carried_along(
    certificate: Certificate, to: Path, status: int
) -> None:
    asked: list[web.Request] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request)
        if request.host == "cdn.example":
            return web.Response(body=BYTES)
        headers = {
            "Location": "https://cdn.example/b.mp4?X=%2F",
            "Set-Cookie": "a=b; Domain=example",
        }
        return web.Response(status=status, headers=headers)

    async with web_host(answer, tls=certificate.for_host()) as port:
        names = Names({"clips.example": [[PUBLIC]], "cdn.example": [[PUBLIC]]})
        network = Network(lambda: names, certificate.for_client(), Wire(port).open_socket)
        link = "https://clips.example/a.mp4?Signature=x"
        await download(link, to, allow_loopback=False, network=network)

    assert bytes_in(to) == BYTES
    assert [(request.method, request.host) for request in asked] == [
        ("GET", "clips.example"),
        ("GET", "cdn.example"),
    ]
    assert asked[1].raw_path == "/b.mp4?X=%2F"
    assert not {"Cookie", "Referer", "Authorization"} & set(asked[1].headers)


@pytest.mark.parametrize("hops", [MAX_REDIRECTS, MAX_REDIRECTS + 1])
async def test_five_redirects_are_followed_and_six_are_not(to: Path, hops: int) -> None:
    async def answer(request: web.Request) -> web.Response:
        left = int(request.match_info["path"])
        if left == 0:
            return web.Response(body=BYTES)
        return web.Response(status=302, headers={"Location": f"/{left - 1}"})

    async with web_host(answer) as port:
        link = f"http://127.0.0.1:{port}/{hops}"
        if hops == MAX_REDIRECTS:
            await download(link, to, allow_loopback=True)
        else:
            with pytest.raises(LinkRefused):
                await download(link, to, allow_loopback=True)

    assert bytes_in(to) == (BYTES if hops == MAX_REDIRECTS else None)


async def test_a_compressed_answer_is_kept_as_it_came_and_never_unpacked(to: Path) -> None:
    bomb = gzip.compress(bytes(50_000_000))

    async def answer(_: web.Request) -> web.Response:
        return web.Response(body=bomb, headers={"Content-Encoding": "gzip"})

    async with web_host(answer) as port:
        await download(f"http://127.0.0.1:{port}/a.mp4", to, allow_loopback=True)

    assert bytes_in(to) == bomb


async def test_memory_stays_flat_however_long_the_clip(to: Path) -> None:
    pieces = 600
    piece = bytes(100_000)

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(pieces):
            await response.write(piece)
        return response

    async with web_host(answer) as port:
        tracemalloc.start()
        try:
            await download(f"http://127.0.0.1:{port}/a.mp4", to, allow_loopback=True)
            _, peak_bytes = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()

    assert len(bytes_in(to) or b"") == pieces * len(piece)
    assert peak_bytes < 5_000_000


async def test_a_file_that_is_there_is_left_alone(tmp_path: Path) -> None:
    to = written(tmp_path / "clip.part", b"another clip")

    async with web_host(the_clip) as port:
        with pytest.raises(FileExistsError):
            await download(f"http://127.0.0.1:{port}/a.mp4", to, allow_loopback=True)

    assert bytes_in(to) == b"another clip"


async def test_a_cancelled_download_leaves_no_file(to: Path) -> None:
    has_begun = asyncio.Event()

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(BYTES)
            if await asyncio.to_thread(to.exists):
                has_begun.set()

    async with web_host(answer) as port, asyncio.TaskGroup() as group:
        link = f"http://127.0.0.1:{port}/a.mp4"
        running = group.create_task(download(link, to, allow_loopback=True))
        await has_begun.wait()
        running.cancel()

    assert running.cancelled()
    assert bytes_in(to) is None


@pytest.mark.parametrize(
    ("name", "is_trusted"), [("clips.example", False), ("other.example", True)]
)
async def test_a_host_that_cannot_prove_its_name_is_not_asked(
    certificate: Certificate, to: Path, name: str, is_trusted: bool
) -> None:
    asked: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.path)
        return await the_clip(request)

    async with web_host(answer, tls=certificate.for_host()) as port:
        trust = certificate.for_client() if is_trusted else ssl.create_default_context()
        network = Network(lambda: Names({name: [[PUBLIC]]}), trust, Wire(port).open_socket)
        with pytest.raises(DownloadFailed, match="certificate"):
            await download(f"https://{name}/a", to, allow_loopback=False, network=network)

    assert asked == []


def test_the_standing_limits_are_those_of_clips() -> None:
    assert (CLIP.most_bytes, CLIP.stall_seconds) == (200 * 1024**2, 30)
