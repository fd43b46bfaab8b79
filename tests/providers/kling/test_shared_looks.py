"""Looks that share one request, and what happens when some of them go away."""

from __future__ import annotations

import asyncio

import pytest

from providers.base import Pending
from providers.errors import TaskLost, Unreachable
from tests.fakes.fake_server import Fault, Pace
from tests.fakes.kling import FakeKling
from tests.providers.kling.asking import kling, submitted

WAITING = Pending(is_waiting=True)


async def asked(fake: FakeKling) -> None:
    """Returns once a request has arrived."""
    while not fake.asked:  # noqa: ASYNC110 - the fake has no event for it.
        await asyncio.sleep(0)


async def test_a_lost_task_is_lost_alone() -> None:
    async with kling() as (fake, provider):
        fake.pace = Pace(looks=100)
        task = await submitted(provider)
        fake.asked.clear()

        looks = await asyncio.gather(
            provider.poll(task), provider.poll({"id": "404"}), return_exceptions=True
        )

        assert looks[0] == WAITING
        assert isinstance(looks[1], TaskLost)
        assert len(fake.asked) == 1


async def test_a_failed_request_fails_all_who_shared_it() -> None:
    async with kling() as (fake, provider):
        fake.pace = Pace(looks=100)
        tasks = [await submitted(provider, f"job-{number}") for number in range(3)]
        fake.read_faults.append(Fault.MALFORMED)

        looks = await asyncio.gather(*map(provider.poll, tasks), return_exceptions=True)
        again = await asyncio.gather(*map(provider.poll, tasks))

        assert [type(look) for look in looks] == [Unreachable] * 3
        assert again == [WAITING] * 3


@pytest.mark.parametrize("is_asking", [False, True], ids=["before it asks", "while it asks"])
async def test_when_the_first_is_cancelled_the_next_one_asks(is_asking: bool) -> None:
    async with kling() as (fake, provider):
        fake.pace = Pace(looks=100)
        tasks = [await submitted(provider, f"job-{number}") for number in range(3)]
        fake.asked.clear()
        if is_asking:
            fake.read_faults.append(Fault.HANG)

        async with asyncio.timeout(10), asyncio.TaskGroup() as group:
            looks = [group.create_task(provider.poll(task)) for task in tasks]
            await (asked(fake) if is_asking else asyncio.sleep(0))
            looks[0].cancel()

        assert looks[0].cancelled()
        assert [look.result() for look in looks[1:]] == [WAITING] * 2
        assert len(fake.asked) == 1 + is_asking


async def test_one_who_is_cancelled_while_waiting_disturbs_nobody() -> None:
    async with kling() as (fake, provider):
        fake.pace = Pace(looks=100)
        tasks = [await submitted(provider, f"job-{number}") for number in range(3)]
        fake.asked.clear()

        async with asyncio.timeout(10), asyncio.TaskGroup() as group:
            looks = [group.create_task(provider.poll(task)) for task in tasks]
            await asked(fake)
            looks[2].cancel()

        assert [look.result() for look in looks[:2]] == [WAITING] * 2
        assert len(fake.asked) == 1


async def test_all_may_be_cancelled_and_later_looks_still_work() -> None:
    async with kling() as (fake, provider):
        fake.pace = Pace(looks=100)
        task = await submitted(provider)
        look = asyncio.ensure_future(provider.poll(task))
        await asyncio.sleep(0)
        look.cancel()
        await asyncio.gather(look, return_exceptions=True)

        assert await provider.poll(task) == WAITING


async def test_a_look_that_comes_while_another_asks_gets_a_fresh_answer() -> None:
    async with kling() as (fake, provider):
        fake.pace = Pace(looks=100)
        task = await submitted(provider)
        fake.asked.clear()

        async with asyncio.timeout(10), asyncio.TaskGroup() as group:
            group.create_task(provider.poll(task))
            await asked(fake)
            group.create_task(provider.poll(task))

        assert len(fake.asked) == 2
