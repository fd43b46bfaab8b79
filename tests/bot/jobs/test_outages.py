"""A disk that takes nothing, a provider that lets us wait: nothing is lost, nobody else waits."""

from __future__ import annotations

import asyncio
import errno
import math
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, ClassVar, cast

import pytest
import sqlalchemy as sa

from bot.jobs.catalogue import Catalogue
from bot.jobs.service import REPLY_GRACE
from bot.jobs.worker import STEPS_AT_ONCE, Worker
from providers.base import ProviderSettings, Status, TaskRef
from storage import job_schema, jobs, line, visits
from storage.books import check_books
from storage.database import Database
from storage.errors import NotWritten, StaleFence
from storage.jobs import Job, JobState
from tests.bot.orders import ORDER, UPLOADS
from tests.bot.workshop import CREDIT_MICRODOLLARS, PRICE, Workshop
from tests.media.processes import eventually
from tests.scripted import ScriptedProvider

AN_HOUR = 3600


class Prompt(ScriptedProvider):
    """Looked at without a pause, so that a clock that stands still holds nothing up."""

    poll_seconds: ClassVar[float] = 0
    polls_per_second: ClassVar[float] = math.inf


class Hanging(Prompt):
    """Answers no look before the test says so."""

    name: ClassVar[str] = "hanging"

    def __init__(self, settings: ProviderSettings, folder: Path) -> None:
        super().__init__(settings, folder)
        self.answers = asyncio.Event()

    async def poll(self, task: TaskRef) -> Status:
        self.calls.append("poll")
        await self.answers.wait()
        return await super().poll(task)


class Calm(ScriptedProvider):
    """Answers two looks a second."""

    name: ClassVar[str] = "calm"
    polls_per_second: ClassVar[float] = 2


