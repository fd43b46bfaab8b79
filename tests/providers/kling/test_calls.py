"""Calls of our webhook: signed and unsigned, doubled, late, forged."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web

from providers.base import Call
from providers.errors import NotGenuine
from providers.kling import KlingProvider
from tests.fakes.fake_server import Pace
from tests.fakes.kling_keys import API_KEY, OTHER_WEBHOOK_SECRET, WEBHOOK_SECRET, signed
from tests.providers.kling.asking import GENERATIONS, client, kling, submitted

VECTOR_TIME = datetime.fromtimestamp(1781080794, UTC)
VECTOR_BODY = (
    b'{"id":"1234567890","status":"succeeded","message":"",'
    b'"create_time":1781080778802,"update_time":1781080794151}'
)
VECTOR_HEADERS = {
    "webhook-id": "9876543210",
    "webhook-timestamp": "1781080794",
    "webhook-signature": "v1,UsKlJP00XoQyOn410NM9xv34sP+Gl0jnOO9Lcpr7NJ4=",
}
KEYS = {"KLING_API_KEY": API_KEY}


def with_secret(secret: str = WEBHOOK_SECRET) -> KlingProvider:
    return client(KEYS | {"KLING_WEBHOOK_SECRET": secret})


def test_the_official_test_vector_is_genuine() -> None:
    call = with_secret().call(VECTOR_HEADERS, VECTOR_BODY, now=VECTOR_TIME)

    assert call == Call({"id": "1234567890"}, is_over=True)


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_call_of_another_time_is_not_genuine(minutes: int) -> None:
    now = VECTOR_TIME + timedelta(minutes=minutes)

    with pytest.raises(NotGenuine):
        with_secret().call(VECTOR_HEADERS, VECTOR_BODY, now=now)


@pytest.mark.parametrize("minutes", [-4, 4])
def test_a_call_may_be_some_minutes_late_or_early(minutes: int) -> None:
    now = VECTOR_TIME + timedelta(minutes=minutes)

    assert with_secret().call(VECTOR_HEADERS, VECTOR_BODY, now=now).is_over


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-id": "9876543211"},
        {"webhook-timestamp": "1781080795"},
        {"webhook-timestamp": ""},
        {"webhook-timestamp": "soon"},
        {"webhook-timestamp": "1" * 5000},
        {"webhook-signature": ""},
        {"webhook-signature": "v1,"},
        {"webhook-signature": "v1,AAAA"},
        {"webhook-signature": "v2,UsKlJP00XoQyOn410NM9xv34sP+Gl0jnOO9Lcpr7NJ4="},
        {"webhook-signature": "UsKlJP00XoQyOn410NM9xv34sP+Gl0jnOO9Lcpr7NJ4="},
        {"webhook-signature": "v1,\udcff☃"},
    ],
)
def test_a_call_with_anything_else_in_its_headers_is_forged(change: dict[str, str]) -> None:
    with pytest.raises(NotGenuine):
        with_secret().call(VECTOR_HEADERS | change, VECTOR_BODY, now=VECTOR_TIME)


@pytest.mark.parametrize("name", VECTOR_HEADERS)
def test_a_call_without_all_headers_is_forged(name: str) -> None:
    headers = {key: value for key, value in VECTOR_HEADERS.items() if key != name}

    with pytest.raises(NotGenuine):
        with_secret().call(headers, VECTOR_BODY, now=VECTOR_TIME)


def test_a_body_that_was_changed_is_forged() -> None:
    with pytest.raises(NotGenuine):
        with_secret().call(VECTOR_HEADERS, VECTOR_BODY + b" ", now=VECTOR_TIME)


@pytest.mark.parametrize("secret", [WEBHOOK_SECRET, OTHER_WEBHOOK_SECRET])
def test_both_secrets_hold_while_one_replaces_the_other(secret: str) -> None:
    at = VECTOR_TIME.timestamp()
    headers = signed([OTHER_WEBHOOK_SECRET, WEBHOOK_SECRET], VECTOR_BODY, at=at, id="call-1")

    assert with_secret(secret).call(headers, VECTOR_BODY, now=VECTOR_TIME).is_over


def test_without_a_secret_a_call_is_a_hint() -> None:
    call = client(KEYS).call({}, VECTOR_BODY, now=VECTOR_TIME)

    assert call == Call({"id": "1234567890"}, is_over=True)


@pytest.mark.parametrize(
    ("body", "is_over"),
    [
        ({"id": "1", "status": "submitted", "outputs": []}, False),
        ({"id": "1", "status": "processing"}, False),
        ({"id": "1", "status": "failed"}, True),
        ({"id": "1", "status": "whatever"}, False),
        ({"id": "1", "status": ["succeeded"]}, False),
        ({"task_id": "1", "task_status": "submitted"}, False),
        ({"task_id": "1", "task_status": "succeed"}, True),
        ({"task_id": "1", "task_status": "failed"}, True),
    ],
)
def test_a_call_tells_whether_a_look_is_worth_while(body: dict[str, object], is_over: bool) -> None:
    call = client(KEYS).call({}, json.dumps(body).encode(), now=VECTOR_TIME)

    assert call == Call({"id": "1"} if "id" in body else None, is_over=is_over)


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"{", b"null", b"[]", b'"1"', b"{}", b'{"id": 1}', b'{"id": "../x"}'),
        *(b'{"task_id": []}', b"[" * 100_000, b"\xff\xfe", b'{"status": "succeeded"}'),
    ],
)
def test_what_is_no_task_is_not_genuine(body: bytes) -> None:
    with pytest.raises(NotGenuine):
        client(KEYS).call({}, body, now=VECTOR_TIME)


@asynccontextmanager
async def listening(provider: KlingProvider) -> AsyncIterator[tuple[str, list[Call]]]:
    """Where calls may go, and those that came."""
    calls: list[Call] = []

    async def hear(request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        calls.append(provider.call(headers, await request.read(), now=datetime.now(UTC)))
        return web.Response()

    app = web.Application()
    app.router.add_post("/calls", hear)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        yield f"http://{host}:{port}/calls", calls
    finally:
        await runner.cleanup()


@pytest.mark.parametrize("generation", GENERATIONS)
@pytest.mark.parametrize("secrets", [(), (WEBHOOK_SECRET,), (OTHER_WEBHOOK_SECRET, WEBHOOK_SECRET)])
async def test_calls_come_doubled_and_out_of_order(
    generation: str, secrets: tuple[str, ...]
) -> None:
    settings = {"kling_webhook_secret": WEBHOOK_SECRET} if secrets else {}
    async with (
        kling(generation, **settings) as (fake, provider),
        listening(provider) as (address, calls),
    ):
        fake.pace, fake.webhook_secrets = Pace(looks=0), secrets
        task = await submitted(provider, callback_url=address)

        answers = [
            await fake.call_back(fake.tasks[0], status=status)
            for status in ("", "", "processing", "submitted")
        ]

        assert answers == [200] * 4
        assert [call.is_over for call in calls] == [True, True, False, False]
        expected = task if generation == "new" else None
        assert [call.task for call in calls] == [expected] * 4
