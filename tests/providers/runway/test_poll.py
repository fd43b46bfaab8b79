from __future__ import annotations

import pytest

from providers.base import Failed, FailureReason, Link, Pending, Succeeded
from providers.errors import TaskLost, Unreachable
from providers.runway import RunwayProvider
from tests.fakes.fake_server import Fault, Pace
from tests.fakes.runway import FakeRunway
from tests.providers.runway.orders import Files, submitted, task_ref

SECONDS_5_OF_GEN_4_5 = 600_000
"""12 credits of a cent each, in micro-dollars."""

FAILURES = [
    ("SAFETY.INPUT.TEXT", FailureReason.REFUSED, SECONDS_5_OF_GEN_4_5),
    ("SAFETY.INPUT.IMAGE", FailureReason.REFUSED, SECONDS_5_OF_GEN_4_5),
    ("SAFETY.INPUT.VIDEO", FailureReason.REFUSED, SECONDS_5_OF_GEN_4_5),
    ("SAFETY.OUTPUT.VIDEO", FailureReason.RESULT_REFUSED, SECONDS_5_OF_GEN_4_5),
    ("SAFETY.ELSEWHERE", FailureReason.REFUSED, SECONDS_5_OF_GEN_4_5),
    ("INPUT_PREPROCESSING.SAFETY.TEXT", FailureReason.REFUSED, SECONDS_5_OF_GEN_4_5),
    ("INPUT_PREPROCESSING.SAFETY.THIRD_PARTY", FailureReason.REFUSED, SECONDS_5_OF_GEN_4_5),
    ("INPUT_PREPROCESSING.INTERNAL", FailureReason.PROVIDER_FAULT, 0),
    ("THIRD_PARTY.INPUT_VALIDATION", FailureReason.BAD_INPUT, SECONDS_5_OF_GEN_4_5),
    ("THIRD_PARTY.UNAVAILABLE", FailureReason.MODEL_DOWN, 0),
    ("ASSET.INVALID", FailureReason.BAD_INPUT, 0),
    ("INTERNAL.BAD_OUTPUT.CODE01", FailureReason.PROVIDER_FAULT, 0),
    ("INTERNAL", FailureReason.PROVIDER_FAULT, 0),
    ("SOMETHING.NEW", FailureReason.PROVIDER_FAULT, SECONDS_5_OF_GEN_4_5),
    ("", FailureReason.PROVIDER_FAULT, 0),
]


async def test_a_task_waits_runs_and_gives_a_link_and_its_bill(
    provider: RunwayProvider, fake: FakeRunway, files: Files
) -> None:
    task = await submitted(provider, fake, files)

    seen = [await provider.poll(task_ref(task)) for _ in range(3)]

    assert seen == [
        Pending(is_waiting=True),
        Pending(progress=0.5),
        Succeeded(Link(fake.clip_url(task)), SECONDS_5_OF_GEN_4_5),
    ]


async def test_a_throttled_task_is_only_waiting(
    provider: RunwayProvider, fake: FakeRunway, files: Files
) -> None:
    fake.concurrency = 1
    await submitted(provider, fake, files)
    second = await submitted(provider, fake, files)

    assert await provider.poll(task_ref(second)) == Pending(is_waiting=True)
    assert fake.status(second) == "THROTTLED"


@pytest.mark.parametrize(("code", "reason", "billed"), FAILURES)
async def test_each_failure_code_has_its_reason_and_its_bill(
    code: str,
    reason: FailureReason,
    billed: int,
    provider: RunwayProvider,
    fake: FakeRunway,
    files: Files,
) -> None:
    fake.pace = Pace(looks=0)
    fake.endings.append(code)
    task = await submitted(provider, fake, files)

    status = await provider.poll(task_ref(task))

    assert status == Failed(reason, code or "no code", billed)


async def test_a_task_cancelled_at_the_provider_says_so(
    provider: RunwayProvider, fake: FakeRunway, files: Files
) -> None:
    fake.pace = Pace(looks=0)
    fake.endings.append("CANCELLED")
    task = await submitted(provider, fake, files)

    assert await provider.poll(task_ref(task)) == Failed(FailureReason.CANCELLED, "CANCELLED", 0)


async def test_a_task_nobody_knows_is_lost(provider: RunwayProvider) -> None:
    with pytest.raises(TaskLost):
        await provider.poll({"id": "5a1f2c9e-6c1b-4f67-9a35-2f6a1f0c7b21"})


async def test_a_finished_task_can_be_looked_at_again_for_a_fresh_link(
    provider: RunwayProvider, fake: FakeRunway, files: Files
) -> None:
    fake.pace = Pace(looks=0)
    task = await submitted(provider, fake, files)

    first = await provider.poll(task_ref(task))
    await provider.forget(task_ref(task))

    assert await provider.poll(task_ref(task)) == first


@pytest.mark.parametrize(
    "fault", [Fault.DROP_REPLY, Fault.UNAVAILABLE, Fault.GATEWAY_TIMEOUT, Fault.SERVER_ERROR]
)
async def test_a_look_that_breaks_is_taken_again(
    fault: Fault, provider: RunwayProvider, fake: FakeRunway, files: Files
) -> None:
    fake.pace = Pace(looks=0)
    task = await submitted(provider, fake, files)
    fake.read_faults.append(fault)

    assert isinstance(await provider.poll(task_ref(task)), Succeeded)


@pytest.mark.parametrize("status", [400, 401, 403, 204, 302, 410])
async def test_an_answer_that_is_not_about_the_task_is_no_answer(
    status: int, provider: RunwayProvider, fake: FakeRunway, files: Files
) -> None:
    task = await submitted(provider, fake, files)
    fake.instead.append((status, {"error": "no"}))

    with pytest.raises(Unreachable):
        await provider.poll(task_ref(task))


async def test_a_state_nobody_has_heard_of_is_still_running(
    provider: RunwayProvider, fake: FakeRunway, files: Files
) -> None:
    task = await submitted(provider, fake, files)
    fake.instead.append((200, {"id": task.id, "status": "POSTPROCESSING"}))

    assert await provider.poll(task_ref(task)) == Pending()


async def test_the_answer_about_another_task_is_not_believed(
    provider: RunwayProvider, fake: FakeRunway, files: Files
) -> None:
    task = await submitted(provider, fake, files)
    other = {"id": "other", "status": "SUCCEEDED", "output": ["https://cdn.example.com/a.mp4"]}
    fake.instead.append((200, other))

    with pytest.raises(Unreachable):
        await provider.poll(task_ref(task))


async def test_no_bill_is_not_a_bill_of_nothing(
    provider: RunwayProvider, fake: FakeRunway, files: Files
) -> None:
    task = await submitted(provider, fake, files)
    url = "https://cdn.example.com/a.mp4"
    fake.instead.append((200, {"id": task.id, "status": "SUCCEEDED", "output": [url]}))

    assert await provider.poll(task_ref(task)) == Succeeded(Link(url), None)
