"""What was paid for and could not be written down is kept in hand until it can be."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from structlog.testing import capture_logs

from bot.jobs.worker import Worker
from providers.base import Pending, ProviderSettings
from providers.errors import CannotTell
from storage import jobs, looks, visits
from storage.database import Database
from storage.errors import NotRead, NotWritten
from storage.jobs import Job, JobState
from tests.bot.jobs.test_outages import Prompt
from tests.bot.workshop import PRICE, Workshop
from tests.media.processes import eventually
from tests.storage.test_troubled_file import locking


class Ailing:
    """A database that is out of reach for as long as a function has refusals left."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.refusals: dict[Callable[..., Any], int] = {}
        self.only: dict[str, object] = {}

    async def run(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - any function
        if self.only.items() <= kwargs.items():
            self._refuse(function, NotWritten("database or disk is full"))
        return await self._database.run(function, *args, **kwargs)

    async def read(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - any function
        self._refuse(function, NotRead("disk I/O error"))
        return await self._database.read(function, *args, **kwargs)

    def _refuse(self, function: Callable[..., Any], error: Exception) -> None:
        if self.refusals.get(function):
            self.refusals[function] -= 1
            raise error


@pytest.fixture
def workshop(database: Database, tmp_path: Path, clip: Path) -> Workshop:
    workshop = Workshop(database, tmp_path, clip)
    workshop.provider = Prompt(ProviderSettings(), tmp_path)
    workshop.provider.clip = clip
    workshop.open(database)
    return workshop


@pytest.fixture
def ailing(workshop: Workshop) -> Ailing:
    ailing = Ailing(workshop.database)
    workshop.bench = replace(workshop.bench, database=cast("Database", ailing))
    return ailing


@asynccontextmanager
async def working(workshop: Workshop) -> AsyncIterator[Worker]:
    worker = Worker(workshop.bench, disk_pause_seconds=0.01)
    async with asyncio.TaskGroup() as group:
        group.create_task(worker.run())
        yield worker
        worker.stop()


async def over(workshop: Workshop, job: Job) -> None:
    await workshop.thread.until(
        lambda: job.id in {job_id for job_id, _ in workshop.thread.concluded}
    )


async def test_a_task_that_nobody_could_look_up_is_written_down_as_soon_as_the_disk_takes_it(
    workshop: Workshop, ailing: Ailing
) -> None:
    workshop.provider.finds.extend([CannotTell("no look-up")] * 100)
    ailing.only = {"state": JobState.RUNNING}
    ailing.refusals = {jobs.update: 1}
    job = await workshop.order()

    async with working(workshop) as worker:
        await eventually(lambda: not ailing.refusals[jobs.update])
        async with asyncio.timeout(20):
            while (await workshop.job(job)).state is not JobState.UNKNOWN:
                pass
        assert (await workshop.job(job)).hint == workshop.provider.tasks[job.id][0]
        workshop.advance(seconds=workshop.provider.grace_seconds)
        worker.wake()
        await over(workshop, job)

    assert workshop.provider.calls.count("submit") == 1
    await workshop.assert_settled(job, JobState.DELIVERED, paid=PRICE)


async def test_a_task_that_could_not_be_written_before_the_stop_is_in_the_log(
    workshop: Workshop, ailing: Ailing
) -> None:
    ailing.refusals = {jobs.hint: 1_000_000}
    job = await workshop.order()
    workshop.bench.unwritten_tasks[job.id] = {"id": "paid for"}

    with capture_logs() as logs:
        async with working(workshop):
            await eventually(lambda: ailing.refusals[jobs.hint] < 1_000_000 - 3)

    [last] = [entry for entry in logs if entry["log_level"] == "error"]
    assert (last["job"], last["task"]) == (job.id, {"id": "paid for"})
    assert workshop.provider.calls == []


async def test_what_the_provider_bills_for_a_stop_is_not_forgotten_with_a_full_disk(
    workshop: Workshop, ailing: Ailing
) -> None:
    workshop.provider.statuses.extend([Pending()] * 100)
    job = await workshop.visit_until(JobState.RUNNING, await workshop.order())
    await workshop.cancel(job)
    ailing.refusals = {jobs.finish: 1}
    workshop.provider.bills_cancelled = True

    async def forgets(task: object) -> bool:
        workshop.provider.calls.append("cancel")
        return workshop.provider.calls.count("cancel") == 1

    workshop.provider.cancel = forgets  # type: ignore[method-assign]  # for this test alone
    async with working(workshop):
        await over(workshop, job)

    assert workshop.provider.calls.count("cancel") == 2
    await workshop.assert_settled(job, JobState.CANCELLED, paid=PRICE)


@pytest.mark.parametrize(
    "function",
    [visits.drop_leases, visits.bring_forward, visits.claim_due, visits.next_due, looks.overdue],
)
async def test_a_database_out_of_reach_is_waited_for_whatever_was_asked(
    workshop: Workshop, ailing: Ailing, function: Callable[..., Any]
) -> None:
    ailing.refusals = {function: 3}
    job = await workshop.order()

    async with working(workshop):
        await over(workshop, job)

    assert ailing.refusals[function] == 0
    await workshop.assert_settled(job, JobState.DELIVERED, paid=PRICE)


async def test_while_the_database_is_out_of_reach_nothing_is_submitted(
    workshop: Workshop, ailing: Ailing
) -> None:
    ailing.refusals = {jobs.update: 1_000_000}
    await workshop.order()

    async with working(workshop):
        await eventually(lambda: ailing.refusals[jobs.update] < 1_000_000 - 3)

    assert workshop.provider.calls == []


async def test_while_another_process_locks_the_database_nothing_is_submitted(
    workshop: Workshop, tmp_path: Path
) -> None:
    job = await workshop.order()
    await workshop.database.run(
        lambda conn: conn.exec_driver_sql("PRAGMA busy_timeout = 20").close()
    )

    with capture_logs() as logs:
        async with locking(tmp_path / "zoetrope.db"), working(workshop):
            await eventually(lambda: len(logs) >= 3)
            assert workshop.provider.calls == []
    async with working(workshop):
        await over(workshop, job)

    assert {entry["event"] for entry in logs} == {"the database cannot be written"}
    await workshop.assert_settled(job, JobState.DELIVERED, paid=PRICE)


async def test_a_mistake_of_ours_in_the_claim_ends_the_worker(
    workshop: Workshop, ailing: Ailing
) -> None:
    def wrong(function: Callable[..., Any], error: Exception) -> None:
        if function is visits.claim_due:
            raise TypeError("a bug")

    ailing._refuse = wrong  # type: ignore[method-assign]  # for this test alone

    with pytest.raises(ExceptionGroup, match="unhandled") as surfaced:
        await Worker(workshop.bench).run()

    assert surfaced.group_contains(TypeError, match="a bug")


async def test_a_worker_can_be_stopped_before_the_database_is_within_reach(
    workshop: Workshop, ailing: Ailing
) -> None:
    ailing.refusals = {visits.drop_leases: 1_000_000}

    async with working(workshop):
        await eventually(lambda: ailing.refusals[visits.drop_leases] < 1_000_000 - 3)

    assert workshop.provider.calls == []


async def test_a_step_that_hangs_is_broken_off_and_taken_again(workshop: Workshop) -> None:
    job = await workshop.order()
    workshop.thread.holding[job.id] = asyncio.Event()
    worker = Worker(workshop.bench, longest_step=timedelta(milliseconds=20))

    async with asyncio.TaskGroup() as group:
        group.create_task(worker.run())
        async with asyncio.timeout(20):
            while (await workshop.job(job)).lease_until is None:
                pass
            while (await workshop.job(job)).lease_until is not None:
                pass
        worker.stop()

    assert (await workshop.job(job)).state is JobState.QUEUED
    assert workshop.provider.calls == []
