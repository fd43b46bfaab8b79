"""The worker's steps under a clock that jumps to the next look, so that nothing waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Self

from bot.jobs.catalogue import Catalogue
from bot.jobs.files import JobFiles
from bot.jobs.steps import take_step
from bot.jobs.workbench import Workbench
from bot.jobs.worker import LEASE, STEPS_AT_ONCE
from bot.media.ffmpeg import Ffmpeg
from providers.base import Provider
from storage import jobs, visits
from storage.database import Database
from storage.jobs import Job, NewJob
from tests.bot.clock import StillClock
from tests.bot.recorded import RecordedThread
from tests.media.pictures import corners, saved

PICTURE = saved(corners(size=(640, 360)), "JPEG")


class StillWorker:
    """Takes jobs of one provider to their end, over a real database and a real client."""

    def __init__(self, bench: Workbench, provider: Provider, clock: StillClock) -> None:
        self._bench = bench
        self._provider = provider
        self._clock = clock

    @classmethod
    @asynccontextmanager
    async def open(cls, provider: Provider, folder: Path, clock: StillClock) -> AsyncIterator[Self]:
        """Lay out the tools, and open the provider."""
        catalogue = Catalogue([provider], credit_microdollars=10_000)
        providers, files = {provider.name: provider}, JobFiles(folder / "files")
        async with provider, Database.open(f"sqlite:///{folder / 'jobs.db'}") as database:
            thread = RecordedThread()
            bench = Workbench(database, providers, catalogue, thread, files, Ffmpeg(), clock)
            yield cls(bench, provider, clock)

    async def order(self, number: int) -> Job:
        """Order the provider's first model, from a picture, at its shortest default."""
        model = self._provider.models[0]
        name = f"{number}.jpg"
        await self._bench.files.keep_upload(name, PICTURE)
        new = NewJob(
            interaction_id=number,
            guild_id=1,
            channel_id=2,
            member_id=number,
            reply_id=number,
            thread_id=None,
            provider=self._provider.name,
            model=model.id,
            prompt="slow zoom in",
            seconds=model.default_seconds,
            shape=model.shapes[0].value if model.shapes else None,
            seed=7,
            picture=name,
            resolution=model.variants[0].resolution,
            price_credits=1,
            due_at=self._clock(),
        )
        return await self._bench.database.run(jobs.create, new, now=self._clock())

    async def finish(self, *, together: timedelta = timedelta(0)) -> None:
        """Visit until nothing is due; visits due within a moment of each other go together."""
        while due_at := await self._bench.database.read(visits.next_due):
            self._clock.now = max(self._clock.now, due_at + together)
            async with asyncio.TaskGroup() as group:
                for job in await self._claim():
                    group.create_task(take_step(self._bench, job))

    async def _claim(self) -> list[Job]:
        return await self._bench.database.run(
            visits.claim_due, now=self._clock(), lease=LEASE, limit=STEPS_AT_ONCE
        )
