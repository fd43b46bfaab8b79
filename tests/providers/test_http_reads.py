"""Reads are asked until they are answered, uploads carry nothing of ours, addresses are checked."""

from __future__ import annotations

import asyncio

import pytest

from providers import http
from providers.errors import NotSubmitted, Unreachable
from providers.http import Http, Reply, checked_base_url, is_loopback
from tests.providers.wire import Line, Talk, answer, answering, wire

FINE = answer("200 OK", b'{"status": "RUNNING"}')


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "PAUSE_SECONDS", 0.001)


async def read(base_url: str) -> Reply:
    async with Http(base_url) as provider:
        return await provider.send("GET", "/v1/tasks/1", params={"a": "b c"})


def breaking(*breaks: Talk) -> Talk:
    """Break off the first connections like this, and answer the next."""
    left = list(breaks)

    async def talk(line: Line) -> None:
        await (left.pop(0) if left else answering(FINE))(line)

    return talk


async def hang_up(line: Line) -> None:
    await line.request()


async def never_answer(line: Line) -> None:
    await line.request()
    await line.silence()


async def talk_nonsense(line: Line) -> None:
    await line.request()
    await line.say(b"no HTTP at all\r\n\r\n")


async def test_a_read_brings_its_answer() -> None:
    async with wire(answering(FINE)) as there:
        reply = await read(there.url)

    assert (reply.status, reply.field("status")) == (200, "RUNNING")
    assert [request.line for request in there.requests] == ["GET /v1/tasks/1?a=b+c"]


@pytest.mark.parametrize("talk", [hang_up, never_answer, talk_nonsense])
async def test_a_read_that_broke_off_is_asked_again(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "READ_SECONDS", 0.3)

    async def talk_and_have_time_then(line: Line) -> None:
        monkeypatch.setattr(http, "READ_SECONDS", 30)
        await talk(line)

    async with wire(breaking(talk, talk_and_have_time_then)) as there:
        reply = await read(there.url)

    assert (reply.field("status"), len(there.requests)) == ("RUNNING", 3)


@pytest.mark.parametrize("status", ["429 Wait", "500 Oops", "502 Bad Gateway", "503 Later"])
async def test_a_read_put_off_is_asked_again(status: str) -> None:
    async with wire(answering(answer(status), answer(status), FINE)) as there:
        reply = await read(there.url)

    assert (reply.field("status"), len(there.requests)) == ("RUNNING", 3)


async def test_a_read_is_given_up_after_the_third_time() -> None:
    async with wire(answering(answer("503 Later"))) as there:
        with pytest.raises(Unreachable, match="503"):
            await read(there.url)

    assert len(there.requests) == http.READ_ATTEMPTS == 3


@pytest.mark.parametrize("status", ["301 Moved", "400 No", "401 Who", "404 Not", "422 No"])
async def test_a_clear_answer_is_not_asked_for_again(status: str) -> None:
    async with wire(answering(answer(status, b"{}", "Location: /elsewhere"), FINE)) as there:
        reply = await read(there.url)

    assert (reply.status, len(there.requests)) == (int(status[:3]), 1)


async def test_a_provider_that_asks_to_wait_is_given_that_time() -> None:
    busy = answer("429 Wait", b"{}", "Retry-After: 0.2")
    async with wire(answering(busy, FINE)) as there:
        await read(there.url)

    first, second = there.requests
    assert second.at - first.at >= 0.2


@pytest.mark.parametrize("seconds", ["6", "3600", "604800"])
async def test_nobody_sits_through_a_long_wait(seconds: str) -> None:
    busy = answer("429 Wait", b"{}", f"Retry-After: {seconds}")
    async with wire(answering(busy, FINE)) as there:
        with pytest.raises(Unreachable, match="429"):
            await read(there.url)

    assert len(there.requests) == 1


