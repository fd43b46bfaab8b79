"""What each way of failing proves about a submit, on real sockets: it is sent once at the most."""

from __future__ import annotations

import asyncio
import gzip
import socket

import httpx
import pytest

from providers import http
from providers.errors import NotSubmitted, SubmitUncertain
from providers.http import Http, Reply
from tests.providers.wire import Line, Talk, Wire, answer, answering, wire

SECRET = "a secret in the address"


async def submit(base_url: str) -> Reply:
    async with Http(base_url) as provider:
        return await provider.send_once(f"/v1/tasks?{SECRET}", {"prompt": "slow zoom"})


async def hang_up_at_once(line: Line) -> None:
    line.writer.transport.abort()


async def hang_up_after_the_head(line: Line) -> None:
    await line.head()


async def hang_up_after_the_request(line: Line) -> None:
    await line.request()


async def reset_after_the_request(line: Line) -> None:
    await line.request()
    line.writer.transport.abort()


async def never_answer(line: Line) -> None:
    await line.request()
    await line.silence()


async def never_end(line: Line) -> None:
    await line.request()
    await line.say(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
    await line.silence()


def saying(words: bytes) -> Talk:
    async def talk(line: Line) -> None:
        await line.request()
        await line.say(words)

    return talk


async def test_a_submit_that_is_answered_is_sent_once() -> None:
    async with wire(answering(answer("201 Created", b'{"id": "t-1"}', "X-Credits: 12"))) as there:
        reply = await submit(there.url)

    assert (reply.status, reply.data, reply.headers["x-credits"]) == (201, {"id": "t-1"}, "12")
    (request,) = there.requests
    assert request.line.startswith("POST /v1/tasks?")
    assert request.body == b'{"prompt":"slow zoom"}'


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_where_nobody_listens_nothing_was_sent(scheme: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]

    with pytest.raises(NotSubmitted):
        await submit(f"{scheme}://127.0.0.1:{port}")


async def test_where_a_name_leads_nowhere_nothing_was_sent() -> None:
    # A name this long is refused before anybody is asked for it.
    with pytest.raises(NotSubmitted):
        await submit("http://" + "a." * 130 + "invalid")


async def speak_no_tls(line: Line) -> None:
    await line.say(answer("400 Bad Request"))
    await line.silence()


async def say_nothing(line: Line) -> None:
    await line.silence()


@pytest.mark.parametrize("talk", [hang_up_at_once, speak_no_tls, say_nothing])
async def test_without_a_handshake_nothing_was_sent(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "CONNECT_SECONDS", 0.2)
    async with wire(talk) as there:
        with pytest.raises(NotSubmitted):
            await submit(f"https://127.0.0.1:{there.port}")

    assert (there.connections, there.requests) == (1, [])


@pytest.mark.parametrize(
    "talk",
    [
        hang_up_at_once,
        hang_up_after_the_head,
        hang_up_after_the_request,
        reset_after_the_request,
        never_answer,
        never_end,
        saying(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"),
        saying(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"),
        saying(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}"),
        saying(b"HTTP/1.1 200"),
        saying(b"220 mail.example.com ESMTP\r\n\r\n"),
        saying(b"HTTP/1.1 200 \xff\xfe\r\nContent-Length: 2\r\n\r\n{}"),
        saying(answer("200 OK", b"{}", "Content-Encoding: gzip")),
        saying(answer("200 OK", b"{}", f"X-Long: {'a' * 100_000}")),
    ],
)
async def test_a_submit_that_broke_off_is_uncertain_and_not_repeated(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "SUBMIT_SECONDS", 0.3)
    async with wire(talk) as there:
        with pytest.raises(SubmitUncertain):
            await submit(there.url)

    assert there.connections == 1
    assert len(there.requests) <= 1


async def test_what_the_transport_calls_a_connect_timeout_may_have_arrived() -> None:
    async with wire(hang_up_after_the_request) as there:
        with pytest.raises(SubmitUncertain) as raised:
            await submit(there.url)

    assert isinstance(raised.value.__cause__, httpx.ConnectTimeout)
    assert len(there.requests) == 1


@pytest.mark.parametrize("status", ["500 Oops", "502 Bad Gateway", "503 Later", "504 Timeout"])
async def test_a_server_error_is_uncertain_and_not_repeated(status: str) -> None:
    async with wire(answering(answer(status, b"{}", "Retry-After: 0"))) as there:
        with pytest.raises(SubmitUncertain, match=status[:3]):
            await submit(there.url)

    assert len(there.requests) == 1


@pytest.mark.parametrize(
    "status", ["400 No", "401 Who", "402 Pay", "404 Not", "422 No", "429 Wait"]
)
async def test_a_clean_refusal_is_an_answer_and_not_repeated(status: str) -> None:
    async with wire(answering(answer(status, b'{"error": "no"}', "Retry-After: 0"))) as there:
        reply = await submit(there.url)

    assert (reply.status, reply.field("error")) == (int(status[:3]), "no")
    assert len(there.requests) == 1


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 There", "308 There"])
async def test_a_redirect_is_not_followed(status: str) -> None:
    async with (
        wire(answering(answer("200 OK"))) as elsewhere,
        wire(answering(answer(status, b"", f"Location: {elsewhere.url}"))) as there,
    ):
        reply = await submit(there.url)

    assert reply.status == int(status[:3])
    assert (len(there.requests), elsewhere.connections) == (1, 0)


@pytest.mark.parametrize(
    "body",
    [b"<html>hello</html>", b"", b'{"id": ', b"[" * 200_000, b"\xff\xfe\x00{", b'{"n": 1} x'],
)
async def test_an_answer_that_is_no_json_is_an_answer_without_data(body: bytes) -> None:
    async with wire(answering(answer("200 OK", body))) as there:
        reply = await submit(there.url)

    assert (reply.status, reply.data, reply.field("id")) == (200, None, None)


async def test_a_compressed_answer_is_read() -> None:
    packed = gzip.compress(b'{"id": "t-1"}')
    async with wire(answering(answer("200 OK", packed, "Content-Encoding: gzip"))) as there:
        reply = await submit(there.url)

    assert reply.field("id") == "t-1"


@pytest.mark.parametrize("is_packed", [False, True])
async def test_an_answer_that_is_too_large_is_uncertain(
    is_packed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "MAX_REPLY_BYTES", 100_000)
    huge = b'"' + b"a" * 1_000_000 + b'"'
    told = answer("200 OK", gzip.compress(huge), "Content-Encoding: gzip")
    async with wire(saying(told if is_packed else answer("200 OK", huge))) as there:
        with pytest.raises(SubmitUncertain):
            await submit(there.url)

    assert len(there.requests) == 1


async def test_a_connection_the_server_has_closed_meanwhile_harms_no_submit() -> None:
    has_hung_up = asyncio.Event()

    async def answer_and_hang_up(line: Line) -> None:
        await line.request()
        await line.say(answer("200 OK", b"{}", "Connection: keep-alive", "Keep-Alive: timeout=60"))
        line.writer.close()
        has_hung_up.set()

    async with wire(answer_and_hang_up) as there, Http(there.url) as provider:
        for _ in range(5):
            has_hung_up.clear()
            assert (await provider.send_once("/v1/tasks", {})).status == 200
            await has_hung_up.wait()

    assert (len(there.requests), there.connections) == (5, 5)


async def test_no_submit_travels_over_a_connection_used_before() -> None:
    async with wire(answering(answer("200 OK"))) as there, Http(there.url) as provider:
        await provider.send("GET", "/v1/tasks/1")
        await provider.send_once("/v1/tasks", {})
        await provider.send("GET", "/v1/tasks/1")
        await provider.send_once("/v1/tasks", {})

    assert (len(there.requests), there.connections) == (4, 3)


def proxied(monkeypatch: pytest.MonkeyPatch, proxy: Wire) -> None:
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, proxy.url)
        monkeypatch.setenv(name.lower(), proxy.url)


async def test_nothing_goes_through_a_proxy_of_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with (
        wire(answering(answer("200 OK"))) as proxy,
        wire(answering(answer("200 OK"))) as there,
    ):
        proxied(monkeypatch, proxy)
        await submit(there.url)
        async with Http(there.url) as provider:
            await provider.send("GET", "/v1/tasks/1")
            await provider.upload(there.url, {}, name="a.jpg", data=b"a", kind="image/jpeg")
        with pytest.raises(NotSubmitted):
            await submit("https://127.0.0.1:1")

    assert (len(there.requests), proxy.connections) == (3, 0)


@pytest.mark.parametrize("talk", [hang_up_at_once, saying(b"no HTTP at all\r\n\r\n")])
async def test_what_went_wrong_is_told_without_the_address(talk: Talk) -> None:
    async with wire(talk) as there:
        with pytest.raises(SubmitUncertain) as raised:
            await submit(there.url)

    assert SECRET not in str(raised.value)
    assert str(there.port) not in str(raised.value)
