"""One process in which many jobs wait for a provider, in one of two ways.

`rows` is the way of the bot: the real worker visits the rows of a real SQLite file, at the bot's
own pace. `tasks` is the usual way: an asyncio task for each job, which sleeps until its next look.
Both make as many looks a second, at a provider in this process that answers at once. What the
given seconds showed is said on stdout, in JSON.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import NoReturn

import sqlalchemy as sa
import uvloop

from bot.app import settle_memory
from bot.jobs.catalogue import Catalogue
from bot.jobs.files import JobFiles
from bot.jobs.links import ClipLink
from bot.jobs.outcomes import Outcome
from bot.jobs.pace import Pace
from bot.jobs.thread import Opened, Stage
from bot.jobs.workbench import Workbench
from bot.jobs.worker import Worker
from bot.logs import configure_logs
from bot.media.ffmpeg import Ffmpeg
from bot.media.fitting import Fitted
from providers.base import Pending, Provider, TaskRef, VideoRequest
from storage import jobs
from storage.database import Database
from storage.jobs import Job, JobState, NewJob
from storage.strikes import Strike
from tests.scripted import PLAIN

PER_TRANSACTION = 100
JOBS_OF_A_MEMBER = 20
BEFORE_FIRST_LOOK = timedelta(seconds=1)


class LateClock:
    """Stands still until it is started, so that preparing takes no time."""

    def __init__(self) -> None:
        self._began = datetime(2026, 1, 1, tzinfo=UTC)
        self._started: float | None = None

    def __call__(self) -> datetime:
        passed = 0.0 if self._started is None else time.perf_counter() - self._started
        return self._began + timedelta(seconds=passed)

    def start(self, *, at: datetime) -> None:
        self._began, self._started = at, time.perf_counter()


class PatientProvider(Provider):
    """Everything it was asked for is still running. It notes when it was looked at."""

    name = "patient"
    title = "Patient"
    poll_seconds = 5.0
    deadline_seconds = 86_400.0
    grace_seconds = 60.0
    models = (PLAIN,)

    def __init__(self, clock: LateClock) -> None:
        self._clock = clock
        self.looked_at: dict[str | int, datetime] = {}

    async def submit(self, request: VideoRequest, reference: str) -> NoReturn:
        raise NotImplementedError

    async def poll(self, task: TaskRef) -> Pending:
        self.looked_at[task["id"]] = self._clock()
        return Pending()


class Punctuality:
    """The thread of all jobs: it shows nothing, and notes how late the look was.

    While jobs only wait, nothing else is asked of it.
    """

    def __init__(self, provider: PatientProvider) -> None:
        self._provider = provider
        self.late: list[float] = []
        """In seconds."""

    async def show(self, job: Job, stage: Stage) -> None:
        assert job.task is not None
        assert job.due_at is not None
        looked_at = self._provider.looked_at.pop(job.task["id"])
        self.late.append((looked_at - job.due_at).total_seconds())

    async def open(self, job: Job, stage: Stage) -> Opened:
        raise NotImplementedError

    async def check(self, job: Job) -> None:
        pass

    async def next_place(self, job: Job) -> int | None:
        raise NotImplementedError

    async def upload_limit(self, job: Job) -> int:
        raise NotImplementedError

    async def post_clip(
        self,
        job: Job,
        clip: Fitted | ClipLink,
        *,
        paid_credits: int,
        offers_original: bool = False,
    ) -> int:
        raise NotImplementedError

    async def conclude(
        self,
        job: Job,
        outcome: Outcome,
        *,
        reason: str | None = None,
        strike: Strike | None = None,
    ) -> None:
        raise NotImplementedError


class Watch:
    """What the process took between two moments."""

    @contextmanager
    def watching(self) -> Iterator[None]:
        start, start_of_cpu = time.perf_counter(), time.process_time()
        yield
        self.cpu_share = (time.process_time() - start_of_cpu) / (time.perf_counter() - start)
        self.resident_bytes = _resident_bytes()


async def wait_in_rows(count: int, seconds: float, folder: Path) -> tuple[Watch, list[float]]:
    """Let the worker look after as many rows."""
    clock = LateClock()
    provider = PatientProvider(clock)
    thread = Punctuality(provider)
    catalogue = Catalogue([provider], credit_microdollars=10_000)
    async with Database.open(f"sqlite:///{folder / 'waiting.db'}") as database:
        providers, files = {provider.name: provider}, JobFiles(folder)
        bench = Workbench(database, providers, catalogue, thread, files, Ffmpeg(), clock)
        first_look = await _fill(bench, provider, count)
        worker = Worker(bench)
        settle_memory()
        clock.start(at=first_look - BEFORE_FIRST_LOOK)
        async with asyncio.TaskGroup() as group:
            group.create_task(worker.run())
            watch = await _watch(seconds)
            worker.stop()
    return watch, thread.late


async def _fill(bench: Workbench, provider: Provider, count: int) -> datetime:
    """Make the rows as they stand once the bot has run for long; gives the first look."""
    looks = [bench.pace.next_look(provider, now=bench.clock()) for _ in range(count)]
    for number in range(0, count, PER_TRANSACTION):
        due = looks[number : number + PER_TRANSACTION]
        await bench.database.run(partial(_make_running, due=due, number=number, now=bench.clock()))
    return looks[0]


def _make_running(conn: sa.Connection, *, due: list[datetime], number: int, now: datetime) -> None:
    for each, due_at in enumerate(due, start=number):
        job = jobs.create(conn, new_job(each, now), now=now)
        job = jobs.update(
            conn, job, now=now, state=JobState.SUBMITTING, due_at=None, keep_lease=True
        )
        task: TaskRef = {"id": f"{each:08}-task"}
        jobs.update(conn, job, now=now, state=JobState.RUNNING, task=task, due_at=due_at)


async def wait_in_tasks(count: int, seconds: float) -> tuple[Watch, list[float]]:
    """Let each job have a task that sleeps, as far apart as the worker's looks are."""
    clock = LateClock()
    provider = PatientProvider(clock)
    pace, late = Pace(), list[float]()
    looks = [pace.next_look(provider, now=clock()) for _ in range(count)]
    settle_memory()
    clock.start(at=looks[0] - BEFORE_FIRST_LOOK)

    async def follow(job: NewJob) -> None:
        task: TaskRef = {"id": f"{job.interaction_id:08}-task"}
        due_at = job.due_at
        while True:
            await asyncio.sleep((due_at - clock()).total_seconds())
            await provider.poll(task)
            late.append((provider.looked_at.pop(task["id"]) - due_at).total_seconds())
            due_at = pace.next_look(provider, now=clock())

    async with asyncio.TaskGroup() as group:
        waiting = [
            group.create_task(follow(new_job(number, due_at)))
            for number, due_at in enumerate(looks)
        ]
        watch = await _watch(seconds)
        for task in waiting:
            task.cancel()
    return watch, late


