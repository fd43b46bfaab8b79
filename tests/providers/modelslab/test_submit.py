"""Each way a submit can end, and how many tasks it made."""

from __future__ import annotations

import asyncio
import logging
import socket
import time
from pathlib import Path
from typing import Any

import pytest

from providers.base import Link, Pending, Succeeded, TaskRef
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
from providers.modelslab import ModelsLabProvider
from tests.fakes.fake_server import Fault
from tests.fakes.modelslab import EMPTY_KEY, GOOD_KEY, Canned, FakeModelsLab
from tests.providers.modelslab.asking import PROMPT, opened, request_for


def _error(message: object, status: int = 200, **more: Any) -> Canned:
    return Canned({"status": "error", "message": message, **more}, status)


async def _submit_and_get(
    fake: FakeModelsLab, provider: ModelsLabProvider, folder: Path, canned: Canned
) -> TaskRef | ProviderError:
    """What a submit comes to, where ModelsLab answers so."""
    fake.answer_instead("image-to-video", canned)
    try:
        return await provider.submit(request_for(provider, folder), "job-1")
    except ProviderError as error:
        return error


async def test_a_task_is_named_by_its_id_its_api_and_its_time(
    fake: FakeModelsLab, provider: ModelsLabProvider, tmp_path: Path
) -> None:
    before = int(time.time())

    task = await provider.submit(request_for(provider, tmp_path), "job-1")

    assert {**task, "submitted_at": 0} == {"api": "v7", "id": fake.tasks[0].id, "submitted_at": 0}
    assert before <= int(task["submitted_at"]) <= time.time()


