"""The orders ModelsLab turns down, by code or by its words, and what a log hears of them."""

from __future__ import annotations

import logging
import time
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
)
from providers.modelslab import ModelsLabProvider
from tests.fakes.modelslab import EMPTY_KEY, GOOD_KEY, Canned, FakeModelsLab
from tests.providers.modelslab.asking import PROMPT, opened, outcome_of, refusal, request_for


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

    error = await outcome_of(fake, provider, tmp_path, canned)

    assert isinstance(error, RateLimited)
    assert error.retry_after_seconds == pause


async def test_a_reset_may_be_a_moment_and_not_a_span(
    fake: FakeModelsLab, provider: ModelsLabProvider, tmp_path: Path
) -> None:
    moment = {"X-RateLimit-Reset": str(int(time.time()) + 100)}

    error = await outcome_of(fake, provider, tmp_path, Canned({}, 429, moment))

    assert isinstance(error, RateLimited)
    assert 90 < error.retry_after_seconds <= 100


@pytest.mark.parametrize(
    ("canned", "kind"),
    [
        (refusal("prompt is required", 400), RequestRejected),
        (refusal({"init_image": ["The init image field is required."]}, 400), RequestRejected),
        (refusal(["Unable to fetch image from provided URL"]), RequestRejected),
        (refusal("The duration is case-sensitive"), RequestRejected),
        (refusal(None), RequestRejected),
        (Canned("no JSON object", 400), RequestRejected),
        (Canned({"status": "failed", "message": "bad picture"}), RequestRejected),
        (refusal("Invalid API key", 401), KeyRefused),
        (refusal("Invalid API key"), KeyRefused),
        (refusal({"key": ["The key field is required."]}), KeyRefused),
        (refusal("This feature requires a premium subscription", 403), KeyRefused),
        (refusal("Model not found: kling-v2-1-i2v"), KeyRefused),
        (Canned(None, 404), KeyRefused),
        (Canned(None, 402), OutOfCredit),
        (refusal("Insufficient credits. Please add more credits."), OutOfCredit),
        (refusal("Your wallet balance is too low"), OutOfCredit),
        (refusal("No active subscription"), OutOfCredit),
        (refusal("NSFW content was found; credits were not used"), Refused),
        (refusal({"prompt": ["It is against our content policy."]}, 400), Refused),
        (refusal("sensitive words in the prompt"), Refused),
        (Canned({"status": "error", "messege": "rejected by moderation"}), Refused),
        (refusal("Rate limit exceeded. Maximum 5 queued requests allowed."), RateLimited),
        (refusal("Under maintenance, try again later"), NotSubmitted),
        (refusal("Server busy"), NotSubmitted),
    ],
)
async def test_a_clean_refusal_is_told_apart_by_its_code_and_words(
    fake: FakeModelsLab,
    provider: ModelsLabProvider,
    tmp_path: Path,
    canned: Canned,
    kind: type[ProviderError],
) -> None:
    assert type(await outcome_of(fake, provider, tmp_path, canned)) is kind


async def test_a_prompt_that_speaks_of_policy_is_not_taken_for_a_refusal(
    fake: FakeModelsLab, provider: ModelsLabProvider, tmp_path: Path
) -> None:
    prompt = "a policy maker counts her credit"
    fake.answer_instead("text-to-video", refusal(f"'{prompt}' is too short"))

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
    fake.answer_instead(path, refusal({"prompt": [words]}))

    with pytest.raises(RequestRejected) as caught:
        await provider.submit(request_for(provider, tmp_path), "job-1")

    told = f"{caught.value!r} {request_for(provider, tmp_path)!r} {provider!r} {caplog.text}"
    assert "Bad" in told
    for secret in (GOOD_KEY, PROMPT, "secret", "Garden", "signature", "AAAA"):
        assert secret.casefold() not in told.casefold()
    assert all(GOOD_KEY not in asked.path and not asked.query for asked in fake.asked)