async def _watch(seconds: float) -> Watch:
    watch = Watch()
    await asyncio.sleep(BEFORE_FIRST_LOOK.total_seconds())
    with watch.watching():
        await asyncio.sleep(seconds)
    return watch


def new_job(number: int, due_at: datetime) -> NewJob:
    """An order like any other."""
    return NewJob(
        interaction_id=1_300_000_000_000_000_000 + number,
        guild_id=1,
        channel_id=2,
        member_id=1 + number // JOBS_OF_A_MEMBER,
        reply_id=3,
        thread_id=4,
        provider=PatientProvider.name,
        model=PLAIN.id,
        prompt=f"A slow dolly towards lighthouse {number} while snow falls",
        seconds=3,
        shape="16:9",
        seed=number,
        picture=f"lighthouse-{number}.jpg",
        price_credits=3,
        due_at=due_at,
    )


def _resident_bytes() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


async def _wait(way: str, count: int, seconds: float) -> None:
    with tempfile.TemporaryDirectory() as folder:
        if way == "rows":
            watch, late = await wait_in_rows(count, seconds, Path(folder))
        else:
            watch, late = await wait_in_tasks(count, seconds)
    print(json.dumps({**vars(watch), "late": late}))


if __name__ == "__main__":
    with (
        Path(os.devnull).open("w") as nowhere,
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        # The bot writes a line for each look, so that is measured as well.
        configure_logs(level="INFO", log_format="json", stream=nowhere)
        runner.run(_wait(sys.argv[1], int(sys.argv[2]), float(sys.argv[3])))
