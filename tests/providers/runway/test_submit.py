from __future__ import annotations

import asyncio
import socket
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

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
from providers.runway import RATE_LIMIT_SECONDS, RunwayProvider
from tests.fakes.fake_server import Fault
from tests.fakes.runway import KEY, FakeRunway
from tests.providers.runway.orders import PROMPT, Files, model, plain, provider_at

UNKNOWN_MODEL = {
    "error": "Validation of body failed",
    "issues": [
        {"code": "invalid_value", "path": ["model"], "message": "Invalid", "values": ["gen4.5"]}
    ],
    "docUrl": "https://docs.dev.runwayml.com/api",
}


async def _submit(provider: RunwayProvider, files: Files, **changes: Any) -> None:
    await provider.submit(plain(model(provider, "gen4.5"), files, **changes), "job-1")


async def test_a_submit_makes_one_task_and_names_it(
    provider: RunwayProvider, fake: FakeRunway, files: Files
) -> None:
    ref = await provider.submit(plain(model(provider, "gen4.5"), files), "job-1")

    assert [{"id": task.id} for task in fake.tasks] == [ref]


async def test_nothing_is_submitted_where_nobody_listens(tmp_path: Path, files: Files) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        async with provider_at(url, tmp_path) as provider:
            with pytest.raises(NotSubmitted):
                await _submit(provider, files)


async def test_nothing_is_submitted_of_a_picture_that_is_gone(
    provider: RunwayProvider, fake: FakeRunway, files: Files
) -> None:
    with pytest.raises(NotSubmitted):
        await _submit(provider, files, picture=files.picture.with_name("gone.jpg"))

    assert not fake.asked


async def test_a_shape_the_model_has_no_size_for_is_never_sent(
    provider: RunwayProvider, fake: FakeRunway, files: Files
) -> None:
    with pytest.raises(RequestRejected):
        await _submit(provider, files, resolution="8k")

    assert not fake.asked


@pytest.mark.parametrize(
    "fault",
    [
        Fault.DROP_REPLY,
        Fault.UNAVAILABLE,
        Fault.GATEWAY_TIMEOUT,
        Fault.SERVER_ERROR,
        Fault.MALFORMED,
        Fault.NOT_JSON,
    ],
)
async def test_a_task_that_was_made_behind_a_broken_answer_is_uncertain_and_alone(
    fault: Fault, provider: RunwayProvider, fake: FakeRunway, files: Files
) -> None:
    fake.submit_faults.append(fault)

    with pytest.raises(SubmitUncertain):
        await _submit(provider, files)

    assert len(fake.tasks) == 1


@pytest.mark.parametrize(
    ("status", "answer", "error"),
    [
        (400, UNKNOWN_MODEL, RequestRejected),
        (400, {"error": "The image at promptImage has a wrong type."}, RequestRejected),
        (400, {"error": "You do not have enough credits to run this task."}, OutOfCredit),
        (400, {"error": "The prompt did not pass moderation."}, Refused),
        (400, {"error": "This violates our usage policy."}, Refused),
        (400, None, RequestRejected),
        (401, {"error": "Invalid key"}, KeyRefused),
        (402, {"error": "Payment required"}, OutOfCredit),
        (403, {"error": "This model is not enabled"}, KeyRefused),
        (404, {"error": "Not found"}, NotSubmitted),
        (405, {"error": "Method not allowed"}, NotSubmitted),
        (201, {"id": "5a1f2c9e-6c1b-4f67-9a35-2f6a1f0c7b21"}, SubmitUncertain),
        (302, {"error": "Elsewhere"}, SubmitUncertain),
        (409, {"error": "Conflict"}, SubmitUncertain),
        (418, {"error": "Teapot"}, SubmitUncertain),
        (502, {"error": "Shedding load"}, SubmitUncertain),
        (200, {}, SubmitUncertain),
        (200, {"id": None}, SubmitUncertain),
        (200, {"id": 17}, SubmitUncertain),
        (200, {"id": ""}, SubmitUncertain),
        (200, {"id": "../organization"}, SubmitUncertain),
        (200, [], SubmitUncertain),
    ],
)
async def test_each_answer_proves_one_thing(
    status: int,
    answer: object,
    error: type[ProviderError],
    provider: RunwayProvider,
    fake: FakeRunway,
    files: Files,
) -> None:
    fake.instead.append((status, answer))

    with pytest.raises(error) as raised:
        await _submit(provider, files)

    assert type(raised.value) is error
    assert len(fake.asked) == 1


