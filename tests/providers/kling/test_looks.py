"""What a look at a task tells, in the words of either generation."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from providers.base import Failed, FailureReason, Link, Pending, Status, Succeeded, TaskRef
from providers.errors import TaskLost, Unreachable
from providers.http import READ_ATTEMPTS
from providers.kling import KlingProvider
from tests.fakes.fake_server import Fault, Pace
from tests.fakes.kling import RISK_CONTROL, Ending, FakeKling
from tests.providers.kling.asking import GENERATIONS, client, kling, submitted

both = pytest.mark.parametrize("generation", GENERATIONS)
UNITS = {"charge_type": "unit", "amount": "3.0", "package_type": "video"}


async def ended(fake: FakeKling, provider: KlingProvider, ending: Ending | None) -> Status:
    """How a task with this ending looks."""
    fake.pace = Pace(looks=0)
    fake.endings.append(ending)
    return await provider.poll(await submitted(provider))


@both
async def test_a_task_waits_runs_and_ends_in_a_clip(generation: str) -> None:
    async with kling(generation) as (fake, provider):
        fake.pace = Pace(looks=4)
        task = await submitted(provider)

        looks = [await provider.poll(task) for _ in range(4)]

        assert looks[:3] == [Pending(is_waiting=True), Pending(), Pending()]
        assert looks[3] == Succeeded(
            Link(fake.clip_url(fake.tasks[0])), billed_microdollars=420_000
        )


@both
@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("Failure to pass the risk control system", FailureReason.REFUSED),
        ("the content violates our policies", FailureReason.REFUSED),
        ("Image format is invalid", FailureReason.BAD_INPUT),
        ("Account balance not enough", FailureReason.OUT_OF_CREDIT),
        ("Internal error, please retry", FailureReason.PROVIDER_FAULT),
        ("", FailureReason.PROVIDER_FAULT),
    ],
)
async def test_a_failed_task_says_why_in_words(
    generation: str, words: str, reason: FailureReason
) -> None:
    async with kling(generation) as (fake, provider):
        assert await ended(fake, provider, Ending(message=words)) == Failed(reason, words)


@both
async def test_a_failure_costs_what_the_task_says_and_unknown_where_it_says_nothing(
    generation: str,
) -> None:
    async with kling(generation, kling_usd_per_unit="0.098") as (fake, provider):
        billed = Ending(message="broken", billing=[UNITS])
        fake.endings.append(RISK_CONTROL)
        fake.pace = Pace(looks=0)

        unsaid = await provider.poll(await submitted(provider, "job-1"))
        fake.endings.append(billed)
        said = await provider.poll(await submitted(provider, "job-2"))

    assert isinstance(unsaid, Failed)
    assert unsaid.billed_microdollars is None
    assert isinstance(said, Failed)
    assert said.billed_microdollars == 294_000


@pytest.mark.parametrize(
    ("billing", "microdollars"),
    [
        ([], None),
        ([UNITS], 420_000),
        ([UNITS | {"amount": 3}], 420_000),
        ([UNITS | {"amount": "0"}], 0),
        ([{"charge_type": "cash", "currency": "USD", "amount": "0.4200015"}], 420_002),
        ([UNITS, {"charge_type": "cash", "currency": "USD", "amount": "0.01"}], 430_000),
        ([UNITS, {"charge_type": "cash", "currency": "CNY", "amount": "0"}], 420_000),
        ([{"charge_type": "cash", "currency": "CNY", "amount": "3"}], None),
        ([{"charge_type": "gold", "amount": "3"}], None),
        ([UNITS | {"amount": "1e999999999"}], None),
        ([UNITS | {"amount": "-3"}], None),
        ([UNITS | {"amount": "NaN"}], None),
        ([UNITS | {"amount": True}], None),
        ([UNITS | {"amount": None}], None),
        (["3.0"], None),
    ],
)
async def test_the_bill_is_read_exactly_or_not_at_all(
    billing: list[Any], microdollars: int | None
) -> None:
    async with kling() as (fake, provider):
        url = "https://cdn.example.com/v.mp4"
        status = await ended(fake, provider, Ending("succeeded", url=url, billing=billing))

    assert status == Succeeded(Link(url), billed_microdollars=microdollars)


async def test_a_legacy_bill_in_money_of_no_known_currency_is_not_believed() -> None:
    cash = {"charge_type": "cash", "currency": "USD", "amount": "3.0"}
    async with kling("legacy") as (fake, provider):
        status = await ended(fake, provider, Ending(message="broken", billing=[cash]))

    assert status == Failed(FailureReason.PROVIDER_FAULT, "broken", billed_microdollars=None)


@both
@pytest.mark.parametrize("status", ["archived", "SUCCEEDED", "success", "cancelled", ""])
async def test_an_unknown_status_is_no_success(generation: str, status: str) -> None:
    async with kling(generation) as (fake, provider):
        ending = Ending(status, url="https://cdn.example.com/v.mp4")

        assert await ended(fake, provider, ending) == Pending()


@both
@pytest.mark.parametrize("spelling", ["succeed", "succeeded"])
async def test_success_is_spelled_in_two_ways(generation: str, spelling: str) -> None:
    async with kling(generation) as (fake, provider):
        ending = Ending(spelling, url="https://cdn.example.com/v.mp4")

        assert isinstance(await ended(fake, provider, ending), Succeeded)


@both
@pytest.mark.parametrize("url", [None, "", "ftp://cdn.example.com/v.mp4", "v.mp4", "file:///v"])
async def test_success_without_a_safe_link_is_asked_again(generation: str, url: str | None) -> None:
    async with kling(generation) as (fake, provider):
        with pytest.raises(Unreachable):
            await ended(fake, provider, Ending("succeeded", url=url))


async def test_plain_http_is_taken_only_from_a_kling_on_this_machine() -> None:
    async with kling() as (_, provider):
        assert provider.clips_from_loopback
    assert not client({"KLING_API_KEY": "key"}).clips_from_loopback


@both
async def test_a_task_that_does_not_exist_is_lost(generation: str) -> None:
    async with kling(generation) as (_, provider):
        task: TaskRef = {"id": "404"}
        if generation == "legacy":
            task["path"] = "/v1/videos/image2video"
        with pytest.raises(TaskLost):
            await provider.poll(task)


@both
@pytest.mark.parametrize("fault", [fault for fault in Fault if fault is not Fault.HANG])
async def test_a_look_that_fails_on_the_way_may_be_repeated(generation: str, fault: Fault) -> None:
    async with kling(generation) as (fake, provider):
        fake.pace = Pace(looks=0)
        task = await submitted(provider)
        # A kept connection that breaks is tried once more below, unseen.
        fake.read_faults.extend([fault] * READ_ATTEMPTS * 2)

        with pytest.raises(Unreachable):
            await provider.poll(task)

        fake.read_faults.clear()
        assert isinstance(await provider.poll(task), Succeeded)


async def test_a_key_that_is_gone_leaves_the_task_where_it_is() -> None:
    async with kling() as (fake, provider):
        task = await submitted(provider)
        wrong = client(fake.environment | {"KLING_API_KEY": "gone"})
        async with wrong as other:
            with pytest.raises(Unreachable):
                await other.poll(task)
            with pytest.raises(Unreachable):
                await other.find("job-1")


async def test_an_api_key_still_looks_at_tasks_of_the_legacy_api() -> None:
    async with kling("legacy") as (fake, old):
        fake.pace = Pace(looks=0)
        task = await submitted(old)
        async with client(fake.environment) as new:
            assert isinstance(await new.poll(task), Succeeded)


@both
async def test_a_reference_nobody_submitted_is_not_found(generation: str) -> None:
    async with kling(generation) as (_, provider):
        await submitted(provider, "job-1")

        assert await provider.find("job-2") is None


@both
@pytest.mark.parametrize("model", ["kling-3.0", "kling-o1"])
async def test_a_task_is_found_by_its_reference(generation: str, model: str) -> None:
    async with kling(generation) as (_, provider):
        task = await submitted(provider, model_id=model)

        assert await provider.find("job-1") == task


async def test_forty_five_looks_at_once_are_three_requests() -> None:
    async with kling() as (fake, provider):
        fake.pace = Pace(looks=0)
        tasks = [await submitted(provider, f"job-{number}") for number in range(45)]
        fake.asked.clear()

        looks = await asyncio.gather(*(provider.poll(task) for task in tasks))

        assert [len(asked.query["task_ids"].split(",")) for asked in fake.asked] == [20, 20, 5]
        assert [look.clip for look in looks if isinstance(look, Succeeded)] == [
            Link(fake.clip_url(task)) for task in fake.tasks
        ]
