"""The only code that advances a job: it asks which rows are due, and takes one step for each.

No coroutine owns a job for longer than a step, so a restart needs no special code: due rows are
due. After a crash the answer is simply longer.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import suppress
from datetime import timedelta

from bot.jobs.steps import take_step
from bot.jobs.thread import ThreadError
from bot.jobs.workbench import RETRY, Workbench
from bot.logs import get_logger
from storage import visits
from storage.errors import NotWritten, StaleFence
from storage.jobs import Job

LEASE = timedelta(minutes=15)
"""Longer than any step takes: a clip that is slow to fetch, or that has to be made to fit."""
STEPS_AT_ONCE = 32
"""For each provider, so that one that lets us wait takes no visit from another's jobs."""
LONGEST_PAUSE_SECONDS = 5.0
LONGEST_SLEEP = timedelta(minutes=1)
"""No job is first visited later than this after a start."""

log = get_logger("worker")


class Worker:
    """Visits due jobs, several at once, until told to stop."""

    def __init__(self, bench: Workbench, *, disk_pause_seconds: float = 5.0) -> None:
        self._disk_pause_seconds = disk_pause_seconds
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
        """Visit due jobs until stopped."""
        # The lock file makes this the only process, so every lease found now is a dead one's.
        await self._database.run(visits.drop_leases)
        # The machine's clock may have been set back meanwhile.
        await self._database.run(visits.bring_forward, latest=self._clock() + LONGEST_SLEEP)
        async with asyncio.TaskGroup() as group:
            while not self._stopped.is_set():
                self._due.clear()
                for job in await self._claim():
                    self._visiting[job.provider] += 1
                    group.create_task(self._visit(job), name=f"job {job.id}")
                await self._pause()

    async def _claim(self) -> list[Job]:
        try:
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
        except NotWritten as error:
            # Nothing is claimed, so nothing is spent; and the disk may have room again later.
            log.warning("the database cannot be written", reason=str(error))
            await _wait(self._stopped, self._disk_pause_seconds)
            self._due.set()
            return []

    async def _pause(self) -> None:
        full = [provider for provider, jobs in self._visiting.items() if jobs >= STEPS_AT_ONCE]
        due_at = await self._database.read(visits.next_due, but_for=full)
        seconds = LONGEST_PAUSE_SECONDS
        if due_at is not None:
            seconds = min(seconds, max(0.0, (due_at - self._clock()).total_seconds()))
        await _wait(self._due, seconds)

    async def _visit(self, job: Job) -> None:
        entry = log.bind(job=job.id, provider=job.provider, guild=job.guild_id, state=job.state)
        try:
            await take_step(self._bench, job)
            entry.info("step taken")
        except StaleFence:
            # Another claim, or a webhook that told what this visit did not know.
            entry.info("step overtaken")
            self._to_give_back.append(job)
        except NotWritten as error:
            await self._wait_for_disk(job, error)
        except ThreadError as error:
            entry.warning("thread unreachable", reason=str(error))
            await self._postpone(job)
        except Exception:
            # A step that breaks must not take the others with it; the row stays and is tried again.
            entry.exception("step failed")
            await self._postpone(job)
        finally:
            self._visiting[job.provider] -= 1
            self._due.set()

    async def _postpone(self, job: Job) -> None:
        try:
            await self._bench.look_again(job, RETRY)
        except StaleFence:
            log.info("step overtaken", job=job.id)
        except NotWritten as error:
            await self._wait_for_disk(job, error)

    async def _wait_for_disk(self, job: Job, error: NotWritten) -> None:
        log.warning("the database cannot be written", job=job.id, reason=str(error))
        await _wait(self._stopped, self._disk_pause_seconds)
        self._to_give_back.append(job)


async def _wait(event: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