async def test_a_complaint_about_a_field_is_never_taken_for_moderation(
    provider: RunwayProvider, fake: FakeRunway, files: Files
) -> None:
    issue = {"code": "invalid_type", "path": ["contentModeration"], "message": "Invalid"}
    fake.instead.append((400, {"error": "Bad moderation of credits", "issues": [issue]}))

    with pytest.raises(RequestRejected, match="contentModeration"):
        await _submit(provider, files)


async def test_a_prompt_about_credits_that_is_repeated_is_not_an_empty_account(
    provider: RunwayProvider, fake: FakeRunway, files: Files
) -> None:
    prompt = "The credits of a film roll by"
    fake.instead.append((400, {"error": f"Cannot use {prompt}"}))

    with pytest.raises(RequestRejected):
        await _submit(provider, files, prompt=prompt)


async def test_the_fake_refuses_what_moderation_and_an_empty_account_refuse(
    provider: RunwayProvider, fake: FakeRunway, files: Files
) -> None:
    with pytest.raises(Refused):
        await _submit(provider, files, prompt="something forbidden")
    fake.balance = 59
    with pytest.raises(OutOfCredit):
        await _submit(provider, files)

    assert not fake.tasks


async def test_a_wrong_key_is_the_owners_to_mend(
    fake: FakeRunway, files: Files, tmp_path: Path
) -> None:
    async with provider_at(fake.url, tmp_path, key="key_wrong") as provider:
        with pytest.raises(KeyRefused):
            await _submit(provider, files)


@pytest.mark.parametrize(
    ("retry_after", "seconds"),
    [
        ("7", 7.0),
        (None, RATE_LIMIT_SECONDS),
        ("0", RATE_LIMIT_SECONDS),
        ("soon", RATE_LIMIT_SECONDS),
    ],
)
async def test_the_cap_on_a_day_is_waited_out(
    retry_after: str | None,
    seconds: float,
    provider: RunwayProvider,
    fake: FakeRunway,
    files: Files,
) -> None:
    fake.daily_limit, fake.retry_after = 0, retry_after

    with pytest.raises(RateLimited) as raised:
        await _submit(provider, files)

    assert raised.value.retry_after_seconds == seconds
    assert len(fake.asked) == 1


async def test_a_rejection_says_which_field_and_repeats_neither_prompt_nor_key_nor_link(
    provider: RunwayProvider, fake: FakeRunway, files: Files
) -> None:
    echo = f"{PROMPT} {KEY} see https://cdn.example.com/x?signature=secret {'long ' * 100}"
    issues = [{"code": "too_big", "path": ["promptText"], "message": PROMPT}]
    fake.instead += [(400, {"error": echo, "issues": issues}), (401, {"error": echo})]

    with pytest.raises(RequestRejected) as rejected:
        await _submit(provider, files)
    with pytest.raises(KeyRefused) as refused:
        await _submit(provider, files)

    for error in (rejected.value, refused.value):
        assert PROMPT not in str(error)
        assert KEY not in str(error)
        assert "signature" not in str(error)
        assert len(str(error)) < 230


async def test_two_jobs_at_once_are_two_tasks_with_their_own_words(
    provider: RunwayProvider, fake: FakeRunway, files: Files
) -> None:
    one = plain(model(provider, "gen4.5"), files, prompt="one")
    two = replace(one, prompt="two")

    refs = await asyncio.gather(provider.submit(one, "job-1"), provider.submit(two, "job-2"))

    asked = {task.id: task.request["promptText"] for task in fake.tasks}
    assert [asked[str(ref["id"])] for ref in refs] == ["one", "two"]
