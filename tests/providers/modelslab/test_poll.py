"""What a look at a task can say."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from providers.base import (
    Failed,
    FailureReason,
    Link,
    Pending,
    Status,
    Stopping,
    Succeeded,
    TaskRef,
)
from providers.errors import ProviderError, TaskLost, Unreachable
from providers.modelslab import ModelsLabProvider
from tests.fakes.fake_server import Fault, Pace
from tests.fakes.modelslab import Canned, FakeModelsLab
from tests.providers.modelslab.asking import KLING, opened, request_for

OLD = 1_700_000_000
CLIP = "https://cdn.example.invalid/a.mp4"
LATER = "https://cdn.example.invalid/not-there-yet.mp4"


async def _look(fake: FakeModelsLab, provider: ModelsLabProvider, *canned: Canned) -> Status:
    fake.answer_instead("fetch", *canned)
    return await provider.poll({"api": "v7", "id": "5", "submitted_at": OLD})


@pytest.mark.parametrize("id", [KLING, "wan2.2"])
@pytest.mark.parametrize("mood", ["", "says_messege", "has_string_ids", "errors_with_200"])
async def test_a_task_is_pending_until_its_clip_is_there(
    fake: FakeModelsLab, provider: ModelsLabProvider, tmp_path: Path, id: str, mood: str
) -> None:
    if mood:
        setattr(fake, mood, True)
    task = await provider.submit(request_for(provider, tmp_path, id), "job-1")

    assert await provider.poll(task) == Pending()
    assert await provider.poll(task) == Succeeded(Link(fake.clip_url(fake.tasks[0])))
    assert fake.asked[-1].path.startswith(f"/api/{task['api']}/")


async def test_an_address_to_fetch_at_is_never_followed(
    fake: FakeModelsLab, provider: ModelsLabProvider, tmp_path: Path
) -> None:
    task = await provider.submit(request_for(provider, tmp_path), "job-1")
    await provider.poll(task)

    assert task["id"] == fake.tasks[0].id
    assert fake.asked[-1].path == f"/api/v7/video-fusion/fetch/{fake.tasks[0].id}"


async def test_a_success_without_its_clip_is_looked_at_again(
    fake: FakeModelsLab, provider: ModelsLabProvider, tmp_path: Path
) -> None:
    fake.is_empty_at_first = True
    fake.pace = Pace(looks=1)
    task = await provider.submit(request_for(provider, tmp_path), "job-1")

    assert await provider.poll(task) == Pending()
    assert isinstance(await provider.poll(task), Succeeded)


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ({"status": "success", "output": [CLIP]}, Succeeded(Link(CLIP))),
        ({"status": "Success", "output": [], "proxy_links": [CLIP]}, Succeeded(Link(CLIP))),
        ({"status": "success", "future_links": [LATER], "output": [CLIP]}, Succeeded(Link(CLIP))),
        (
            {"status": "success", "future_links": [LATER], "proxy_links": [CLIP]},
            Succeeded(Link(CLIP)),
        ),
        ({"status": "success", "output": [], "future_links": [CLIP]}, Succeeded(Link(CLIP))),
        ({"status": "success", "output": ["ftp://x/a", None, CLIP]}, Succeeded(Link(CLIP))),
        ({"status": "success", "output": ["http://cdn.example.invalid/a.mp4"]}, Pending()),
        ({"status": "success", "output": ["https://cdn .example"]}, Pending()),
        ({"status": "success", "output": {"0": CLIP}}, Pending()),
        ({"status": "processing", "output": [CLIP], "future_links": [CLIP]}, Pending()),
        ({"status": "queued", "output": [CLIP]}, Pending()),
        ({"status": "completed", "output": [CLIP]}, Pending()),
    ],
)
async def test_a_link_is_believed_only_of_a_success(
    fake: FakeModelsLab, provider: ModelsLabProvider, answer: dict[str, Any], status: Status
) -> None:
    assert await _look(fake, provider, Canned({"id": 5, **answer})) == status


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("generation failed", FailureReason.PROVIDER_FAULT),
        ("", FailureReason.PROVIDER_FAULT),
        ({"prompt": ["NSFW content detected"]}, FailureReason.REFUSED),
        (["rejected: content policy"], FailureReason.REFUSED),
        ("sensitive information", FailureReason.REFUSED),
        ("stopped by moderation, your credits are refunded", FailureReason.REFUSED),
        ("Insufficient credits", FailureReason.OUT_OF_CREDIT),
        ("it broke; your credits are refunded", FailureReason.PROVIDER_FAULT),
        ("The model is not available", FailureReason.MODEL_DOWN),
    ],
)
@pytest.mark.parametrize("status", ["failed", "error"])
@pytest.mark.parametrize("spelling", ["message", "messege"])
async def test_a_failure_is_known_by_its_words(
    fake: FakeModelsLab,
    provider: ModelsLabProvider,
    words: object,
    reason: FailureReason,
    status: str,
    spelling: str,
) -> None:
    answer = await _look(fake, provider, Canned({"status": status, "id": 5, spelling: words}))

    assert isinstance(answer, Failed)
    assert answer.reason is reason
    assert answer.billed_microdollars is None


async def test_a_task_that_fails_says_so(
    fake: FakeModelsLab, provider: ModelsLabProvider, tmp_path: Path
) -> None:
    fake.endings.append("generation failed")
    fake.pace = Pace(looks=1)
    task = await provider.submit(request_for(provider, tmp_path), "job-1")

    assert await provider.poll(task) == Failed(
        FailureReason.PROVIDER_FAULT, "HTTP 200, failed, about other"
    )


async def test_a_failed_task_stays_failed_however_it_words_that(
    fake: FakeModelsLab, provider: ModelsLabProvider
) -> None:
    words = "server busy, try again"

    answer = await _look(fake, provider, Canned({"status": "failed", "message": words}, 400))

    assert isinstance(answer, Failed)


@pytest.mark.parametrize(
    "canned",
    [
        Canned({"status": "error", "message": "Invalid API key"}, 401),
        Canned({"status": "error", "message": "Invalid API key"}),
        Canned({"status": "error", "message": "no credit"}, 402),
        Canned({"status": "error", "message": "not in your plan"}, 403),
        Canned({"status": "failed", "message": "Invalid API key"}, 401),
        Canned({"status": "failed", "message": "not in your plan"}, 403),
        Canned({"status": "error", "message": "rate limit exceeded"}),
        Canned({"status": "error", "message": "under maintenance"}),
        Canned({"status": "error", "message": "Internal server error"}),
        Canned({"status": "error", "message": "a bad parameter"}, 400),
        Canned({"status": "success", "id": 6, "output": [CLIP]}),
        Canned({"output": [CLIP]}),
        Canned({"status": None, "id": 5}),
        Canned({"status": ["success"], "output": [CLIP]}),
        Canned([]),
        Canned("success"),
        Canned({}, 302, {"Location": "https://elsewhere.example.invalid"}),
    ],
)
async def test_an_answer_about_anything_else_leaves_the_task_running(
    fake: FakeModelsLab, provider: ModelsLabProvider, canned: Canned
) -> None:
    with pytest.raises(Unreachable):
        await _look(fake, provider, canned)


@pytest.mark.parametrize(
    "fault", [Fault.DROP_REPLY, Fault.UNAVAILABLE, Fault.MALFORMED, Fault.NOT_JSON]
)
async def test_a_look_that_fails_is_repeated(
    fake: FakeModelsLab, provider: ModelsLabProvider, tmp_path: Path, fault: Fault
) -> None:
    task = await provider.submit(request_for(provider, tmp_path), "job-1")
    fake.read_faults.extend([fault] * 3)

    with pytest.raises(Unreachable):
        await provider.poll(task)
    fake.read_faults.clear()

    assert isinstance(await provider.poll(task), Pending | Succeeded)


async def test_a_new_task_may_not_be_known_yet(
    fake: FakeModelsLab, provider: ModelsLabProvider, tmp_path: Path
) -> None:
    fake.early_looks = 2
    task = await provider.submit(request_for(provider, tmp_path), "job-1")

    for _ in range(2):
        with pytest.raises(Unreachable):
            await provider.poll(task)

    assert isinstance(await provider.poll(task), Succeeded)


@pytest.mark.parametrize(
    "canned",
    [
        Canned({"status": "error", "message": "Request not found"}, 404),
        Canned({"status": "error", "message": "Request not found"}),
        Canned("<html>", 404),
    ],
)
@pytest.mark.parametrize(
    ("age_seconds", "error"), [(10, Unreachable), (110, Unreachable), (130, TaskLost)]
)
async def test_a_task_still_unknown_after_two_minutes_is_lost(
    fake: FakeModelsLab,
    provider: ModelsLabProvider,
    canned: Canned,
    age_seconds: int,
    error: type[ProviderError],
) -> None:
    fake.answer_instead("fetch", canned)
    task: TaskRef = {"api": "v7", "id": "5", "submitted_at": int(time.time()) - age_seconds}

    with pytest.raises(error):
        await provider.poll(task)


@pytest.mark.parametrize("id", ["wan2.2", KLING])
async def test_a_task_of_an_unknown_api_is_looked_for_in_both(
    fake: FakeModelsLab, provider: ModelsLabProvider, tmp_path: Path, id: str
) -> None:
    task = await provider.submit(request_for(provider, tmp_path, id), "job-1")

    assert await provider.poll({"id": task["id"]}) == Pending()


@pytest.mark.parametrize("task", [{}, {"id": "../../v6/x"}, {"id": "a?key=b"}, {"id": -1}])
async def test_an_id_that_is_none_never_becomes_an_address(
    fake: FakeModelsLab, provider: ModelsLabProvider, task: TaskRef
) -> None:
    with pytest.raises(TaskLost):
        await provider.poll(task)

    assert fake.asked == []


def test_a_task_that_was_taken_cannot_be_stopped(provider: ModelsLabProvider) -> None:
    assert provider.stopping is Stopping.NEVER


async def test_a_real_address_gives_no_clip_from_this_machine(tmp_path: Path) -> None:
    settings = {"MODELSLAB_API_KEY": "key", "MODELSLAB_BASE_URL": "https://example.invalid/api"}

    async with opened(settings, tmp_path) as provider:
        assert not provider.clips_from_loopback