@pytest.mark.parametrize(
    "words", ["soon", "-1", "nan", "inf", "604801", "Wed, 21 Oct 2026 07:28:00 GMT", ""]
)
async def test_a_wait_that_cannot_be_read_is_ours_to_choose(words: str) -> None:
    busy = answer("429 Wait", b"{}", f"Retry-After: {words}")
    async with wire(answering(busy, FINE)) as there:
        reply = await read(there.url)

    assert (reply.status, len(there.requests)) == (200, 2)


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_kept_connection_that_was_closed_costs_no_answer(method: str) -> None:
    has_hung_up = asyncio.Event()

    async def answer_and_hang_up(line: Line) -> None:
        await line.request()
        await line.say(FINE)
        line.writer.close()
        has_hung_up.set()

    async with wire(answer_and_hang_up) as there, Http(there.url) as provider:
        for _ in range(5):
            has_hung_up.clear()
            assert (await provider.send(method, "/v1/tasks/1")).status == 200
            await has_hung_up.wait()


async def test_reads_share_a_connection() -> None:
    async with wire(answering(FINE)) as there, Http(there.url) as provider:
        for _ in range(3):
            await provider.send("GET", "/v1/tasks/1")

    assert (len(there.requests), there.connections) == (3, 1)


async def upload(base_url: str, to: str) -> None:
    async with Http(base_url) as provider:
        await provider.upload(
            to, {"key": "k-1", "policy": "p-1"}, name="a.jpg", data=b"JPEG", kind="image/jpeg"
        )


async def test_an_upload_sends_the_forms_fields_first_and_the_file_last() -> None:
    async with wire(answering(answer("204 No Content", b""))) as there:
        await upload(there.url, f"{there.url}/form")

    (request,) = there.requests
    assert request.line == "POST /form"
    places = [request.body.index(part) for part in (b"k-1", b"p-1", b'filename="a.jpg"', b"JPEG")]
    assert places == sorted(places)
    assert b"Content-Type: image/jpeg" in request.body


async def test_an_upload_carries_no_key_and_no_cookie_of_the_provider() -> None:
    told = answer("200 OK", b"{}", "Set-Cookie: session=of-the-provider; Path=/")
    async with wire(answering(told)) as there, Http(there.url) as provider:
        headers = {"Authorization": "Bearer key"}
        await provider.send_once("/v1/uploads", {}, headers=headers)
        await provider.upload(f"{there.url}/form", {}, name="a.jpg", data=b"a", kind="image/jpeg")

    assert there.requests[0].headers["authorization"] == "Bearer key"
    assert not there.requests[1].headers.keys() & {"authorization", "cookie"}


@pytest.mark.parametrize("status", ["302 Found", "400 No", "403 Expired", "500 Oops"])
async def test_an_upload_that_was_not_taken_submits_nothing(status: str) -> None:
    async with wire(answering(answer(status, b"", "Location: /elsewhere"))) as there:
        with pytest.raises(NotSubmitted, match=status[:3]):
            await upload(there.url, there.url)

    assert len(there.requests) == 1


async def test_an_upload_that_broke_off_submits_nothing() -> None:
    async with wire(hang_up) as there:
        with pytest.raises(NotSubmitted):
            await upload(there.url, there.url)

    assert len(there.requests) == 1


async def test_an_upload_to_this_machine_is_refused_where_the_provider_is_elsewhere() -> None:
    async with wire(answering(FINE)) as there:
        with pytest.raises(NotSubmitted, match="without https"):
            await upload("https://api.example.com", there.url)

    assert there.connections == 0


@pytest.mark.parametrize("to", ["http://example.com/form", "//form", ""])
async def test_an_upload_in_clear_is_refused(to: str) -> None:
    with pytest.raises(NotSubmitted, match="without https"):
        await upload("http://127.0.0.1:1", to)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:80", "http://127.9.9.9", "https://[::1]/x", "http://localhost:9"]
)
def test_this_machine_is_known_by_its_names(url: str) -> None:
    assert is_loopback(url)
    assert checked_base_url(f"{url}/") == url


@pytest.mark.parametrize(
    "url", ["http://10.0.0.1", "http://127.0.0.1.example.com", "http://localhost.example.com"]
)
def test_other_machines_are_not_this_one(url: str) -> None:
    assert not is_loopback(url)
    with pytest.raises(ValueError, match="https://"):
        checked_base_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://",
        "https://key@api.example.com",
        "https://api.example.com?a=b",
        "https://api.example.com#a",
        "api.example.com",
        "ftp://127.0.0.1",
    ],
)
def test_an_address_that_is_more_or_less_than_one_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="it must"):
        checked_base_url(url)
