"""The fake refuses what Kling refuses: otherwise nothing tested against it would mean anything."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.fakes.kling import FakeKling
from tests.fakes.kling_keys import API_KEY
from tests.providers.kling.asking import clip, picture

WORDS = {"prompt": "a fox"}


@pytest.fixture
async def fake() -> AsyncIterator[FakeKling]:
    async with FakeKling.open(clip) as opened:
        yield opened


async def ask(
    fake: FakeKling, path: str, body: object = None, *, key: str | None = f"Bearer {API_KEY}"
) -> tuple[int, Any]:
    # Nothing here is encrypted, and reading all certificates takes longer than asking.
    async with httpx.AsyncClient(base_url=fake.url, trust_env=False, verify=False) as http:
        headers = {} if key is None else {"Authorization": key}
        method = "GET" if body is None else "POST"
        response = await http.request(method, path, json=body, headers=headers)
    return response.status_code, response.json()


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/text-to-video/kling-3.0", {}),
        ("/text-to-video/kling-3.0", {"prompt": "x" * 3073}),
        ("/text-to-video/kling-3.0", WORDS | {"settings": {"duration": "5"}}),
        ("/text-to-video/kling-3.0", WORDS | {"settings": {"duration": 2}}),
        ("/text-to-video/kling-3.0", WORDS | {"settings": {"resolution": "9000p"}}),
        ("/text-to-video/kling-3.0", WORDS | {"settings": {"audio": "on"}}),
        ("/text-to-video/kling-3.0", WORDS | {"settings": {"aspect_ratio": "4:3"}}),
        ("/text-to-video/kling-3.0-turbo", WORDS | {"settings": {"resolution": "4k"}}),
        ("/text-to-video/kling-2.6", WORDS | {"settings": {"audio": "native"}}),
        ("/text-to-video/kling-2.6", WORDS | {"settings": {"duration": 7}}),
        ("/image-to-video/kling-3.0", {"contents": [{"type": "prompt", "text": "a fox"}]}),
        ("/omni-video/kling-o1", {"contents": [{"type": "prompt", "text": "a fox"}]}),
        ("/v1/videos/text2video", {"model_name": "kling-v3", "prompt": "x", "duration": 5}),
        ("/v1/videos/text2video", {"model_name": "kling-v2-6", "prompt": "x", "mode": "4k"}),
        ("/v1/videos/text2video", {"model_name": "kling-v2-6", "prompt": "x", "sound": "on"}),
        ("/v1/videos/image2video", {"model_name": "kling-v3", "prompt": "x"}),
    ],
)
async def test_a_bad_value_is_refused(fake: FakeKling, path: str, body: object) -> None:
    status, answer = await ask(fake, path, body)

    assert (status, answer["code"]) == (400, 1201)
    assert fake.tasks == []


@pytest.mark.parametrize("kind", ["first_frame", "last_frame"])
@pytest.mark.parametrize("prefix", ["data:image/jpeg;base64,", "http://", "!"])
async def test_a_picture_is_an_address_or_bare_base64(
    fake: FakeKling, tmp_path: Path, kind: str, prefix: str
) -> None:
    encoded = base64.b64encode(picture(tmp_path).read_bytes()).decode()
    good = {"type": "first_frame", "url": encoded}
    bad = {"type": kind, "url": prefix + encoded}
    contents = [{"type": "prompt", "text": "a fox"}, *([good] if kind == "last_frame" else []), bad]

    status, answer = await ask(fake, "/image-to-video/kling-3.0", {"contents": contents})

    assert (status, answer["code"]) == (400, 1201)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/text-to-video/kling-4.0", WORDS),
        ("/text-to-video/kling-3.0-omni", WORDS),
        ("/v1/videos/text2video", {"model_name": "kling-v3-turbo", "prompt": "x"}),
        ("/v1/videos/text2video", {"prompt": "x"}),
        ("/v1/videos/image2video/404", None),
    ],
)
async def test_what_does_not_exist_is_not_found(fake: FakeKling, path: str, body: object) -> None:
    status, answer = await ask(fake, path, body)

    assert (status, answer["code"]) == (404, 1203)


@pytest.mark.parametrize(
    ("key", "code"),
    [(None, 1001), ("Token x", 1002), ("Bearer x", 1002), (f"Bearer {API_KEY}x", 1002)],
)
async def test_a_wrong_key_is_refused(fake: FakeKling, key: str | None, code: int) -> None:
    for path in ("/tasks?task_ids=1", "/v1/videos/image2video/1"):
        status, answer = await ask(fake, path, key=key)

        assert (status, answer["code"]) == (401, code)


@pytest.mark.parametrize("query", ["", "?task_ids=1&external_task_ids=2", "?task_ids=" + "1," * 21])
async def test_tasks_are_asked_for_by_one_kind_of_id(fake: FakeKling, query: str) -> None:
    status, _ = await ask(fake, f"/tasks{query}")

    assert status == 400


async def test_unknown_fields_are_passed_over_and_noted(fake: FakeKling) -> None:
    body = WORDS | {"seed": 7, "settings": {"cfg_scale": 1}, "options": {"colour": "red"}}

    status, answer = await ask(fake, "/text-to-video/kling-3.0", body)

    assert (status, answer["code"]) == (200, 0)
    assert sorted(fake.ignored) == ["options.colour", "seed", "settings.cfg_scale"]
