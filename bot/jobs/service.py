"""What a command may ask of jobs. Commands see this and frozen values, and nothing beneath."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

from bot.clock import Clock
from bot.errors import NotAllowed
from bot.jobs.catalogue import Catalogue
from bot.jobs.drafts import Drafts
from bot.jobs.order import Order, Placed, Uploads
from bot.jobs.placing import ORDERS_AT_ONCE as ORDERS_AT_ONCE
from bot.jobs.placing import REPLY_GRACE as REPLY_GRACE
from bot.jobs.placing import Placing
from bot.jobs.uploads import Preparation
from bot.keeping.spending import Spending
from providers.base import Stopping
from storage import jobs, visits
from storage.database import Database
from storage.errors import NotWritten
from storage.jobs import Job, JobState

BEFORE_SUBMIT = {JobState.NEEDS_APPROVAL, JobState.QUEUED, JobState.CANCELLED}
LAST_ORDERS_SECONDS = 15
"""What orders under way have to become jobs, once the bot is being stopped."""


@dataclass(frozen=True)
class Cancelling:
    """What came of asking for a job to be stopped."""

    job: Job
    runs_on: bool
    """The provider has begun and cannot be stopped: the clip comes, and is paid for."""


class JobService:
    """Orders jobs, looks at them and cancels them."""

    def __init__(
        self,
        database: Database,
        catalogue: Catalogue,
        preparation: Preparation,
        *,
        clock: Clock,
        wake_worker: Callable[[], None],
        spending: Spending | None = None,
    ) -> None:
        self.catalogue = catalogue
        self._database = database
        self._preparation = preparation
        self._clock = clock
        self._wake_worker = wake_worker
        self._placing = Placing(
            database, catalogue, preparation, clock=clock, spending=spending or Spending()
        )
        self.drafts = Drafts(self._placing)

    async def place(self, order: Order, files: Uploads) -> Placed:
        """Check the order, fetch its files when its turn comes, set its price aside and write the
        job; or change nothing at all.

        Raises OrderError, PlaceError, PictureError, SoundError, NotEnoughCredits, BudgetError,
        NotWritten or Restarting.
        An interaction that already became a job gets that job back.
        """
        asked = await self._placing.check(order, files.given)
        prepare = partial(self._preparation.prepare, order, files, asked.checked.choice.model)
        async with self._placing.prepared(prepare) as ready:
            return await self._placing.write(asked, ready)

    async def place_again(self, order: Order, *, job_id: str) -> Placed:
        """Order another clip of an earlier job's files. Raises as `place`, and PictureGone."""
        earlier = await self.own_job(job_id, member_id=order.member_id)
        again = replace(
            order,
            prompt=order.prompt or earlier.prompt,
            model=f"{earlier.provider}/{earlier.model}",
            seconds=earlier.seconds,
            shape=earlier.shape,
            resolution=earlier.resolution or None,
            sound=earlier.sound,
            negative_prompt=earlier.negative_prompt,
        )
        ready = await self._preparation.read_again(earlier)
        asked = await self._placing.check(again, ready.given)
        return await self._placing.write(asked, ready)

    async def offers(self, guild_id: int) -> Catalogue:
        """What can be ordered in a guild, at its prices."""
        chosen = await self._placing.settings(guild_id)
        return self.catalogue.at(chosen.price_percent)

    def call_last_orders(self, *, seconds: float = LAST_ORDERS_SECONDS) -> None:
        """Let orders under way become jobs within so many seconds, or leave nothing behind."""
        self._placing.last_orders.call(seconds=seconds)

    async def start(self, job: Job) -> None:
        """The reply is in place: the worker may begin, or else begins by itself a little later."""
        with suppress(NotWritten):
            await self._database.run(visits.wake, job.id, now=self._clock())
        self._wake_worker()

    async def cancel(self, job_id: str, *, member_id: int, is_moderator: bool) -> Cancelling:
        """Ask for a job to be stopped; the worker answers in the thread. Raises NotAllowed."""
        job = await self.job(job_id)
        if job.member_id != member_id and not is_moderator:
            raise NotAllowed("the member whose job it is, or a moderator")
        cancelled = await self._database.run(jobs.request_cancel, job_id, now=self._clock())
        self._wake_worker()
        never_stops = self.catalogue.stopping(job.provider) is Stopping.NEVER
        is_early = cancelled.state in BEFORE_SUBMIT
        return Cancelling(cancelled, runs_on=never_stops and not is_early)

    async def job(self, job_id: str) -> Job:
        """Look one job up. Raises JobNotFound."""
        return await self._database.read(jobs.get, job_id)

    async def own_job(self, job_id: str, *, member_id: int) -> Job:
        """Look a member's own job up. Raises JobNotFound or NotAllowed."""
        job = await self.job(job_id)
        if job.member_id != member_id:
            raise NotAllowed("the member whose clip it is")
        return job
