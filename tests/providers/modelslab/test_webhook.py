"""A call of our webhook: unsigned, so it says no more than where to look."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import web

from providers.base import Call, Pending
from providers.errors import CannotTell, NotGenuine, TaskLost
from providers.modelslab import ModelsLabProvider
from tests.fakes.modelslab import FakeModelsLab
from tests.providers.modelslab.asking import KLING, request_for

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
AT = int(NOW.timestamp())


def _call(provider: ModelsLabProvider, data: object) -> Call:
    return provider.call({}, json.dumps(data).encode(), now=NOW)


@pytest.mark.parametrize(
    ("model_id", "api"),
    [
        ("Kling-V2-5-Turbo-i2v", {"api": "v7"}),
        ("kling-v2-5-turbo-t2v", {"api": "v7"}),
        ("wan2.2", {"api": "v6"}),
        ("someone-elses", {}),
        (None, {}),
    ],
)
def test_it_names_the_task_and_the_api_where_it_can(
    provider: ModelsLabProvider, model_id: str | None, api: dict[str, str]
) -> None:
    call = _call(provider, {"status": "success", "id": 5, "meta": {"model_id": model_id}})

    assert call == Call({"id": "5", "submitted_at": AT, **api}, is_over=True)


@pytest.mark.parametrize(
    ("status", "is_over"),
    [("success", True), ("failed", True), ("error", True), ("processing", False), ("x", False)],
)
def test_a_look_is_worth_while_once_it_is_over(
    provider: ModelsLabProvider, status: str, is_over: bool
) -> None:
    assert _call(provider, {"status": status}) == Call(None, is_over)


def test_no_link_is_ever_taken_from_it(provider: ModelsLabProvider) -> None:
    call = _call(
        provider,
        {"status": "success", "id": 5, "output": ["https://evil.example.invalid/a.mp4"]},
    )

    assert "evil" not in json.dumps(call.task)


async def test_a_forged_id_is_looked_up_and_not_believed(
    fake: FakeModelsLab, provider: ModelsLabProvider
) -> None:
    call = _call(provider, {"status": "success", "id": 99, "output": ["https://evil.invalid/"]})

    assert call.task is not None
    with pytest.raises(TaskLost):
        await provider.poll(call.task)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff", b"[]", b'"success"', b"{}", b'{"id": "../x"}', b"[" * 100_000]
)
def test_what_is_no_call_is_turned_away(provider: ModelsLabProvider, body: bytes) -> None:
    with pytest.raises(NotGenuine):
        provider.call({}, body, now=NOW)


@pytest.mark.parametrize("deliveries", [0, 1, 2])
async def test_a_call_may_come_never_once_or_twice(
    fake: FakeModelsLab, provider: ModelsLabProvider, tmp_path: Path, deliveries: int
) -> None:
    fake.deliveries = deliveries
    async with _hook() as (address, bodies):
        task = await provider.submit(
            request_for(provider, tmp_path, KLING, callback_url=address), "job-1"
        )
        await fake.call_back(fake.tasks[0])

    calls = [provider.call({}, body, now=NOW) for body in bodies]
    assert calls == [Call({**task, "submitted_at": AT}, is_over=True)] * deliveries
    assert all(json.loads(body)["track_id"] == "job-1" for body in bodies)
    assert await provider.poll(task) == Pending()


async def test_a_submit_cannot_be_looked_up_without_a_call(provider: ModelsLabProvider) -> None:
    with pytest.raises(CannotTell):
        await provider.find("job-1")


@asynccontextmanager
async def _hook() -> AsyncIterator[tuple[str, list[bytes]]]:
    bodies: list[bytes] = []

    async def take(request: web.Request) -> web.Response:
        bodies.append(await request.read())
        return web.Response(status=204)

    app = web.Application()
    app.router.add_post("/hooks/unguessable", take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/hooks/unguessable", bodies
    finally:
        await runner.cleanup()
