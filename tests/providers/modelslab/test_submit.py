"""Each way a submit can end, and how many tasks it made."""

from __future__ import annotations

import asyncio
import socket
import time
from pathlib import Path

import pytest

from providers.base import Link, Pending, Succeeded
from providers.errors import (
    NotSubmitted,
    SubmitUncertain,
)
from providers.modelslab import ModelsLabProvider
from tests.fakes.fake_server import Fault
from tests.fakes.modelslab import GOOD_KEY, Canned, FakeModelsLab
from tests.providers.modelslab.asking import opened, outcome_of, refusal, request_for


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


@pytest.mark.parametrize("fault", [one for one in Fault if one is not Fault.HANG])
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
    monkeypatch.setattr("providers.http.SUBMIT_SECONDS", 0.5)
    fake.submit_faults.append(Fault.HANG)

    with pytest.raises(SubmitUncertain):
        await provider.submit(request_for(provider, tmp_path), "job-1")

    assert len(fake.tasks) == 1


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
        refusal("Internal server error. Please try again."),
        refusal("Service temporarily unavailable", 503),
    ],
)
async def test_what_proves_nothing_is_uncertain(
    fake: FakeModelsLab, provider: ModelsLabProvider, tmp_path: Path, canned: Canned
) -> None:
    assert type(await outcome_of(fake, provider, tmp_path, canned)) is SubmitUncertain


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
    task = await outcome_of(fake, provider, tmp_path, canned)

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

    task = await outcome_of(fake, provider, tmp_path, other)

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
