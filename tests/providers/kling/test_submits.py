"""Each way a submit can end, and how many tasks there are then."""

from __future__ import annotations

import asyncio
import logging
import socket
from pathlib import Path

import pytest
from pydantic import SecretStr

from providers.base import TaskRef
from providers.errors import (
    KeyRefused,
    NotSubmitted,
    OutOfCredit,
    ProviderError,
    RateLimited,
    Refused,
    RequestRejected,
    SubmitUncertain,
)
from providers.kling import KlingSettings
from tests.fakes.fake_server import Fault
from tests.fakes.kling_keys import API_KEY, POOR_API_KEY, SECRET_KEY
from tests.fakes.scene import FORBIDDEN
from tests.providers.kling.asking import (
    CALLBACK,
    GENERATIONS,
    PROMPT,
    client,
    kling,
    order,
    picture,
    submitted,
)

both = pytest.mark.parametrize("generation", GENERATIONS)


@both
async def test_a_task_is_named_by_its_id(generation: str) -> None:
    async with kling(generation) as (fake, provider):
        task = await submitted(provider)

    expected: TaskRef = {"id": fake.tasks[0].id}
    if generation == "legacy":
        expected |= {"path": "/v1/videos/text2video"}
    assert task == expected
    assert fake.tasks[0].reference == "zoetrope-job-1"


async def test_nothing_was_submitted_where_nobody_listens() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        async with client({"KLING_API_KEY": "key", "KLING_BASE_URL": url}) as provider:
            with pytest.raises(NotSubmitted):
                await submitted(provider)


@both
@pytest.mark.parametrize(
    ("code", "error"),
    [
        *((code, KeyRefused) for code in (1000, 1001, 1002, 1003, 1004)),
        *((code, OutOfCredit) for code in (1100, 1101, 1102)),
        *((code, KeyRefused) for code in (1103, 1202, 1203, 1304)),
        *((code, RequestRejected) for code in (1200, 1201)),
        *((code, Refused) for code in (1300, 1301)),
        *((code, RateLimited) for code in (1302, 1303)),
        *((code, SubmitUncertain) for code in (5000, 5001, 5002)),
    ],
)
async def test_a_code_decides_what_became_of_a_submit(
    generation: str, code: int, error: type[ProviderError]
) -> None:
    async with kling(generation) as (fake, provider):
        fake.refusals = [code]

        with pytest.raises(error) as raised:
            await submitted(provider)

        assert type(raised.value) is error
        assert PROMPT not in str(raised.value)
        assert len(fake.asked) == 1
        assert fake.tasks == []


@both
@pytest.mark.parametrize("fault", Fault)
async def test_a_submit_that_may_have_arrived_is_uncertain_and_sent_once(
    generation: str, fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    if fault is Fault.HANG:
        monkeypatch.setattr("providers.http.SUBMIT_SECONDS", 0.5)
    async with kling(generation) as (fake, provider):
        fake.submit_faults.append(fault)

        with pytest.raises(SubmitUncertain):
            await submitted(provider)

        assert len(fake.tasks) == 1
        assert await provider.find("job-1") is not None


@both
async def test_a_reference_that_was_used_before_leads_to_the_first_task(generation: str) -> None:
    async with kling(generation) as (fake, provider):
        first = await submitted(provider)

        with pytest.raises(SubmitUncertain):
            await submitted(provider)

        assert await provider.find("job-1") == first
        assert len(fake.tasks) == 1


@both
async def test_too_many_at_once_wait_longer_than_too_many_in_a_row(generation: str) -> None:
    async with kling(generation) as (fake, provider):
        fake.most_running = 1
        await submitted(provider, "job-1")

        with pytest.raises(RateLimited) as too_many:
            await submitted(provider, "job-2")
        fake.refusals = [1302]
        with pytest.raises(RateLimited) as too_quick:
            await submitted(provider, "job-3")

        assert too_many.value.retry_after_seconds > too_quick.value.retry_after_seconds >= 1
        assert len(fake.tasks) == 1


async def test_moderation_and_an_empty_account_make_no_task() -> None:
    async with kling() as (fake, provider):
        with pytest.raises(Refused):
            await submitted(provider, prompt=f"something {FORBIDDEN}")
        poor = fake.environment | {"KLING_API_KEY": POOR_API_KEY}
        async with client(poor) as poor_provider:
            with pytest.raises(OutOfCredit):
                await submitted(poor_provider)

        assert fake.tasks == []


async def test_a_picture_beyond_the_limits_is_rejected(tmp_path: Path) -> None:
    async with kling() as (fake, provider):
        for size in ((299, 320), (300, 751)):
            with pytest.raises(RequestRejected):
                await submitted(provider, picture=picture(tmp_path, size=size))

        assert fake.tasks == []


@both
async def test_two_jobs_at_once_are_two_tasks(generation: str) -> None:
    async with kling(generation) as (fake, provider):
        async with asyncio.TaskGroup() as group:
            first = group.create_task(submitted(provider, "job-1"))
            second = group.create_task(submitted(provider, "job-2"))

        assert first.result() != second.result()
        assert {task.reference for task in fake.tasks} == {"zoetrope-job-1", "zoetrope-job-2"}


@pytest.mark.parametrize("clock_is_off_by", [-600, 3600])
async def test_a_token_of_a_wrong_clock_is_refused_and_a_right_one_taken(
    clock_is_off_by: int,
) -> None:
    async with kling("legacy") as (fake, provider):
        right = fake.clock
        fake.clock = lambda: right() + clock_is_off_by
        with pytest.raises(KeyRefused):
            await submitted(provider)
        fake.clock = right
        await submitted(provider)

        tokens = {asked.headers["authorization"] for asked in fake.asked}
        assert all(token.startswith("Bearer ") for token in tokens)
        assert len(fake.tasks) == 1


async def test_a_pair_of_keys_does_not_open_the_new_api() -> None:
    async with kling() as (fake, _):
        wrong = client(fake.environment | {"KLING_API_KEY": "not.a.key"})
        async with wrong as provider:
            with pytest.raises(KeyRefused):
                await submitted(provider)


@both
async def test_nothing_secret_is_logged_or_raised(
    generation: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    negative = {"negative_prompt": "no secrets"} if generation == "legacy" else {}
    told = []
    async with kling(generation) as (fake, provider):
        for code in (1201, 1301, 5000):
            fake.refusals = [code]
            with pytest.raises(ProviderError) as raised:
                await submitted(provider, callback_url=CALLBACK, **negative)
            told.append(str(raised.value))
        fake.submit_faults.append(Fault.DROP_REPLY)
        with pytest.raises(ProviderError) as raised:
            await submitted(provider, callback_url=CALLBACK)
        told.append(str(raised.value))
        told.append(repr(order(provider, callback_url=CALLBACK, **negative)))
        told.append(repr(KlingSettings(kling_api_key=SecretStr(API_KEY))))

    everything = "\n".join([*told, caplog.text])
    for secret in (PROMPT, "no secrets", "unguessable", API_KEY, SECRET_KEY, "eyJ"):
        assert secret not in everything
