"""The only code that advances a job: it asks which rows are due, and takes one step for each.

No coroutine owns a job for longer than a step, so a restart needs no special code: due rows are
due. After a crash the answer is simply longer.
"""

from __future__ import annotations

import asyncio
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
LONGEST_PAUSE_SECONDS = 5.0

log = get_logger("worker")


class Worker:
    """Visits due jobs, several at once, until told to stop."""

    def __init__(self, bench: Workbench, *, disk_pause_seconds: float = 5.0) -> None:
        self._disk_pause_seconds = disk_pause_seconds
        self._bench = bench
        self._database = bench.database
        self._clock = bench.clock
        self._due = asyncio.Event()
        self._stopping = False
        self._visiting = 0

    def wake(self) -> None:
        """A row may have become due."""
        self._due.set()

    def stop(self) -> None:
        """Take no further step; steps under way are finished."""
        self._stopping = True
        self._due.set()

    async def run(self) -> None:
        """Visit due jobs until stopped."""
        # The lock file makes this the only process, so every lease found now is a dead one's.
        await self._database.run(visits.drop_leases)
        async with asyncio.TaskGroup() as group:
            while not self._stopping:
                self._due.clear()
                free = STEPS_AT_ONCE - self._visiting
                for job in await self._claim(free):
                    self._visiting += 1
                    group.create_task(self._visit(job), name=f"job {job.id}")
                await self._pause()

    async def _claim(self, limit: int) -> list[Job]:
        if limit == 0:
            return []
        try:
            return await self._database.run(
                visits.claim_due, now=self._clock(), lease=LEASE, limit=limit
            )
        except NotWritten as error:
            # Nothing is claimed, so nothing is spent; and the disk may have room again later.
            log.warning("the database cannot be written", reason=str(error))
            await asyncio.sleep(self._disk_pause_seconds)
            return []

    async def _pause(self) -> None:
        due_at = await self._database.read(visits.next_due)
        seconds = LONGEST_PAUSE_SECONDS
        if due_at is not None and self._visiting < STEPS_AT_ONCE:
            seconds = min(seconds, max(0.0, (due_at - self._clock()).total_seconds()))
        try:
            async with asyncio.timeout(seconds):
                await self._due.wait()
        except TimeoutError:
            pass

    async def _visit(self, job: Job) -> None:
        entry = log.bind(job=job.id, provider=job.provider, guild=job.guild_id, state=job.state)
        try:
            await take_step(self._bench, job)
            entry.info("step taken")
        except StaleFence:
            # Another claim, or a webhook that told what this visit did not know.
            entry.info("step overtaken")
            await self._database.run(visits.give_back, job)
        except ThreadError as error:
            entry.warning("thread unreachable", reason=str(error))
            await self._postpone(job)
        except Exception:
            # A step that breaks must not take the others with it; the row stays and is tried again.
            entry.exception("step failed")
            await self._postpone(job)
        finally:
            self._visiting -= 1
            self._due.set()

    async def _postpone(self, job: Job) -> None:
        try:
            await self._bench.look_again(job, RETRY)
        except StaleFence:
            log.info("step overtaken", job=job.id)
        except NotWritten as error:
            log.warning("the database cannot be written", job=job.id, reason=str(error))
