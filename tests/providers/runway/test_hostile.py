"""Answers nobody should send: none of them repeats a task, or becomes a clip."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

import pytest

from providers.base import Failed, Succeeded
from providers.errors import ProviderError, SubmitUncertain, TaskLost, Unreachable
from providers.runway import RunwayProvider
from tests.fakes.runway import FakeRunway
from tests.providers.runway.orders import Files, model, plain, submitted, task_ref

DEEP: Any = json.loads("[" * 900 + "]" * 900)
NASTY: list[Any] = [
    None,
    True,
    0,
    -1,
    10**400,
    1e308,
    float("nan"),
    float("inf"),
    "",
    "succeeded",
    "SUCCEEDED ",
    "\ud800",
    "\x00\r\n",
    "x" * 300_000,
    [],
    [[]],
    [None],
    {},
    {"credits": {}},
    {"models": {"gen4.5": 5}},
    DEEP,
]
TASK_FIELDS = ["id", "status", "progress", "output", "cost", "failureCode", "failure"]


@pytest.mark.parametrize("field", TASK_FIELDS)
@pytest.mark.parametrize("status", ["RUNNING", "SUCCEEDED", "FAILED"])
async def test_a_task_with_one_nasty_field_never_becomes_a_clip_of_it(
    status: str, field: str, provider: RunwayProvider, fake: FakeRunway, files: Files
) -> None:
    task = await submitted(provider, fake, files)
    url = "https://cdn.example.com/a.mp4"
    good = {"id": task.id, "status": status, "output": [url], "cost": {"credits": 60}}

    for nasty in NASTY:
        fake.instead.append((200, good | {field: nasty}))
        try:
            seen = await provider.poll(task_ref(task))
        except ProviderError:
            continue
        if isinstance(seen, Failed):
            assert seen.detail.isprintable()
        if isinstance(seen, Succeeded):
            assert (status, field in {"id", "status", "output"}) == ("SUCCEEDED", False)
            assert getattr(seen.clip, "url", None) == url
            assert seen.billed_microdollars in {None, 600_000}


@pytest.mark.parametrize("nasty", NASTY, ids=lambda value: str(value)[:20])
async def test_a_nasty_answer_to_a_submit_is_uncertain(
    nasty: object, provider: RunwayProvider, fake: FakeRunway, files: Files
) -> None:
    for answer in (nasty, {"id": nasty}):
        if answer != {"id": "succeeded"}:
            fake.instead.append((200, answer))
            with pytest.raises(SubmitUncertain):
                await provider.submit(plain(model(provider, "gen4.5"), files), "job-1")


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 429])
async def test_a_nasty_refusal_is_still_one_of_ours(
    status: int, provider: RunwayProvider, fake: FakeRunway, files: Files
) -> None:
    for nasty in NASTY:
        for answer in (nasty, {"error": nasty}, {"error": "", "issues": nasty}):
            fake.instead.append((status, answer))
            with pytest.raises(ProviderError) as raised:
                await provider.submit(plain(model(provider, "gen4.5"), files), "job-1")
            assert str(raised.value).isprintable()
            assert len(str(raised.value)) < 230

    assert not fake.tasks


@pytest.mark.parametrize(
    "ask",
    [
        lambda provider: provider.account(),
        lambda provider: provider.usage(date(2026, 1, 1), date(2026, 1, 2)),
    ],
    ids=["account", "usage"],
)
async def test_a_nasty_account_is_unreachable(
    ask: Callable[[RunwayProvider], Awaitable[object]],
    provider: RunwayProvider,
    fake: FakeRunway,
) -> None:
    for nasty in NASTY:
        for answer in (
            nasty,
            {"creditBalance": 5, "tier": nasty, "usage": nasty},
            {"creditBalance": 10**400, "tier": {"models": {}}, "usage": {"models": {}}},
            {"results": [{"date": "2026-01-01", "usedCredits": [{"model": "a", "amount": nasty}]}]},
            {"results": [{"date": [nasty], "usedCredits": []}]},
        ):
            fake.instead.append((200, answer))
            try:
                await ask(provider)
            except Unreachable:
                continue
            # A number that is one is read as one.
            assert nasty in (True, 0, -1)


@pytest.mark.parametrize(
    "url",
    [
        "http://cdn.example.com.evil/a.mp4",
        "ftp://cdn.example.com/a.mp4",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "//cdn.example.com/a.mp4",
        "cdn.example.com/a.mp4",
    ],
)
async def test_only_a_safe_link_is_a_clip(
    url: str, provider: RunwayProvider, fake: FakeRunway, files: Files
) -> None:
    task = await submitted(provider, fake, files)
    provider.clips_from_loopback = False
    fake.instead.append((200, {"id": task.id, "status": "SUCCEEDED", "output": [url]}))

    with pytest.raises(Unreachable):
        await provider.poll(task_ref(task))


async def test_a_cancel_of_a_nasty_task_ends(
    provider: RunwayProvider, fake: FakeRunway, files: Files
) -> None:
    task = await submitted(provider, fake, files)

    for nasty in NASTY:
        fake.instead.append((200, {"id": task.id, "status": nasty, "cost": nasty}))
        try:
            await provider.cancel(task_ref(task))
        except (Unreachable, TaskLost):
            continue