class FullDisk:
    """A database whose disk takes nothing the next few times that this would be written."""

    def __init__(
        self, database: Database, function: Callable[..., Any], *, refusals: int, **given: object
    ) -> None:
        self.refusals = refusals
        self.read = database.read
        self._function = function
        self._given = given
        self._run = database.run

    async def run(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - any function
        is_meant = function is self._function and self._given.items() <= kwargs.items()
        if is_meant and self.refusals:
            self.refusals -= 1
            raise NotWritten("database or disk is full")
        return await self._run(function, *args, **kwargs)


@pytest.fixture
def workshop(database: Database, tmp_path: Path, clip: Path) -> Workshop:
    workshop = Workshop(database, tmp_path, clip)
    workshop.provider = Prompt(ProviderSettings(), tmp_path)
    workshop.provider.clip = clip
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


async def until(workshop: Workshop, job: Job, state: JobState) -> None:
    """Wait until the row stands like that; the worker goes on between two looks."""
    async with asyncio.timeout(20):
        while (await workshop.job(job)).state is not state:
            pass


async def until_due_later(workshop: Workshop, job: Job) -> None:
    """Wait until the row is put off; the worker goes on between two looks."""
    async with asyncio.timeout(20):
        while (await workshop.job(job)).due_at in (None, job.due_at):
            pass


async def running(workshop: Workshop, interaction_id: int, provider: str) -> Job:
    """A job whose task a provider has already, and that is looked at in a second."""
    job = await workshop.order(interaction_id, provider=provider)
    look = workshop.clock() + timedelta(seconds=1)
    await workshop.database.run(set_running, job, look)
    return await workshop.job(job)


def set_running(conn: sa.Connection, job: Job, look: datetime) -> None:
    table = job_schema.job
    values = {"state": JobState.RUNNING, "task": {"number": 1}, "due_at": look}
    conn.execute(sa.update(table).where(table.c.id == job.id).values(values))


def fill_disk(
    workshop: Workshop, function: Callable[..., Any], *, refusals: int = 3, **given: object
) -> FullDisk:
    disk = FullDisk(workshop.database, function, refusals=refusals, **given)
    workshop.bench = replace(workshop.bench, database=cast("Database", disk))
    return disk


@pytest.mark.parametrize("write", [jobs.update, line.begin_submit, jobs.finish])
async def test_a_step_the_disk_does_not_take_is_taken_again_without_waiting_for_the_lease(
    workshop: Workshop, write: Callable[..., Any]
) -> None:
    job = await workshop.order()
    disk = fill_disk(workshop, write)

    async with working(workshop):
        await over(workshop, job.id)

    assert disk.refusals == 0
    assert len(workshop.provider.tasks[job.id]) == 1
    assert len(workshop.thread.clips) == 1
    await workshop.assert_settled(job, JobState.DELIVERED, paid=PRICE)


async def test_a_submit_whose_answer_the_disk_did_not_take_is_looked_up_and_not_sent_again(
    workshop: Workshop,
) -> None:
    job = await workshop.order()
    fill_disk(workshop, jobs.update, refusals=1, state=JobState.RUNNING)

    async with working(workshop) as worker:
        await until(workshop, job, JobState.UNKNOWN)
        workshop.advance(seconds=workshop.provider.grace_seconds)
        worker.wake()
        await over(workshop, job.id)

    assert workshop.provider.calls.count("submit") == 1
    await workshop.assert_settled(job, JobState.DELIVERED, paid=PRICE)


async def test_a_visit_that_cannot_even_be_given_back_does_not_end_the_worker(
    workshop: Workshop,
) -> None:
    workshop.thread.errors["open"].append(StaleFence("1"))
    job = await workshop.order()
    disk = fill_disk(workshop, visits.give_back)

    async with working(workshop):
        await over(workshop, job.id)

    assert disk.refusals == 0
    await workshop.assert_settled(job, JobState.DELIVERED, paid=PRICE)


async def test_a_worker_that_waits_for_the_disk_can_be_stopped(workshop: Workshop) -> None:
    await workshop.order()
    disk = fill_disk(workshop, visits.claim_due, refusals=1)
    worker = Worker(workshop.bench, disk_pause_seconds=AN_HOUR)

    async with asyncio.TaskGroup() as group:
        group.create_task(worker.run())
        await eventually(lambda: disk.refusals == 0)
        worker.stop()


async def test_an_order_that_cannot_be_written_down_leaves_nothing_behind(
    workshop: Workshop,
) -> None:
    disk = fill_disk(workshop, jobs.create, refusals=1)
    workshop.open(cast("Database", disk))

    with pytest.raises(NotWritten):
        await workshop.service.place(ORDER, UPLOADS)
    assert (await workshop.account()).held == 0
    assert await workshop.database.read(visits.next_due) is None

    placed = await workshop.service.place(ORDER, UPLOADS)
    assert placed.job.state is JobState.QUEUED


async def test_an_order_whose_picture_has_no_room_on_the_disk_is_told_so(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(NotWritten):
        await workshop.service.place(ORDER, UPLOADS)

    assert (await workshop.account()).held == 0


async def test_a_placed_order_whose_start_cannot_be_written_begins_a_little_later(
    workshop: Workshop,
) -> None:
    disk = fill_disk(workshop, visits.wake, refusals=1)
    workshop.open(cast("Database", disk))
    placed = await workshop.service.place(ORDER, UPLOADS)

    await workshop.service.start(placed.job)

    assert await workshop.database.read(visits.next_due) == workshop.clock() + REPLY_GRACE


async def test_a_provider_that_hangs_slows_no_other_provider(
    workshop: Workshop, tmp_path: Path
) -> None:
    hanging = Hanging(ProviderSettings(), tmp_path)
    hanging.clip = workshop.provider.clip
    both = [hanging, workshop.provider]
    catalogue = Catalogue(both, credit_microdollars=CREDIT_MICRODOLLARS)
    providers = {provider.name: provider for provider in both}
    workshop.bench = replace(workshop.bench, providers=providers, catalogue=catalogue)
    await workshop.enrich(1000)
    held_up = [await running(workshop, number, "hanging") for number in range(100, 140)]
    quick = [await running(workshop, 1, "scripted"), await workshop.order(2)]
    workshop.advance(seconds=1)

    async with working(workshop):
        await over(workshop, *(job.id for job in quick))
        assert hanging.calls == ["poll"] * STEPS_AT_ONCE
        hanging.answers.set()
        await over(workshop, *(job.id for job in held_up))

    assert len(workshop.thread.clips) == len(held_up) + len(quick)
    assert await workshop.database.read(check_books) == []


async def test_after_a_restart_not_all_tasks_are_looked_at_at_once(
    workshop: Workshop, tmp_path: Path
) -> None:
    workshop.provider = Calm(ProviderSettings(), tmp_path)
    workshop.open(workshop.database)
    await workshop.enrich(1000)
    many = [await running(workshop, number, "calm") for number in range(30)]
    workshop.advance(hours=1)

    async with working(workshop):
        await until_due_later(workshop, many[-1])

    due = sorted([(await workshop.job(job)).due_at or workshop.clock() for job in many])
    pauses = {later - sooner for sooner, later in pairwise(due)}
    assert due[0] > workshop.clock()
    assert min(pauses) >= timedelta(seconds=1 / Calm.polls_per_second) - timedelta(microseconds=1)
    assert workshop.provider.calls == []
