"""Whatever a server answers, only errors of ours come out, and never a success it did not tell."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from providers.base import Failed, Pending, Succeeded, TaskRef
from providers.errors import ProviderError, SubmitUncertain, Unreachable
from providers.kling import KlingProvider
from tests.providers.kling.asking import GENERATIONS, client, order

NASTY: list[Any] = [
    None,
    [],
    {},
    "text",
    7,
    10**400,
    True,
    [[]],
    [None],
    [{}],
    [{"id": None}],
    [{"id": 7}],
    [{"id": "../tasks"}],
    [{"id": "1,2"}],
    {"id": ["1"]},
    {"id": ""},
    {"task_id": {}},
    {"task_id": "1/../2"},
]
NASTY_TASKS: list[dict[str, Any]] = [
    {},
    {"status": None},
    {"status": []},
    {"status": {"succeeded": True}},
    {"status": "succeeded"},
    {"status": "succeeded", "outputs": None},
    {"status": "succeeded", "outputs": "https://cdn.example.com/v.mp4"},
    {"status": "succeeded", "outputs": [None, 7, [], {"type": "video"}]},
    {"status": "succeeded", "outputs": [{"type": "image", "url": "https://a.example/i.png"}]},
    {"status": "succeeded", "outputs": [{"type": "video", "url": ["https://a.example/v.mp4"]}]},
    {"task_status": "succeed", "task_result": []},
    {"task_status": "succeed", "task_result": {"videos": {}}},
    {"task_status": "succeed", "task_result": {"videos": [{"url": 7}, None]}},
]
REFS: dict[str, TaskRef] = {
    "new": {"id": "1"},
    "legacy": {"path": "/v1/videos/text2video", "id": "1"},
}
both = pytest.mark.parametrize("generation", GENERATIONS)


class Puppet:
    """A server that answers everything with the same words."""

    def __init__(self) -> None:
        self.status = 200
        self.body = b""
        self.url = ""

    def say(self, data: object, *, code: object = 0, status: int = 200) -> None:
        self.status = status
        self.body = json.dumps({"code": code, "message": "SUCCEED", "data": data}).encode()

    async def answer(self, _: web.Request) -> web.Response:
        return web.Response(body=self.body, status=self.status, content_type="application/json")


@asynccontextmanager
async def puppet(generation: str) -> AsyncIterator[tuple[Puppet, KlingProvider]]:
    server = Puppet()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", server.answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        url = "http://{}:{}".format(*runner.addresses[0][:2])
        keys = {"new": {"kling_api_key": "key"}}.get(
            generation, {"kling_access_key": "access", "kling_secret_key": "secret"}
        )
        async with client(keys, kling_base_url=url) as provider:
            yield server, provider
    finally:
        await runner.cleanup()


@both
async def test_an_answer_without_a_task_id_leaves_a_submit_uncertain(generation: str) -> None:
    async with puppet(generation) as (server, provider):
        for data in NASTY:
            server.say(data)

            with pytest.raises(SubmitUncertain):
                await provider.submit(order(provider), "job-1")


@both
async def test_an_answer_that_makes_no_sense_is_no_answer_to_a_look(generation: str) -> None:
    async with puppet(generation) as (server, provider):
        for data in (one for one in NASTY if one != []):
            server.say(data)

            with pytest.raises(Unreachable):
                await provider.poll(REFS[generation])
            with pytest.raises(Unreachable):
                await provider.find("job-1")


@both
async def test_a_task_that_makes_no_sense_is_looked_at_again(generation: str) -> None:
    async with puppet(generation) as (server, provider):
        for task in NASTY_TASKS:
            server.say([{"id": "1"} | task] if generation == "new" else {"task_id": "1"} | task)

            with pytest.raises(Unreachable):
                await provider.poll(REFS[generation])


@both
async def test_only_code_0_is_an_answer(generation: str) -> None:
    task = {"id": "1", "status": "succeeded", "external_id": "zoetrope-job-1"}
    if generation == "legacy":
        task = {"task_id": "1", "task_status": "succeed"}
    async with puppet(generation) as (server, provider):
        codes: tuple[object, ...] = (None, "0", 0.0, False, [], 7, 1201, 1002, -1, 10**40)
        for code in codes:
            server.say([task] if generation == "new" else task, code=code)

            with pytest.raises(Unreachable):
                await provider.poll(REFS[generation])
            with pytest.raises(Unreachable):
                await provider.find("job-1")
            with pytest.raises(ProviderError):
                await provider.submit(order(provider), "job-1")
            with pytest.raises(ProviderError):
                await provider.account()


@pytest.mark.parametrize(
    ("status", "code", "message"),
    [(404, 1202, "not found"), (400, 1201, "invalid id"), (200, 1203, "not found"), (404, 0, "")],
)
async def test_only_a_documented_not_found_says_that_nothing_arrived(
    status: int, code: int, message: str
) -> None:
    async with puppet("legacy") as (server, provider):
        server.status = status
        server.body = json.dumps({"code": code, "message": message}).encode()

        with pytest.raises(Unreachable):
            await provider.find("job-1")


async def test_a_bad_parameter_that_names_a_task_not_found_says_so_too() -> None:
    async with puppet("legacy") as (server, provider):
        server.status = 400
        server.body = b'{"code": 1201, "message": "Task not found by id"}'

        assert await provider.find("job-1") is None


@both
async def test_a_task_of_somebody_else_is_not_ours(generation: str) -> None:
    async with puppet(generation) as (server, provider):
        other = {"id": "2", "external_id": "zoetrope-job-2", "status": "processing"}
        legacy = {"task_id": "2", "task_info": {"external_task_id": "zoetrope-job-2"}}
        server.say([other] if generation == "new" else legacy | {"task_status": "processing"})

        with pytest.raises(Unreachable):
            await provider.find("job-1")
        if generation == "legacy":
            with pytest.raises(Unreachable):
                await provider.poll(REFS["legacy"])


FIELDS = (
    *("id", "task_id", "status", "task_status", "outputs", "billing", "message", "url", "type"),
    *("task_result", "videos", "external_id", "task_info", "amount"),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(FIELDS), inner),
)


@both
@given(data=JSON, code=st.sampled_from([0, 0, 0, 1203, None]), status=st.sampled_from([200, 404]))
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
async def test_no_json_brings_forth_anything_but_our_errors_and_no_clip(
    generation: str, data: object, code: object, status: int
) -> None:
    async with puppet(generation) as (server, provider):
        server.say(data, code=code, status=status)
        for ask in (provider.poll(REFS[generation]), provider.find("job-1"), provider.account()):
            try:
                found = await ask
            except ProviderError:
                continue
            assert not isinstance(found, Succeeded)
            assert isinstance(found, Pending | Failed) or found is None or hasattr(found, "limits")


@both
async def test_json_nested_too_deeply_is_no_answer(generation: str) -> None:
    async with puppet(generation) as (server, provider):
        server.body = b"[" * 200_000

        with pytest.raises(Unreachable):
            await provider.poll(REFS[generation])
        with pytest.raises(SubmitUncertain):
            await provider.submit(order(provider), "job-1")
