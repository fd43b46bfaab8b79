"""What a command may ask of jobs. Commands see this and frozen values, and nothing beneath."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.clock import Clock
from bot.errors import (
    NotAllowed,
    PictureGone,
    PromptEmpty,
    PromptTooLong,
    SeedOutOfRange,
)
from bot.jobs.catalogue import Catalogue, Choice
from bot.jobs.files import JobFiles
from bot.media.pictures import Picture, PictureNote, Pictures
from storage import jobs, visits
from storage.database import Database
from storage.errors import NotEnoughCredits
from storage.jobs import Job, NewJob

SEED_LIMIT = 2**31 - 1
REPLY_GRACE = timedelta(seconds=15)
"""A new job waits this long for its reply to be in place, unless `start` comes first."""
ATTACHMENTS_AT_ONCE = 4
"""Two pictures are decoded while the next two are on their way."""


@dataclass(frozen=True, kw_only=True)
class Order:
    """What a member asks for, as plain values."""

    interaction_id: int
    guild_id: int
    channel_id: int
    member_id: int
    reply_id: int | None
    """The message the thread is opened on."""
    thread_id: int | None
    """Set where the order was given inside a thread: the job stays there."""
    prompt: str
    model: str | None = None
    seconds: int | None = None
    shape: str | None = None
    seed: int | None = None


@dataclass(frozen=True)
class Placed:
    """An order that became a job."""

    job: Job
    choice: Choice
    notes: tuple[PictureNote, ...]


class JobService:
    """Orders jobs, looks at them and cancels them."""

    def __init__(
        self,
        database: Database,
        catalogue: Catalogue,
        pictures: Pictures,
        files: JobFiles,
        *,
        clock: Clock,
        wake_worker: Callable[[], None],
    ) -> None:
        self.catalogue = catalogue
        self._database = database
        self._pictures = pictures
        self._files = files
        self._clock = clock
        self._wake_worker = wake_worker
        self._attachments = asyncio.Semaphore(ATTACHMENTS_AT_ONCE)

    async def place_attachment(
        self, order: Order, download: Callable[[], Awaitable[bytes]]
    ) -> Placed:
        """Check the order, fetch its picture when its turn comes, and place it. Raises as `place`.

        So a rush costs the memory of a few pictures, and leaves the loop to the first answers.
        """
        self._check(order)
        async with self._attachments:
            return await self.place(order, await download())

    async def place(self, order: Order, picture: bytes) -> Placed:
        """Check the order, set its price aside and write the job, or change nothing at all.

        Raises OrderError, PictureError or NotEnoughCredits. An interaction that already became
        a job gets that job back.
        """
        choice = self._check(order)
        prepared = await self._pictures.prepare(picture)
        return await self._write(order, choice, prepared)

    async def place_again(self, order: Order, *, job_id: str) -> Placed:
        """Order another clip of an earlier job's picture. Raises as `place`, and PictureGone."""
        earlier = await self.own_job(job_id, member_id=order.member_id)
        again = replace(
            order,
            prompt=order.prompt or earlier.prompt,
            model=f"{earlier.provider}/{earlier.model}",
            seconds=earlier.seconds,
            shape=earlier.shape,
        )
        choice = self._check(again)
        try:
            jpeg = await self._files.read_picture(earlier.picture)
        except FileNotFoundError as error:
            raise PictureGone(job_id) from error
        # The shape is fixed by the earlier job, so the picture's own ratio is not asked for again.
        return await self._write(again, choice, Picture(jpeg, width=1, height=1))

    async def start(self, job: Job) -> None:
        """The reply is in place: the worker may begin."""
        await self._database.run(visits.wake, job.id, now=self._clock())
        self._wake_worker()

    async def cancel(self, job_id: str, *, member_id: int, is_moderator: bool) -> Job:
        """Ask for a job to be stopped; the worker answers in the thread. Raises NotAllowed."""
        job = await self.job(job_id)
        if job.member_id != member_id and not is_moderator:
            raise NotAllowed("the member whose job it is, or a moderator")
        cancelled = await self._database.run(jobs.request_cancel, job_id, now=self._clock())
        self._wake_worker()
        return cancelled

    async def job(self, job_id: str) -> Job:
        """Look one job up. Raises JobNotFound."""
        return await self._database.read(jobs.get, job_id)

    async def own_job(self, job_id: str, *, member_id: int) -> Job:
        """Look a member's own job up. Raises JobNotFound or NotAllowed."""
        job = await self.job(job_id)
        if job.member_id != member_id:
            raise NotAllowed("the member whose clip it is")
        return job

    def _check(self, order: Order) -> Choice:
        choice = self.catalogue.find(order.model)
        limit = choice.model.max_prompt_chars
        # Discord takes a prompt of invisible characters, and no thread named like that.
        if not any(letter.isprintable() and not letter.isspace() for letter in order.prompt):
            raise PromptEmpty
        if len(order.prompt) > limit:
            raise PromptTooLong(len(order.prompt), limit)
        if order.seed is not None and not 0 <= order.seed <= SEED_LIMIT:
            raise SeedOutOfRange(SEED_LIMIT)
        choice.seconds_or_default(order.seconds)
        choice.shape_or_nearest(order.shape, ratio=1.0)
        return choice

    async def _write(self, order: Order, choice: Choice, picture: Picture) -> Placed:
        now = self._clock()
        seconds = choice.seconds_or_default(order.seconds)
        name = f"{jobs.job_id(order.interaction_id)}.jpg"
        new = NewJob(
            interaction_id=order.interaction_id,
            guild_id=order.guild_id,
            channel_id=order.channel_id,
            member_id=order.member_id,
            reply_id=order.reply_id,
            thread_id=order.thread_id,
            provider=choice.provider,
            model=choice.model.id,
            prompt=order.prompt.strip(),
            seconds=seconds,
            shape=choice.shape_or_nearest(order.shape, ratio=picture.width / picture.height),
            seed=secrets.randbelow(SEED_LIMIT) if order.seed is None else order.seed,
            picture=name,
            price_credits=choice.price(seconds),
            due_at=now + REPLY_GRACE,
        )
        await self._files.keep_picture(name, picture.jpeg)
        try:
            job = await self._database.run(jobs.create, new, now=now)
        except NotEnoughCredits:
            # After any other error the picture may be that of a job which is there already.
            await self._files.drop_picture(name)
            raise
        return Placed(job, choice, picture.notes)