async def test_nobody_listening_proves_that_nothing_was_sent(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{taken.getsockname()[1]}/api"
        settings = {"MODELSLAB_API_KEY": GOOD_KEY, "MODELSLAB_BASE_URL": address}
        async with opened(settings, tmp_path) as provider:
            for request in (
                request_for(provider, tmp_path),
                request_for(provider, tmp_path, picture=None),
            ):
                with pytest.raises(NotSubmitted):
                    await provider.submit(request, "job-1")


@pytest.mark.parametrize("fault", list(Fault)[:1] + list(Fault)[2:])
async def test_a_lost_or_unreadable_answer_is_uncertain_and_never_sent_again(
    fake: FakeModelsLab, provider: ModelsLabProvider, tmp_path: Path, fault: Fault
) -> None:
    fake.submit_faults.append(fault)

    with pytest.raises(SubmitUncertain):
        await provider.submit(request_for(provider, tmp_path), "job-1")

    assert len(fake.tasks) == 1


async def test_an_answer_that_never_comes_is_uncertain(
    fake: FakeModelsLab,
    provider: ModelsLabProvider,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("providers.http.SUBMIT_SECONDS", 0.2)
    fake.submit_faults.append(Fault.HANG)

    with pytest.raises(SubmitUncertain):
        await provider.submit(request_for(provider, tmp_path), "job-1")

    assert len(fake.tasks) == 1


@pytest.mark.parametrize("status_of_errors", [False, True])
async def test_an_empty_wallet_is_the_owners_trouble(
    fake: FakeModelsLab, tmp_path: Path, status_of_errors: bool
) -> None:
    fake.errors_with_200 = status_of_errors

    async with opened(fake.environment | {"MODELSLAB_API_KEY": EMPTY_KEY}, tmp_path) as provider:
        with pytest.raises(OutOfCredit):
            await provider.submit(request_for(provider, tmp_path, picture=None), "job-1")

    assert fake.tasks == []


@pytest.mark.parametrize("errors_with_200", [False, True])
@pytest.mark.parametrize("picture", [{}, {"picture": None}])
async def test_a_wrong_key_is_the_owners_trouble(
    fake: FakeModelsLab, tmp_path: Path, errors_with_200: bool, picture: dict[str, Any]
) -> None:
    fake.errors_with_200 = errors_with_200

    async with opened(fake.environment | {"MODELSLAB_API_KEY": "wrong-key"}, tmp_path) as provider:
        with pytest.raises(KeyRefused):
            await provider.submit(request_for(provider, tmp_path, **picture), "job-1")

    assert fake.tasks == []


@pytest.mark.parametrize("errors_with_200", [False, True])
async def test_a_full_queue_is_a_rate_limit(
    fake: FakeModelsLab, provider: ModelsLabProvider, tmp_path: Path, errors_with_200: bool
) -> None:
    fake.errors_with_200 = errors_with_200
    fake.queue_limit = 5
    for number in range(5):
        await provider.submit(request_for(provider, tmp_path), f"job-{number}")

    with pytest.raises(RateLimited) as caught:
        await provider.submit(request_for(provider, tmp_path), "job-5")

    assert caught.value.retry_after_seconds == 30
    assert len(fake.tasks) == 5


@pytest.mark.parametrize(
    ("body", "headers", "pause"),
    [
        ({"retry_after": 45}, {}, 45),
        ({"retry_after": "45"}, {"Retry-After": "9"}, 45),
        ({}, {"Retry-After": "9"}, 9),
        ({}, {"X-RateLimit-Reset": "12"}, 12),
        ({"retry_after": -1}, {}, 30),
        ({"retry_after": "soon"}, {"X-RateLimit-Reset": "nan"}, 30),
        ({"retry_after": 10**400}, {}, 30),
        ({"retry_after": 10**9}, {}, 3600),
    ],
)
async def test_a_rate_limit_says_how_long(
    fake: FakeModelsLab,
    provider: ModelsLabProvider,
    tmp_path: Path,
    body: dict[str, Any],
    headers: dict[str, str],
    pause: float,
) -> None:
    canned = Canned({"status": "error", "message": "wait", **body}, 429, headers)

    error = await _submit_and_get(fake, provider, tmp_path, canned)

    assert isinstance(error, RateLimited)
    assert error.retry_after_seconds == pause


async def test_a_reset_may_be_a_moment_and_not_a_span(
    fake: FakeModelsLab, provider: ModelsLabProvider, tmp_path: Path
) -> None:
    moment = {"X-RateLimit-Reset": str(int(time.time()) + 100)}

    error = await _submit_and_get(fake, provider, tmp_path, Canned({}, 429, moment))

    assert isinstance(error, RateLimited)
    assert 90 < error.retry_after_seconds <= 100


@pytest.mark.parametrize(
    ("canned", "kind"),
    [
        (_error("prompt is required", 400), RequestRejected),
        (_error({"init_image": ["The init image field is required."]}, 400), RequestRejected),
        (_error(["Unable to fetch image from provided URL"]), RequestRejected),
        (_error("The duration is case-sensitive"), RequestRejected),
        (_error(None), RequestRejected),
        (Canned("no JSON object", 400), RequestRejected),
        (Canned({"status": "failed", "message": "bad picture"}), RequestRejected),
        (_error("Invalid API key", 401), KeyRefused),
        (_error("Invalid API key"), KeyRefused),
        (_error({"key": ["The key field is required."]}), KeyRefused),
        (_error("This feature requires a premium subscription", 403), KeyRefused),
        (_error("Model not found: kling-v2-1-i2v"), KeyRefused),
        (Canned(None, 404), KeyRefused),
        (Canned(None, 402), OutOfCredit),
        (_error("Insufficient credits. Please add more credits."), OutOfCredit),
        (_error("Your wallet balance is too low"), OutOfCredit),
        (_error("No active subscription"), OutOfCredit),
        (_error("NSFW content was found; credits were not used"), Refused),
        (_error({"prompt": ["It is against our content policy."]}, 400), Refused),
        (_error("sensitive words in the prompt"), Refused),
        (Canned({"status": "error", "messege": "rejected by moderation"}), Refused),
        (_error("Rate limit exceeded. Maximum 5 queued requests allowed."), RateLimited),
        (_error("Under maintenance, try again later"), NotSubmitted),
        (_error("Server busy"), NotSubmitted),
    ],
)
async def test_a_clean_refusal_is_told_apart_by_its_code_and_words(
    fake: FakeModelsLab,
    provider: ModelsLabProvider,
    tmp_path: Path,
    canned: Canned,
    kind: type[ProviderError],
) -> None:
    assert type(await _submit_and_get(fake, provider, tmp_path, canned)) is kind


@pytest.mark.parametrize(
    "canned",
    [
        Canned({}),
        Canned(None),
        Canned([]),
        Canned({"status": "success"}),
        Canned({"status": "success", "output": "https://cdn.example.invalid/a.mp4"}),
        Canned({"status": "success", "output": ["http://elsewhere.example.invalid/a.mp4"]}),
        Canned({"status": "processing", "output": ["https://cdn.example.invalid/a.mp4"]}),
        Canned({"status": "processing", "id": "../../wallet_balance"}),
        Canned({"status": "processing", "id": True}),
        Canned({"status": "processing", "id": None}),
        Canned({"status": "queued"}),
        Canned({"message": "moved"}, 302, {"Location": "https://elsewhere.example.invalid"}),
        Canned({"message": "a teapot"}, 418),
        _error("Internal server error. Please try again."),
        _error("Service temporarily unavailable", 503),
    ],
)
async def test_what_proves_nothing_is_uncertain(
    fake: FakeModelsLab, provider: ModelsLabProvider, tmp_path: Path, canned: Canned
) -> None:
    assert type(await _submit_and_get(fake, provider, tmp_path, canned)) is SubmitUncertain


@pytest.mark.parametrize(
    "canned",
    [
        Canned({"status": "processing", "id": 5}, 400),
        Canned({"status": "SUCCESS", "id": "5"}),
        Canned({"status": "queued", "id": 5}),
        Canned({"status": "failed", "id": 5, "message": "server busy"}),
    ],
)
async def test_an_answer_with_an_id_is_a_task_to_look_at(
    fake: FakeModelsLab, provider: ModelsLabProvider, tmp_path: Path, canned: Canned
) -> None:
    task = await _submit_and_get(fake, provider, tmp_path, canned)

    assert isinstance(task, dict)
    assert (task["api"], task["id"]) == ("v7", "5")


async def test_a_clip_made_at_once_is_fetched_by_its_id(
    fake: FakeModelsLab, provider: ModelsLabProvider, tmp_path: Path
) -> None:
    fake.is_immediate = True

    task = await provider.submit(request_for(provider, tmp_path), "job-1")

    assert task["id"] == fake.tasks[0].id
    assert await provider.poll(task) == Succeeded(Link(fake.clip_url(fake.tasks[0])))


async def test_a_clip_made_at_once_without_an_id_is_not_lost(
    fake: FakeModelsLab, provider: ModelsLabProvider, tmp_path: Path
) -> None:
    fake.is_immediate = fake.hides_ids = True

    task = await provider.submit(request_for(provider, tmp_path), "job-1")

    assert await provider.poll(task) == Succeeded(Link(fake.clip_url(fake.tasks[0])))


async def test_a_task_without_an_id_is_uncertain(
    fake: FakeModelsLab, provider: ModelsLabProvider, tmp_path: Path
) -> None:
    fake.hides_ids = True

    with pytest.raises(SubmitUncertain):
        await provider.submit(request_for(provider, tmp_path), "job-1")

    assert len(fake.tasks) == 1


async def test_another_model_than_asked_for_is_logged_and_goes_on(
    fake: FakeModelsLab,
    provider: ModelsLabProvider,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    other = Canned({"status": "processing", "id": 5, "meta": {"model_id": "wan2.2"}})

    task = await _submit_and_get(fake, provider, tmp_path, other)

    assert isinstance(task, dict)
    assert task["id"] == "5"
    assert "asked for Kling-V2-5-Turbo-i2v and runs 'wan2.2'" in caplog.text


async def test_two_jobs_at_once_make_two_tasks(
    fake: FakeModelsLab, provider: ModelsLabProvider, tmp_path: Path
) -> None:
    request = request_for(provider, tmp_path)

    first, second = await asyncio.gather(
        provider.submit(request, "job-1"), provider.submit(request, "job-2")
    )

    assert {task.reference: task.id for task in fake.tasks} == {
        "job-1": first["id"],
        "job-2": second["id"],
    }
    assert isinstance(await provider.poll(first), Pending)


async def test_a_prompt_that_speaks_of_policy_is_not_taken_for_a_refusal(
    fake: FakeModelsLab, provider: ModelsLabProvider, tmp_path: Path
) -> None:
    prompt = "a policy maker counts her credit"
    fake.answer_instead("text-to-video", _error(f"'{prompt}' is too short"))

    with pytest.raises(RequestRejected):
        await provider.submit(request_for(provider, tmp_path, picture=None, prompt=prompt), "job-1")


@pytest.mark.parametrize("path", ["image-to-video", "base64_to_url"])
async def test_neither_key_nor_prompt_nor_link_is_told(
    fake: FakeModelsLab,
    provider: ModelsLabProvider,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    path: str,
) -> None:
    caplog.set_level(logging.DEBUG)
    words = f"Bad: {GOOD_KEY}, {PROMPT}, '{PROMPT[4:20].title()}…', https://cdn.example.invalid/a.jpg?signature=x"
    words += ", data:image/jpeg;base64,AAAA"
    fake.answer_instead(path, _error({"prompt": [words]}))

    with pytest.raises(RequestRejected) as caught:
        await provider.submit(request_for(provider, tmp_path), "job-1")

    told = f"{caught.value!r} {request_for(provider, tmp_path)!r} {provider!r} {caplog.text}"
    assert "Bad" in told
    for secret in (GOOD_KEY, PROMPT, "secret", "Garden", "signature", "AAAA"):
        assert secret.casefold() not in told.casefold()
    assert all(GOOD_KEY not in asked.path and not asked.query for asked in fake.asked)
