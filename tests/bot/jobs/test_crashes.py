"""The process dies between any two calls: still one task, one clip and one settlement."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

import pytest

from providers.base import Pending
from storage import visits
from storage.database import Database
from storage.jobs import JobState
from tests.bot.fragile import Crash, Fuse
from tests.bot.orders import ORDER, UPLOADS
from tests.bot.workshop import PRICE, Workshop


@dataclass
class Machine:
    """What outlives a process: the disk, the provider and the thread."""

    url: str
    workshop: Workshop

    @asynccontextmanager
    async def started(self) -> AsyncIterator[Workshop]:
        """Open everything anew, and void the dead process's leases, as a start of the bot does."""
        async with Database.open(self.url) as database:
            self.workshop.open(database)
            await database.run(visits.drop_leases)
            yield self.workshop


@pytest.fixture
async def machine(tmp_path: Path, clip: Path) -> Machine:
    url = f"sqlite:///{tmp_path}/zoetrope.db"
    async with Database.open(url) as database:
        workshop = Workshop(database, tmp_path, clip)
        await workshop.enrich(10_000)
    return Machine(url, workshop)


async def test_a_crash_at_any_moment_of_a_job_loses_and_doubles_nothing(machine: Machine) -> None:
    for moment in count():
        fuse = Fuse(moment)
        async with machine.started() as workshop:
            workshop.provider.statuses.append(Pending(progress=0.5))
            job = await workshop.order(moment + 1)
            with suppress(Crash):
                workshop.open(workshop.database, around=fuse.around)
                await workshop.visit_all(job)
        async with machine.started() as workshop:
            await workshop.visit_all(job)

            assert len(workshop.provider.tasks[job.id]) == 1, moment
            (posted,) = (clip for clip in workshop.thread.clips if clip.job_id == job.id)
            assert (await workshop.job(job)).clip_id == posted.message_id, moment
            await workshop.assert_settled(job, JobState.DELIVERED, paid=PRICE)
        if not fuse.has_burnt:
            assert moment > 20
            return


async def test_a_crash_at_any_moment_of_a_cancel_still_ends_the_job_once(machine: Machine) -> None:
    for moment in count():
        fuse = Fuse(moment)
        async with machine.started() as workshop:
            job = await workshop.order(moment + 1)
            job = await workshop.visit_until(JobState.RUNNING, job)
            await workshop.cancel(job)
            with suppress(Crash):
                workshop.open(workshop.database, around=fuse.around)
                await workshop.visit_all(job)
        async with machine.started() as workshop:
            await workshop.visit_all(job)

            assert workshop.thread.clips == []
            await workshop.assert_settled(job, JobState.CANCELLED, paid=0)
        if not fuse.has_burnt:
            assert moment > 4
            return


async def test_a_crash_at_any_moment_of_an_order_leaves_a_whole_job_or_none(
    machine: Machine,
) -> None:
    for moment in count():
        fuse = Fuse(moment)
        order = replace(ORDER, interaction_id=moment + 1)
        async with machine.started() as workshop:
            with suppress(Crash):
                workshop.open(workshop.database, around=fuse.around)
                job = (await workshop.service.place(order, UPLOADS)).job
                await workshop.service.start(job)
        async with machine.started() as workshop:
            # Discord may send the same interaction once more.
            job = (await workshop.service.place(order, UPLOADS)).job
            await workshop.visit_all(job)

            await workshop.assert_settled(job, JobState.DELIVERED, paid=PRICE)
        if not fuse.has_burnt:
            assert moment >= 4
            return
