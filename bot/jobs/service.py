"""What a command may ask of jobs. Commands see this and frozen values, and nothing beneath."""

from __future__ import annotations

import asyncio
import errno
import secrets
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.budget.screening import screen
from bot.clock import Clock
from bot.errors import NotAllowed
from bot.jobs import uploads
from bot.jobs.catalogue import Catalogue
from bot.jobs.last_orders import LastOrders
from bot.jobs.options import SEED_LIMIT, Checked, check, is_other_shape, shape_for
from bot.jobs.order import Note, Order, Placed, RefusalCosts, RunsAs, ShapeInstead, Uploads
from bot.jobs.uploads import Preparation, Ready
from bot.keeping.spending import Spending
from providers.base import Stopping
from providers.model import Shape
from storage import guilds, jobs, visits
from storage.database import Database
from storage.errors import BudgetError, NotEnoughCredits, NotWritten
from storage.guilds import GuildSettings
from storage.jobs import Job, JobState, NewJob

REPLY_GRACE = timedelta(seconds=15)
"""A new job waits this long for its reply to be in place, unless `start` comes first."""
BEFORE_SUBMIT = {JobState.NEEDS_APPROVAL, JobState.QUEUED, JobState.CANCELLED}
ORDERS_AT_ONCE = 4
"""Two pictures are decoded while the next two are on their way."""
DISK_TAKES_NOTHING = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG, errno.EIO}
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
        self._turns = asyncio.Semaphore(ORDERS_AT_ONCE)
        self._last_orders = LastOrders()
        self._spending = spending or Spending()

    async def place(self, order: Order, files: Uploads) -> Placed:
        """Check the order, fetch its files when its turn comes, set its price aside and write the
        job; or change nothing at all.

        A rush costs the memory of a few pictures, and leaves the loop to the first answers.
        Raises OrderError, PlaceError, PictureError, SoundError, NotEnoughCredits, BudgetError,
        NotWritten or Restarting.
        An interaction that already became a job gets that job back.
        """
        chosen = await self._settings(order.guild_id)
        await screen(self._database, order, chosen, now=self._clock())
        checked = check(self.catalogue.at(chosen.price_percent), order, files.given)
        async with AsyncExitStack() as stack:
            # The turn ends with the job, whose pictures are in memory until then; what may be cut
            # short ends before it is written.
            async with self._last_orders.in_time():
                await stack.enter_async_context(self._turns)
                with _on_disk():
                    ready = await self._preparation.prepare(files, checked.choice.model)
            return await self._write(order, chosen, checked, ready)

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
        chosen = await self._settings(order.guild_id)
        await screen(self._database, again, chosen, now=self._clock())
        ready = await self._preparation.read_again(earlier)
        checked = check(self.catalogue.at(chosen.price_percent), again, ready.given)
        return await self._write(again, chosen, checked, ready)

    async def offers(self, guild_id: int) -> Catalogue:
        """What can be ordered in a guild, at its prices."""
        chosen = await self._settings(guild_id)
        return self.catalogue.at(chosen.price_percent)

    def call_last_orders(self, *, seconds: float = LAST_ORDERS_SECONDS) -> None:
        """Let orders under way become jobs within so many seconds, or leave nothing behind."""
        self._last_orders.call(seconds=seconds)

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

    async def _settings(self, guild_id: int) -> GuildSettings:
        return await self._database.read(guilds.settings, guild_id)

    async def _write(
        self, order: Order, chosen: GuildSettings, checked: Checked, ready: Ready
    ) -> Placed:
        self._spending.check()
        now = self._clock()
        model = checked.choice.model
        job_id = jobs.job_id(order.interaction_id)
        shape = shape_for(model, order.shape, ratio=ready.ratio)
        new = NewJob(
            interaction_id=order.interaction_id,
            guild_id=order.guild_id,
            channel_id=order.channel_id,
            member_id=order.member_id,
            reply_id=order.reply_id,
            thread_id=order.thread_id,
            provider=checked.choice.provider,
            model=model.id,
            prompt=order.prompt.strip(),
            seconds=checked.seconds,
            shape=shape,
            seed=secrets.randbelow(SEED_LIMIT) if order.seed is None else order.seed,
            **{"picture": None, **uploads.names(job_id, ready)},
            negative_prompt=(order.negative_prompt or "").strip() or None,
            resolution=checked.variant.resolution,
            sound=checked.variant.sound,
            price_credits=checked.price_credits,
            parent_id=order.parent_id,
            price_percent=chosen.price_percent,
            provider_microdollars=checked.provider_microdollars,
            refused_pays=chosen.refused_pays,
            due_at=now + REPLY_GRACE,
        )
        with _on_disk():
            await self._preparation.keep(job_id, ready)
        try:
            job = await self._database.run(jobs.create, new, now=now, role_ids=order.role_ids)
        except (NotEnoughCredits, BudgetError):
            # After any other error the files may be those of a job which is there already.
            await self._preparation.drop(job_id, ready)
            raise
        return Placed(job, checked.choice, _notes(order, new, checked, ready))


@contextmanager
def _on_disk() -> Iterator[None]:
    """A disk that does not take a file is as bad as one that does not take a row."""
    try:
        yield
    except OSError as error:
        if error.errno in DISK_TAKES_NOTHING:
            raise NotWritten(str(error)) from error
        raise


def _notes(order: Order, new: NewJob, checked: Checked, ready: Ready) -> tuple[Note, ...]:
    notes: list[Note] = [*ready.notes]
    asked = (order.model or "").strip().casefold()
    if asked in checked.choice.model.aliases and asked not in checked.choice.names:
        notes.append(RunsAs(asked, checked.choice.model.name))
    shape = Shape(new.shape) if new.shape else None
    if order.shape and shape and is_other_shape(order.shape, shape):
        notes.append(ShapeInstead(order.shape, shape))
    if new.refused_pays:
        notes.append(RefusalCosts(new.price_credits))
    return tuple(notes)
