from __future__ import annotations

import asyncio
import logging
import traceback
from dataclasses import replace
from pathlib import Path

import pytest

from bot.media.downloads import CLIP, Network, download
from bot.media.errors import ClipTooHeavy, ClipUnavailable, DownloadFailed, LinkDead
from tests.media.hosts import Names, Talk, bytes_in, raw_host, saying, saying_and_stalling
from tests.media.processes import eventually

SIGNED = "a.mp4?Signature=s3cret"
OK = b"HTTP/1.1 200 OK\r\n"


async def refusal_of(
    port: int, to: Path, *, most_bytes: int = 1000, stall_seconds: float = 9.0
) -> ClipUnavailable:
    limits = replace(CLIP, most_bytes=most_bytes, stall_seconds=stall_seconds, total_seconds=10)
    with pytest.raises(ClipUnavailable) as refusal:
        await download(f"http://127.0.0.1:{port}/{SIGNED}", to, allow_loopback=True, limits=limits)
    assert bytes_in(to) is None
    return refusal.value


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451])
async def test_a_host_that_no_longer_gives_the_clip_means_a_dead_link(
    to: Path, status: int
) -> None:
    async with raw_host(saying(b"HTTP/1.1 %d No\r\nContent-Length: 0\r\n\r\n" % status)) as port:
        error = await refusal_of(port, to)

    assert isinstance(error, LinkDead)
    assert error.status == status


@pytest.mark.parametrize("status", [201, 204, 206, 300, 304, 408, 425, 429, 500, 502, 503, 504])
async def test_any_other_answer_means_to_try_again(to: Path, status: int) -> None:
    async with raw_host(saying(b"HTTP/1.1 %d Hm\r\nContent-Length: 0\r\n\r\n" % status)) as port:
        error = await refusal_of(port, to)

    assert isinstance(error, DownloadFailed)
    assert str(error) == f"127.0.0.1: status {status}"


