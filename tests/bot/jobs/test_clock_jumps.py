"""Somebody sets the machine's clock: no job ends early by it, and none hangs for it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.clock import SmoothClock
from bot.jobs.worker import LONGEST_SLEEP, Worker
from providers.base import Pending
from storage import visits
from storage.jobs import Job, JobState
from tests.bot.clock import StillClock
from tests.bot.workshop import PRICE, Workshop

HOUR = timedelta(hours=1)


class SettableClock(StillClock):
    """The bot's own clock on a machine whose clock a test sets."""

    def __init__(self) -> None:
        super().__init__()
        self._passed_seconds = 0.0
        self._smooth = SmoothClock(lambda: self.now, lambda: self._passed_seconds)

    def __call__(self) -> datetime:
        return self._smooth()

    def advance(self, span: timedelta) -> None:
        super().advance(span)
        self._passed_seconds += span.total_seconds()

    def jump(self, span: timedelta) -> None:
        self.now += span


@pytest.fixture
def clock(workshop: Workshop) -> SettableClock:
    clock = SettableClock()
    workshop.clock = clock
    workshop.bench = replace(workshop.bench, clock=clock)
    return clock


async def running(workshop: Workshop) -> Job:
    """A job whose task the provider has, for longer than a test looks."""
    workshop.provider.statuses.extend([Pending(0.5)] * 20)
    job = await workshop.order()
    for _ in range(3):
        await workshop.visit()
    job = await workshop.job(job)
    assert job.state is JobState.RUNNING
    return job


async def test_a_jump_ahead_ends_no_task_before_its_deadline(
    workshop: Workshop, clock: SettableClock
) -> None:
    job = await running(workshop)
    assert timedelta(seconds=workshop.provider.deadline_seconds) < HOUR

    clock.jump(HOUR)
    clock.advance(timedelta(seconds=5))
    await workshop.visit()

    assert "poll" in workshop.provider.calls
    assert (await workshop.job(job)).state is JobState.RUNNING


@pytest.mark.parametrize("jump", [HOUR, -HOUR])
async def test_a_task_that_never_ends_is_stopped_at_its_deadline_all_the_same(
    workshop: Workshop, clock: SettableClock, jump: timedelta
) -> None:
    job = await running(workshop)

    clock.jump(jump)
    clock.advance(timedelta(seconds=workshop.provider.deadline_seconds * 1.06))
    await workshop.visit()

    await workshop.assert_settled(job, JobState.FAILED, paid=0)


@pytest.mark.parametrize("jump", [HOUR, -HOUR])
async def test_a_job_goes_on_as_if_the_clock_had_not_been_set(
    workshop: Workshop, clock: SettableClock, jump: timedelta
) -> None:
    job = await running(workshop)
    workshop.provider.statuses.clear()

    clock.jump(jump)
    for _ in range(3):
        clock.advance(timedelta(seconds=5))
        await workshop.visit()

    await workshop.assert_settled(job, JobState.DELIVERED, paid=PRICE)


async def test_a_job_set_to_later_by_a_clock_that_was_ahead_is_visited_soon_after_a_start(
    workshop: Workshop,
) -> None:
    job = await running(workshop)
    workshop.advance(hours=-1)
    worker = Worker(workshop.bench)

    async with asyncio.TaskGroup() as group:
        group.create_task(worker.run())
        async with asyncio.timeout(20):
            while await workshop.database.read(visits.next_due) != workshop.clock() + LONGEST_SLEEP:
                pass
        worker.stop()
    workshop.provider.statuses.clear()
    workshop.clock.advance(LONGEST_SLEEP)

    await workshop.visit_all(job)
    await workshop.assert_settled(job, JobState.DELIVERED, paid=PRICE)
