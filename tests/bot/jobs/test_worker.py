"""The worker as it runs: which rows it visits, and what becomes of a visit that goes wrong."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar, cast

import pytest

from bot.jobs.thread import ThreadUnreachable
from bot.jobs.workbench import RETRY
from bot.jobs.worker import LEASE, STEPS_AT_ONCE, Worker
from providers.base import ProviderSettings, TaskRef
from providers.errors import SubmitUncertain
from storage import jobs, visits
from storage.database import Database
from storage.errors import NotWritten
from storage.jobs import Job, JobState
from tests.bot.workshop import PRICE, Workshop
from tests.scripted import Mishap, ScriptedProvider


class Prompt(ScriptedProvider):
    """Looked at without a pause, so that a clock that stands still holds nothing up."""

    poll_seconds: ClassVar[float] = 0
    polls_per_second: ClassVar[float] = math.inf


@pytest.fixture
def workshop(database: Database, tmp_path: Path, clip: Path) -> Workshop:
    workshop = Workshop(database, tmp_path, clip)
    workshop.provider = Prompt(ProviderSettings(), tmp_path)
    workshop.provider.clip = clip
    workshop.provider.max_running = 100
    workshop.open(database)
    return workshop


@asynccontextmanager
async def working(workshop: Workshop) -> AsyncIterator[Worker]:
    worker = Worker(workshop.bench, disk_pause_seconds=0.01)
    async with asyncio.TaskGroup() as group:
        group.create_task(worker.run())
        yield worker
        worker.stop()


async def over(workshop: Workshop, *job_ids: str) -> None:
    """Wait until the threads of these jobs heard the last word."""
    await workshop.thread.until(
        lambda: set(job_ids) <= {job_id for job_id, _ in workshop.thread.concluded}
    )


async def until(
    workshop: Workshop, job: Job, state: JobState, *, due_at: datetime | None = None
) -> None:
    """Wait until the row stands like that; the worker goes on between two looks."""
    async with asyncio.timeout(20):
        while True:
            now = await workshop.job(job)
            if now.state is state and due_at in (None, now.due_at):
                return


async def test_a_job_that_is_due_is_carried_to_its_end(workshop: Workshop) -> None:
    job = await workshop.order()

    async with working(workshop):
        await over(workshop, job.id)

    await workshop.assert_settled(job, JobState.DELIVERED, paid=PRICE)


async def test_a_worker_that_rests_is_woken_by_an_order(workshop: Workshop) -> None:
    first = await workshop.order(1)
    async with working(workshop) as worker:
        await over(workshop, first.id)

        second = await workshop.order(2)
        worker.wake()
        await over(workshop, second.id)

    await workshop.assert_settled(second, JobState.DELIVERED, paid=PRICE)


async def test_a_row_that_becomes_due_is_visited_without_a_wake_up(workshop: Workshop) -> None:
    job = await workshop.order()
    workshop.advance(milliseconds=-20)

    async with working(workshop):
        workshop.advance(milliseconds=20)
        await over(workshop, job.id)

    await workshop.assert_settled(job, JobState.DELIVERED, paid=PRICE)


async def test_leases_of_a_worker_that_died_are_void(workshop: Workshop) -> None:
    job = await workshop.order()
    await workshop.database.run(visits.claim_due, now=workshop.clock(), lease=LEASE, limit=1)

    async with working(workshop):
        await over(workshop, job.id)

    await workshop.assert_settled(job, JobState.DELIVERED, paid=PRICE)


async def test_a_step_that_breaks_stops_no_other_job_and_is_tried_again(
    workshop: Workshop,
) -> None:
    workshop.thread.errors["open"].append(RuntimeError("a bug"))
    broken, sound = await workshop.order(1), await workshop.order(2)

    async with working(workshop) as worker:
        await over(workshop, sound.id)
        postponed = await workshop.job(broken)
        assert (postponed.state, postponed.status_id) == (JobState.QUEUED, None)
        assert postponed.due_at == workshop.clock() + RETRY

        workshop.clock.advance(RETRY)
        worker.wake()
        await over(workshop, broken.id)

    await workshop.assert_settled(broken, JobState.DELIVERED, paid=PRICE)
    await workshop.assert_settled(sound, JobState.DELIVERED, paid=PRICE)


async def test_a_thread_out_of_reach_is_tried_again_after_a_pause(workshop: Workshop) -> None:
    workshop.thread.errors["post_clip"].append(ThreadUnreachable("503"))
    job = await workshop.order()

    async with working(workshop) as worker:
        await until(workshop, job, JobState.FETCHED, due_at=workshop.clock() + RETRY)
        workshop.clock.advance(RETRY)
        worker.wake()
        await over(workshop, job.id)

    assert workshop.thread.entered.count(("post_clip", job.id)) == 2
    await workshop.assert_settled(job, JobState.DELIVERED, paid=PRICE)


async def test_a_slow_visit_holds_up_no_other_job(workshop: Workshop) -> None:
    slow, quick = await workshop.order(1), await workshop.order(2)
    workshop.thread.holding[slow.id] = asyncio.Event()

    async with working(workshop):
        await over(workshop, quick.id)
        assert (await workshop.job(slow)).status_id is None
        workshop.thread.holding[slow.id].set()
        await over(workshop, slow.id)

    await workshop.assert_settled(slow, JobState.DELIVERED, paid=PRICE)


async def test_no_more_visits_at_once_than_planned(workshop: Workshop) -> None:
    gate = asyncio.Event()
    jobs = [await workshop.order(number) for number in range(1, STEPS_AT_ONCE + 2)]
    for job in jobs:
        await workshop.cancel(job)
        workshop.thread.holding[job.id] = gate

    async with working(workshop) as worker:
        await workshop.thread.until(lambda: len(workshop.thread.entered) == STEPS_AT_ONCE)
        worker.wake()
        await workshop.database.run(visits.next_due)
        assert len(workshop.thread.entered) == STEPS_AT_ONCE
        gate.set()
        await over(workshop, *(job.id for job in jobs))


async def test_a_worker_that_is_stopped_finishes_the_step_under_way(workshop: Workshop) -> None:
    job = await workshop.order()
    workshop.thread.holding[job.id] = asyncio.Event()

    async with working(workshop) as worker:
        await workshop.thread.until(lambda: bool(workshop.thread.entered))
        worker.stop()
        workshop.thread.holding[job.id].set()

    job = await workshop.job(job)
    assert (job.state, job.lease_until) == (JobState.QUEUED, None)
    assert job.status_id is not None


async def test_a_visit_that_was_overtaken_writes_nothing(workshop: Workshop) -> None:
    job = await workshop.order()
    workshop.thread.holding[job.id] = asyncio.Event()

    async with working(workshop) as worker:
        await workshop.thread.until(lambda: len(workshop.thread.entered) == 1)
        workshop.clock.advance(LEASE)
        worker.wake()
        await workshop.thread.until(lambda: len(workshop.thread.entered) == 2)
        workshop.thread.holding[job.id].set()
        await over(workshop, job.id)

    assert workshop.provider.calls.count("submit") == 1
    await workshop.assert_settled(job, JobState.DELIVERED, paid=PRICE)


async def test_a_submit_that_broke_is_looked_up_once_its_lease_is_over(
    workshop: Workshop,
) -> None:
    workshop.provider.submits.append(Mishap(RuntimeError("a bug"), arrives=True))
    broken = await workshop.order(1)

    async with working(workshop) as worker:
        await until(workshop, broken, JobState.SUBMITTING)
        sound = await workshop.order(2)
        worker.wake()
        await over(workshop, sound.id)
        workshop.clock.advance(LEASE)
        worker.wake()
        await until(workshop, broken, JobState.UNKNOWN)
        workshop.advance(seconds=workshop.provider.grace_seconds)
        worker.wake()
        await over(workshop, broken.id)

    assert len(workshop.provider.tasks[broken.id]) == 1
    await workshop.assert_settled(broken, JobState.DELIVERED, paid=PRICE)


class FullDisk:
    """A database whose disk is full the first few times the worker claims."""

    def __init__(self, database: Database, *, refusals: int) -> None:
        self.refusals = refusals
        self.read = database.read
        self._run = database.run

    async def run(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - any function
        if function is visits.claim_due and self.refusals:
            self.refusals -= 1
            raise NotWritten("database or disk is full")
        return await self._run(function, *args, **kwargs)


async def test_a_full_disk_spends_nothing_and_is_tried_again(
    workshop: Workshop, database: Database
) -> None:
    job = await workshop.order()
    disk = FullDisk(database, refusals=3)
    workshop.bench = replace(workshop.bench, database=cast("Database", disk))

    async with working(workshop):
        await over(workshop, job.id)

    assert disk.refusals == 0
    await workshop.assert_settled(job, JobState.DELIVERED, paid=PRICE)


async def test_a_visit_that_a_webhook_overtook_is_made_again_at_once(workshop: Workshop) -> None:
    workshop.provider.submits.append(Mishap(SubmitUncertain("nobody knows")))
    job = await workshop.order()
    find = workshop.provider.find

    async def find_while_the_webhook_calls(reference: str) -> TaskRef | None:
        told: TaskRef = {"reference": reference, "number": 1}
        await workshop.database.run(jobs.hint, job.id, task=told, now=workshop.clock())
        return await find(reference)

    # Replaced for this test alone.
    workshop.provider.find = find_while_the_webhook_calls  # type: ignore[method-assign]
    async with working(workshop) as worker:
        await until(workshop, job, JobState.UNKNOWN)
        workshop.clock.advance(timedelta(seconds=workshop.provider.grace_seconds))
        worker.wake()
        await over(workshop, job.id)

    assert workshop.provider.calls.count("submit") == 1
    await workshop.assert_settled(job, JobState.DELIVERED, paid=PRICE)
