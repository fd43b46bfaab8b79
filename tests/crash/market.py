"""The providers a bot buys from: strict fakes that call back, and for which time can pass."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, closing, suppress
from pathlib import Path
from typing import Self

import aiohttp
import httpx

from bot.playground.fake_providers import webhook_settings
from storage.jobs import JobState
from tests.crash.moments import Fates
from tests.end_to_end.seller import small_clips
from tests.fakes import load_fakes
from tests.fakes.fake_server import FakeServer, Pace

LOOK_SECONDS = 0.4
CALL_SECONDS = 2
CANNOT_BE_ASKED = ("runway", "modelslab")
"""What became of a submit, they do not tell; ModelsLab calls, if the submit has arrived."""

_DOUBTED = "SELECT id, provider FROM job WHERE state = ? AND lease_until IS NULL"
_LET_GRACE_PASS = """
UPDATE job SET due_at = created_at, not_before = created_at
WHERE state = 'unknown' AND lease_until IS NULL AND due_at > created_at
"""
_LET_DEADLINE_PASS = """
UPDATE job SET started_at = started_at - 7200000000
WHERE id = ? AND state = 'unknown' AND lease_until IS NULL AND started_at > created_at
"""


class Market:
    """Fakes of all providers on the network, and the database of the bot that buys there."""

    def __init__(self, fakes: Mapping[str, FakeServer], database: Path) -> None:
        self.fakes = fakes
        self.settings = webhook_settings()
        for fake in fakes.values():
            self.settings |= fake.environment
        self._database = database
        self._told: set[str] = set()
        """The tasks whose end was called back, and heard."""

    @classmethod
    @asynccontextmanager
    async def open(cls, database: Path) -> AsyncIterator[Self]:
        """Serve all fakes until the block ends; their tasks are over at once."""
        make_clip = small_clips()
        async with AsyncExitStack() as stack:
            fakes = {
                name: await stack.enter_async_context(
                    kind.open(make_clip(name), pace=Pace(looks=0))
                )
                for name, kind in load_fakes().items()
            }
            yield cls(fakes, database)

    def be_watched(self, fates: Fates) -> None:
        """Let the bot be struck around requests here."""
        for name, fake in self.fakes.items():
            fake.around = fates.around(name)

    async def run(self, over: asyncio.Event) -> None:
        """Call back, and let time pass for jobs nobody can tell about, until it is over."""
        while not over.is_set():
            for fake in self.fakes.values():
                await self._call_back(fake)
            self._let_time_pass()
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS):
                    await over.wait()

    async def _call_back(self, fake: FakeServer) -> None:
        """Tell of every task's end until somebody has heard of it."""
        for task in fake.tasks:
            if task.id not in self._told and fake.callback_url(task) is not None:
                # A provider waits no longer either, and calls again.
                with suppress(httpx.HTTPError, aiohttp.ClientError, OSError, TimeoutError):
                    async with asyncio.timeout(CALL_SECONDS):
                        await fake.call_back(task)
                    self._told.add(task.id)

    def _let_time_pass(self) -> None:
        """Beyond the grace for every job in doubt; and beyond the deadline, where none can tell."""
        if not self._database.exists():
            return
        with (
            closing(sqlite3.connect(self._database, timeout=1)) as conn,
            suppress(sqlite3.OperationalError),
            conn,
        ):
            doubted = conn.execute(_DOUBTED, (JobState.UNKNOWN,)).fetchall()
            for job_id, provider in doubted:
                if provider in CANNOT_BE_ASKED and not self._will_call(provider, job_id):
                    conn.execute(_LET_DEADLINE_PASS, (job_id,))
            if doubted:
                conn.execute(_LET_GRACE_PASS)

    def _will_call(self, provider: str, job_id: str) -> bool:
        """Whether a task is there that is bound to be told of."""
        fake = self.fakes[provider]
        return any(task.reference == job_id and fake.callback_url(task) for task in fake.tasks)
