"""The only code that advances a job: it asks which rows are due, and takes one step for each.

No coroutine owns a job for longer than a step, so a restart needs no special code: due rows are
due. After a crash the answer is simply longer.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable
from contextlib import suppress
from datetime import timedelta
from typing import TypeVar

from bot.jobs.steps import take_step
from bot.jobs.thread import ThreadError, ThreadUnreachable
from bot.jobs.workbench import RETRY, Workbench
from bot.logs import get_logger
from storage import jobs, looks, visits
from storage.errors import NotRead, NotWritten, StaleFence
from storage.jobs import Job

T = TypeVar("T")

LEASE = timedelta(minutes=15)
"""Longer than any step takes: a clip that is slow to fetch, or that has to be made to fit."""
LONGEST_STEP = LEASE - timedelta(minutes=1)
STEPS_AT_ONCE = 32
"""For each provider, so that one that lets us wait takes no visit from another's jobs."""
LONGEST_PAUSE_SECONDS = 5.0
LONGEST_SLEEP = timedelta(minutes=1)
"""No job is first visited later than this after a start."""

log = get_logger("worker")


class Worker:
    """Visits due jobs, several at once, until told to stop."""

    def __init__(
        self,
        bench: Workbench,
        *,
        disk_pause_seconds: float = 5.0,
        longest_step: timedelta = LONGEST_STEP,
    ) -> None:
        self._disk_pause_seconds = disk_pause_seconds
        self._longest_step = longest_step
        self._bench = bench
        self._database = bench.database
        self._clock = bench.clock
        self._due = asyncio.Event()
        self._stopped = asyncio.Event()
        self._visiting = Counter[str]()
        """How many jobs of each provider are visited at the moment."""
        self._to_give_back: list[Job] = []
        """Visits that ended without a write, so that their rows still look visited."""

    def wake(self) -> None:
        """A row may have become due."""
        self._due.set()

    def stop(self) -> None:
        """Take no further step; steps under way are finished."""
        self._stopped.set()
        self._due.set()

    async def run(self) -> None:
        """Visit due jobs until stopped. A database out of reach is waited for."""
        try:
            while not self._stopped.is_set() and not await self._despite_trouble(self._take_over()):
                pass
            async with asyncio.TaskGroup() as group:
                while not self._stopped.is_set():
                    self._due.clear()
                    for job in await self._despite_trouble(self._claim()) or ():
                        self._visiting[job.provider] += 1
                        group.create_task(self._visit(job), name=f"job {job.id}")
                    await self._despite_trouble(self._pause())
            await self._despite_trouble(self._write_down_tasks())
        finally:
            for job_id, task in self._bench.unwritten_tasks.items():
                log.error("this task may not be written down", job=job_id, task=task)

    async def _take_over(self) -> bool:
        """Put the rows right that an earlier process, or another clock, left behind."""
        now = self._clock()
        # The lock file makes this the only process, so every lease found now is a dead one's.
        await self._database.run(visits.drop_leases)
        # The machine's clock may have been set back meanwhile.
        await self._database.run(visits.bring_forward, latest=now + LONGEST_SLEEP)
        await self._spread_looks()
        return True

    async def _spread_looks(self) -> None:
        """Where many tasks are to be looked at at once, do it as slowly as their provider wants."""
        now = self._clock()
        spread = {}
        for name, job_ids in (await self._database.read(looks.overdue, now=now)).items():
            provider = self._bench.providers.get(name)
            if provider is None:
                continue
            if len(job_ids) > provider.polls_per_second * provider.looks_together:
                for job_id in job_ids:
                    spread[job_id] = self._bench.pace.next_look(provider, now=now)
        if spread:
            await self._database.run(looks.postpone, spread)

    async def _claim(self) -> list[Job]:
        await self._write_down_tasks()
        while self._to_give_back:
            await self._database.run(visits.give_back, self._to_give_back[-1])
            self._to_give_back.pop()
        return await self._database.run(
            visits.claim_due,
            now=self._clock(),
            lease=LEASE,
            limit=STEPS_AT_ONCE,
            visited=self._visiting,
        )

    async def _write_down_tasks(self) -> None:
        """Keep what a step could not write as a hint, which needs no lease."""
        unwritten = self._bench.unwritten_tasks
        for job_id, task in list(unwritten.items()):
            await self._database.run(jobs.hint, job_id, task=task, now=self._clock())
            del unwritten[job_id]

    async def _pause(self) -> None:
        full = [provider for provider, jobs in self._visiting.items() if jobs >= STEPS_AT_ONCE]
        due_at = await self._database.read(visits.next_due, but_for=full)
        seconds = LONGEST_PAUSE_SECONDS
        if due_at is not None:
            seconds = min(seconds, max(0.0, (due_at - self._clock()).total_seconds()))
        await _wait(self._due, seconds)

    async def _despite_trouble(self, work: Awaitable[T]) -> T | None:
        """Do something with the database; None, after a pause, where that is out of reach."""
        try:
            return await work
        except (NotWritten, NotRead) as error:
            # Nothing is claimed, so nothing is spent; and it may be well again later.
            await self._wait_for_database(error)
            self._due.set()
            return None

    async def _visit(self, job: Job) -> None:
        entry = log.bind(job=job.id, provider=job.provider, guild=job.guild_id, state=job.state)
        try:
            async with asyncio.timeout(self._longest_step.total_seconds()):
                await take_step(self._bench, job)
            entry.info("step taken")
        except StaleFence:
            # Another claim, or a webhook that told what this visit did not know.
            entry.info("step overtaken")
            self._to_give_back.append(job)
        except (NotWritten, NotRead) as error:
            await self._wait_for_database(error, job)
        except ThreadError as error:
            entry.warning("thread unreachable", reason=str(error))
            await self._postpone(job, _asked_pause(error))
        except Exception:
            # A step that breaks must not take the others with it; the row stays and is tried again.
            entry.exception("step failed")
            await self._postpone(job, RETRY)
        finally:
            self._visiting[job.provider] -= 1
            self._due.set()

    async def _postpone(self, job: Job, pause: timedelta) -> None:
        try:
            await self._bench.look_again(job, pause)
        except StaleFence:
            log.info("step overtaken", job=job.id)
        except (NotWritten, NotRead) as error:
            await self._wait_for_database(error, job)

    async def _wait_for_database(self, error: NotWritten | NotRead, job: Job | None = None) -> None:
        done = "written" if isinstance(error, NotWritten) else "read"
        event = f"the database cannot be {done}"
        log.warning(event, job=job.id if job else None, reason=str(error))
        await _wait(self._stopped, self._disk_pause_seconds)
        if job is not None:
            self._to_give_back.append(job)


def _asked_pause(error: ThreadError) -> timedelta:
    asked = error.retry_after_seconds if isinstance(error, ThreadUnreachable) else 0
    return max(RETRY, timedelta(seconds=asked))


async def _wait(event: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
