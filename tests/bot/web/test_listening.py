"""What one connection, or many, can take from the bot has an end."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from bot.settings import CannotStart
from bot.web import listening
from bot.web.listening import listen

ASKING = b"GET /healthz HTTP/1.1\r\nHost: bot.example.com\r\n\r\n"
TAKING = b"POST /take HTTP/1.1\r\nHost: bot.example.com\r\nContent-Length: 100\r\n\r\n"


def application() -> web.Application:
    async def say_ok(_: web.Request) -> web.Response:
        return web.Response(text="ok")

    async def take(request: web.Request) -> web.Response:
        return web.Response(text=str(len(await request.read())))

    async def fail(_: web.Request) -> web.Response:
        raise RuntimeError("private words")

    async def say_much(_: web.Request) -> web.Response:
        return web.Response(body=bytes(32 * 2**20))

    app = web.Application()
    app.add_routes([web.get("/healthz", say_ok), web.post("/take", take), web.get("/broken", fail)])
    app.add_routes([web.get("/much", say_much)])
    return app


@asynccontextmanager
async def connected(
    port: int, host: str = "127.0.0.1"
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    async with asyncio.timeout(15):
        reader, writer = await asyncio.open_connection(host, port)
        try:
            yield reader, writer
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()


async def said_to(port: int, words: bytes, host: str = "127.0.0.1") -> bytes:
    """Everything that is said to this, until the other side hangs up."""
    async with connected(port, host) as (reader, writer):
        writer.write(words)
        try:
            return await reader.read()
        except ConnectionResetError:
            return b""


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
async def test_it_listens_on_every_address_of_this_machine(host: str) -> None:
    if ":" in host and not socket.has_dualstack_ipv6():
        pytest.skip("this machine has no IPv6")
    async with listen(application(), 0) as port:
        answer = await said_to(port, ASKING, host)

    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert answer.endswith(b"\r\n\r\nok")


async def test_a_port_that_is_taken_is_said_in_a_sentence() -> None:
    async with listen(application(), 0) as port:
        with pytest.raises(CannotStart, match=rf"port {port} \([^()]*\): .*PORT\.$"):
            async with listen(application(), port):
                pass

        assert (await said_to(port, ASKING)).endswith(b"ok")


async def test_afterwards_nobody_listens() -> None:
    async with listen(application(), 0) as port:
        pass

    with pytest.raises(ConnectionRefusedError):
        await said_to(port, ASKING)
    async with listen(application(), port):
        pass


@pytest.mark.parametrize("words", [b"", b"POST /take HT", TAKING, TAKING + b"some of it"])
async def test_a_connection_that_dawdles_is_closed(words: bytes) -> None:
    async with listen(application(), 0, connection_seconds=0.2) as port:
        answer = await said_to(port, words)

    assert answer == b""


async def test_a_connection_that_trickles_is_closed() -> None:
    async with (
        listen(application(), 0, connection_seconds=0.2) as port,
        connected(port) as (reader, writer),
    ):
        writer.write(b"POST /take HTTP/1.1\r\n")
        with contextlib.suppress(ConnectionError):
            while not reader.at_eof():
                writer.write(b"X-More: and more\r\n")
                await writer.drain()
                await asyncio.sleep(0.02)


async def test_a_connection_carries_one_request() -> None:
    async with listen(application(), 0) as port:
        answer = await said_to(port, ASKING * 3)

    assert answer.count(b"HTTP/1.1 200 OK") == 1
    assert b"Connection: close\r\n" in answer


async def test_connections_beyond_a_number_are_closed_until_others_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(listening, "CONNECTIONS_AT_ONCE", 2)
    async with listen(application(), 0) as port:
        async with connected(port) as (first, to_first), connected(port):
            assert await said_to(port, ASKING) == b""
            to_first.write(ASKING)
            assert (await first.read()).endswith(b"ok")

        while not (answer := await said_to(port, ASKING)):
            pass

    assert answer.endswith(b"ok")


@pytest.mark.parametrize(
    "words",
    [
        b"private words\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET /healthz HTTP/1.1\r\nprivate words\r\n\r\n",
        b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\n" + b"X: y\r\n" * 500 + b"\r\n",
        b"POST /take HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nprivate words\r\n",
        b"POST /take HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"GET /broken HTTP/1.1\r\nHost: bot.example.com\r\n\r\n",
    ],
)
async def test_what_is_no_http_and_what_breaks_is_hung_up_on(
    words: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with listen(application(), 0, connection_seconds=0.5) as port:
        answer = await said_to(port, words)

    assert answer == b""
    assert "private words" not in caplog.text


async def test_requests_are_not_written_down(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with listen(application(), 0) as port:
        await said_to(port, ASKING)

    assert "healthz" not in caplog.text


async def test_the_end_does_not_wait_for_those_who_dawdle() -> None:
    async with asyncio.timeout(15), listen(application(), 0) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"POST /take HT")
        await writer.drain()

    assert await reader.read() == b""
    writer.close()


async def test_whoever_does_not_read_the_answer_is_gone_when_their_time_is_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(listening, "CONNECTIONS_AT_ONCE", 1)
    async with (
        listen(application(), 0, connection_seconds=0.6) as port,
        connected(port) as (reader, writer),
    ):
        writer.write(ASKING.replace(b"healthz", b"much"))
        await reader.readuntil(b"200 OK")

        while not (answer := await said_to(port, ASKING)):
            pass

    assert answer.endswith(b"ok")
