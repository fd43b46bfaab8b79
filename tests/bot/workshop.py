"""The worker's whole world with a clock of its own, taken one visit at a time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from bot.jobs.catalogue import Catalogue
from bot.jobs.files import JobFiles
from bot.jobs.service import JobService
from bot.jobs.steps import take_step
from bot.jobs.uploads import Preparation
from bot.jobs.workbench import Workbench
from bot.jobs.worker import LEASE
from bot.keeping.spending import Spending
from bot.settings import Settings
from providers.base import ProviderSettings
from storage import jobs, ledger, visits
from storage.books import check_books
from storage.database import Database
from storage.jobs import Job, JobState, NewJob
from storage.ledger import Account, Entry
from storage.schema import Phase
from tests.bot.clock import StillClock
from tests.bot.frugal import PicturesHere, ProbesOnce
from tests.bot.recorded import RecordedThread
from tests.scripted import PLAIN, ScriptedProvider

GUILD, CHANNEL, MEMBER = 10, 20, 30
CREDIT_MICRODOLLARS = 10_000
PRICE = 3
"""What three seconds of the plain model cost, in credits: 22,500 microdollars, rounded up."""
MOST_VISITS = 60


@cache
def no_keys() -> ProviderSettings:
    """The settings of a provider that has none."""
    return ProviderSettings()


@cache
def defaults() -> Settings:
    """What an owner has who chose nothing; the environment is read once, not for each test."""
    return Settings()


class Workshop:
    """A real database and real files, a scripted provider and a thread in memory."""

    def __init__(self, database: Database, folder: Path, clip: Path) -> None:
        self.clock = StillClock()
        self.wake_ups = 0
        self.provider = ScriptedProvider(no_keys(), folder)
        self.provider.clip = clip
        self.thread = RecordedThread()
        where = {"database_url": f"sqlite:///{folder}/zoetrope.db"}
        self.settings = defaults().model_copy(update=where)
        self.spending = Spending()
        self.files = JobFiles(folder / "files")
        self.open(database)

    def open(
        self,
        database: Database,
        *,
        with_provider: bool = True,
        around: Callable[[Any], Any] = lambda tool: tool,
    ) -> None:
        """Lay the tools out anew, as a start of the bot does; `around` may wrap each of them."""
        self.database = database
        providers = [self.provider] if with_provider else []
        self.bench = Workbench(
            around(database),
            {provider.name: around(provider) for provider in providers},
            Catalogue(providers, credit_microdollars=CREDIT_MICRODOLLARS),
            around(self.thread),
            around(self.files),
            ProbesOnce(),
            self.clock,
        )
        self.service = JobService(
            self.bench.database,
            self.bench.catalogue,
            Preparation(around(PicturesHere()), self.bench.ffmpeg, self.bench.files),
            clock=self.clock,
            wake_worker=self.count_wake_up,
        )

    def count_wake_up(self) -> None:
        """Note that the worker was woken."""
        self.wake_ups += 1

    async def order(
        self, interaction_id: int = 1, *, provider: str = "scripted", model: str = PLAIN.id
    ) -> Job:
        """Put a job and its hold into the database, due now."""
        name = f"{jobs.job_id(interaction_id)}.jpg"
        await self.files.keep_upload(name, b"a picture")
        new = NewJob(
            interaction_id=interaction_id,
            guild_id=GUILD,
            channel_id=CHANNEL,
            member_id=MEMBER,
            reply_id=500 + interaction_id,
            thread_id=None,
            provider=provider,
            model=model,
            prompt="slow zoom in",
            seconds=3,
            shape="16:9",
            seed=7,
            picture=name,
            price_credits=PRICE,
            due_at=self.clock(),
        )
        return await self.database.run(jobs.create, new, now=self.clock())

    async def visit(self) -> None:
        """Take one step for each row that is due now."""
        due = await self.bench.database.run(
            visits.claim_due, now=self.clock(), lease=LEASE, limit=32
        )
        for job in due:
            await take_step(self.bench, job)

    async def visit_next(self) -> bool:
        """Let the time pass until a row is due, and visit; say whether there was one."""
        due_at = await self.database.read(visits.next_due)
        if due_at is None:
            return False
        self.clock.now = max(self.clock.now, due_at)
        await self.visit()
        return True

    async def visit_until(self, state: JobState, job: Job) -> Job:
        """Visit until the job is in that state."""
        return await self.visit_while(lambda now: now.state is not state, job)

    async def visit_while(self, condition: Callable[[Job], bool], job: Job) -> Job:
        """Visit for as long as the condition holds of the job."""
        for _ in range(MOST_VISITS):
            now = await self.job(job)
            if not condition(now):
                return now
            assert await self.visit_next(), f"{now.state}, and nothing is due"
        raise AssertionError(f"still {now.state} after {MOST_VISITS} visits")

    async def visit_all(self, job: Job) -> Job:
        """Visit until nothing is left to do."""
        for _ in range(MOST_VISITS):
            if not await self.visit_next():
                return await self.job(job)
        raise AssertionError(f"still due after {MOST_VISITS} visits")

    async def cancel(self, job: Job) -> None:
        """Ask for a job to be stopped, as its member does."""
        await self.database.run(jobs.request_cancel, job.id, now=self.clock())

    def advance(self, **span: float) -> None:
        """Let time pass."""
        self.clock.advance(timedelta(**span))

    async def job(self, job: Job) -> Job:
        """The row as it stands now."""
        return await self.database.read(jobs.get, job.id)

    async def picture(self, job: Job) -> bytes:
        """The picture that is kept for a job."""
        assert job.picture is not None
        return await self.files.read_upload(job.picture)

    async def account(self) -> Account:
        """The member's credits."""
        return await self.database.run(ledger.account, GUILD, MEMBER, now=self.clock())

    async def enrich(self, credits: int) -> None:
        """Give the member credits, as a moderator does."""
        await self.database.run(
            ledger.grant,
            guild_id=GUILD,
            member_id=MEMBER,
            credits=credits,
            actor_id=1,
            reason=None,
            source="grant:1",
            now=self.clock(),
        )

    async def settlements(self, job: Job) -> list[Entry]:
        """The entries that settle a job's hold."""
        entries = await self.database.read(ledger.entries, GUILD, MEMBER, limit=1000)
        return [
            entry for entry in entries if entry.source == job.id and entry.phase is Phase.SETTLE
        ]

    async def assert_settled(self, job: Job, state: JobState, *, paid: int) -> None:
        """Fail unless the job is over, paid for once, and the books balance."""
        now = await self.job(job)
        assert (now.state, now.paid_credits) == (state, paid)
        assert [-entry.posted_change for entry in await self.settlements(job)] == [paid]
        assert (await self.account()).held == 0
        assert await self.database.read(check_books) == []