@pytest.mark.parametrize(
    "talk",
    [
        saying(b""),
        saying(b"not HTTP at all\r\n\r\n"),
        saying(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 20_000 + b"\r\n\r\n"),
        saying(b"HTTP/1.1 302 Elsewhere\r\nContent-Length: 0\r\n\r\n"),
        saying(OK + b"Content-Length: many\r\n\r\nclip"),
        saying(OK + b"Content-Length: 0\r\n\r\n"),
        saying(OK + b"Connection: close\r\n\r\n"),
        saying(OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        saying(OK + b"Content-Length: 900\r\n\r\nclip"),
        saying(OK + b"Transfer-Encoding: chunked\r\n\r\n4\r\nclip\r\n"),
        saying(OK + b"Transfer-Encoding: chunked\r\n\r\n4\r\nclip\r\nnonsense\r\n"),
    ],
    ids=[
        "hung up",
        "no HTTP",
        "endless header",
        "redirect to nowhere",
        "length is no number",
        "empty",
        "empty until the end",
        "empty chunks",
        "shorter than promised",
        "cut in chunks",
        "broken chunks",
    ],
)
async def test_an_answer_that_is_not_whole_means_to_try_again(to: Path, talk: Talk) -> None:
    async with raw_host(talk) as port:
        error = await refusal_of(port, to)

    assert isinstance(error, DownloadFailed)


@pytest.mark.parametrize("late", [b"nonsense\r\n", b"4\r\nclipXX", b"4\r\ncl", b""])
async def test_an_answer_that_breaks_off_later_means_to_try_again(to: Path, late: bytes) -> None:
    async def talk(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(OK + b"Transfer-Encoding: chunked\r\n\r\n4\r\nclip\r\n")
        await eventually(to.exists)
        writer.write(late)

    async with raw_host(talk) as port:
        error = await refusal_of(port, to, stall_seconds=0.3)

    assert isinstance(error, DownloadFailed)
    assert not error.detail.startswith("not done")


async def test_nobody_at_home_means_to_try_again(to: Path) -> None:
    async with raw_host(saying(b"")) as port:
        pass

    error = await refusal_of(port, to)

    assert isinstance(error, DownloadFailed)


async def test_a_name_without_a_meaning_means_to_try_again(to: Path) -> None:
    network = Network(lambda: Names({}))

    with pytest.raises(DownloadFailed) as refusal:
        await download(f"https://clips.example/{SIGNED}", to, allow_loopback=False, network=network)

    assert refusal.value.host == "clips.example"


@pytest.mark.parametrize(
    "words",
    [b"", b"HTTP/1.1 200", OK + b"Content-Length: 9\r\n\r\n", OK + b"Content-Length: 9\r\n\r\ncl"],
)
async def test_a_host_that_stalls_is_given_up(to: Path, words: bytes) -> None:
    async with raw_host(saying_and_stalling(words)) as port:
        error = await refusal_of(port, to, stall_seconds=0.05)

    assert isinstance(error, DownloadFailed)
    assert error.detail == "stalled"


async def test_a_host_that_never_stalls_and_never_ends_is_given_up(to: Path) -> None:
    async def drip(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(OK + b"\r\n")
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.005)

    async with raw_host(drip) as port:
        with pytest.raises(DownloadFailed) as refusal:
            await download(
                f"http://127.0.0.1:{port}/{SIGNED}",
                to,
                allow_loopback=True,
                limits=replace(CLIP, total_seconds=0.15),
            )

    assert refusal.value.detail == "not done in 0.15 s"
    assert bytes_in(to) is None


async def test_a_clip_that_says_it_is_too_heavy_is_not_fetched(to: Path) -> None:
    async with raw_host(saying_and_stalling(OK + b"Content-Length: 1001\r\n\r\n")) as port:
        error = await refusal_of(port, to)

    assert isinstance(error, ClipTooHeavy)
    assert error.limit_bytes == 1000


@pytest.mark.parametrize(
    "head",
    [b"\r\n", b"Transfer-Encoding: chunked\r\n\r\n"],
)
async def test_a_clip_that_does_not_say_how_heavy_it_is_ends_at_the_limit(
    to: Path, head: bytes
) -> None:
    async def flood(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(OK + head)
        while True:
            writer.write(b"1000\r\n" + bytes(0x1000) + b"\r\n")
            await writer.drain()

    async with raw_host(flood) as port:
        error = await refusal_of(port, to, most_bytes=1_000_000)

    assert isinstance(error, ClipTooHeavy)


@pytest.mark.parametrize("size_bytes", [1000, 1001])
async def test_the_limit_is_the_last_size_that_is_taken(to: Path, size_bytes: int) -> None:
    async with raw_host(saying(OK + b"\r\n" + bytes(size_bytes))) as port:
        if size_bytes > 1000:
            assert isinstance(await refusal_of(port, to), ClipTooHeavy)
        else:
            limits = replace(CLIP, most_bytes=1000)
            link = f"http://127.0.0.1:{port}/a.mp4"
            await download(link, to, allow_loopback=True, limits=limits)

    assert bytes_in(to) == (bytes(1000) if size_bytes == 1000 else None)


@pytest.mark.parametrize(
    "talk",
    [
        saying(b""),
        saying(b"not HTTP at all\r\n\r\n"),
        saying(b"HTTP/1.1 403 No\r\n\r\n"),
        saying(OK + b"Content-Length: 900\r\n\r\nclip"),
        saying(OK + b"Content-Length: 9000\r\n\r\nclip"),
        saying(b"HTTP/1.1 302 Go\r\nLocation: https://10.0.0.1/b?Signature=s3cret\r\n\r\n"),
        saying(b"HTTP/1.1 302 Go\r\nLocation: https://[s3cret\r\n\r\n"),
        saying(b"HTTP/1.1 302 Go\r\nLocation: http://localhost:1/b?Signature=s3cret\r\n\r\n"),
    ],
)
async def test_no_error_and_no_log_tells_a_signature(
    to: Path, talk: Talk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    async with raw_host(talk) as port:
        error = await refusal_of(port, to)

    told = [*traceback.format_exception(error), repr(error), repr(vars(error)), caplog.text]
    assert "s3cret" not in "".join(told)
