"""What moderators may ask of jobs nobody can tell about, and where they are told of them."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from bot.clock import Clock
from bot.errors import PictureGone
from bot.jobs.catalogue import Catalogue
from bot.jobs.files import JobFiles
from bot.jobs.options import Checked, check
from bot.jobs.order import Given, Order
from bot.jobs.placing import on_disk
from bot.keeping.spending import Spending
from bot.logs import get_logger
from providers.base import Provider, TaskRef
from providers.errors import CannotTell
from storage import guilds, jobs, verdicts
from storage.database import Database
from storage.errors import JobNotFound
from storage.jobs import Job, JobRequest, NewJob
from storage.verdicts import Verdict

log = get_logger("reviews")

FILES = ("picture", "last_frame", "audio")


class Ruling(enum.Enum):
    """What came of a moderator's press."""

    COUNTS = enum.auto()
    TOO_LATE = enum.auto()
    """Somebody decided before, or the job has moved on by itself."""
    NO_SUCH_TASK = enum.auto()
    """What was typed is not the id of a task that could be this job's."""


@dataclass(frozen=True)
class Review:
    """A job a moderator is asked about."""

    job: Job
    is_open: bool
    can_be_fetched: bool
    """Its task is known, or the provider can be asked by a task's id."""
    task_is_known: bool
    """A webhook named the task."""


class Reviews:
    """Looks at jobs under review and carries out what a moderator decides, once for each job."""

    def __init__(
        self,
        database: Database,
        catalogue: Catalogue,
        files: JobFiles,
        providers: Mapping[str, Provider],
        *,
        clock: Clock,
        wake_worker: Callable[[], None],
        spending: Spending | None = None,
    ) -> None:
        self.catalogue = catalogue
        self._wake_worker = wake_worker
        self._spending = spending or Spending()
        self._database = database
        self._files = files
        self._providers = providers
        self._clock = clock

    async def review(self, job_id: str, *, guild_id: int) -> Review:
        """Look at a job of the moderator's own guild. Raises JobNotFound."""
        job = await self._job(job_id, guild_id)
        return Review(
            job,
            is_open=await self._database.read(verdicts.is_open, job),
            can_be_fetched=job.hint is not None or self._takes_ids(job),
            task_is_known=job.hint is not None,
        )

    async def it_ran(
        self, job_id: str, *, guild_id: int, moderator_id: int, task_id: str = ""
    ) -> Ruling:
        """Look for the clip at the known task, or the one of that id; deliver it on the house.

        Without either, it is only put on record that a person has to fetch the clip. Raises
        JobNotFound.
        """
        job = await self._job(job_id, guild_id)
        task = self._named(job, task_id) if task_id else job.hint
        if task_id and (task is None or await self._belongs_elsewhere(job, task)):
            return Ruling.NO_SUCH_TASK
        return await self._decide(job, Verdict.RAN, moderator_id, task)

    async def it_never_ran(self, job_id: str, *, guild_id: int, moderator_id: int) -> Ruling:
        """Put the job aside. Raises JobNotFound."""
        job = await self._job(job_id, guild_id)
        return await self._decide(job, Verdict.NEVER_RAN, moderator_id, None)

    async def price_again(self, job_id: str, *, guild_id: int) -> int:
        """What the same request costs its member now, in credits. Raises as `run_again`."""
        job = await self._job(job_id, guild_id)
        return (await self._priced(job)).price_credits

    async def run_again(
        self,
        job_id: str,
        *,
        guild_id: int,
        moderator_id: int,
        interaction_id: int,
        role_ids: Sequence[int],
    ) -> Job | None:
        """Make the same request anew, for the same member and on a new hold of theirs.

        Caps bind it by the member's own roles, not the moderator's. None where another verdict
        came first. Raises NotEnoughCredits, BudgetError, OrderError, PictureGone, JobNotFound,
        NoRoom, NotWritten and BooksDoNotBalance.
        """
        self._spending.check()
        job = await self._job(job_id, guild_id)
        priced = await self._priced(job)
        now = self._clock()
        with on_disk():
            kept = await self._copy_files(job, jobs.job_id(interaction_id))
        changes = {
            "interaction_id": interaction_id,
            "price_credits": priced.price_credits,
            "price_percent": priced.choice.price_percent,
            "provider_microdollars": priced.provider_microdollars,
            "due_at": now,
        }
        new = NewJob(**{**_request(job), **kept, **changes})
        made = await self._database.run(
            verdicts.run_again,
            job.id,
            new,
            moderator_id=moderator_id,
            role_ids=role_ids,
            now=now,
        )
        ruling = Ruling.TOO_LATE if made is None else Ruling.COUNTS
        _record(job, Verdict.RUN_AGAIN, moderator_id, ruling)
        self._wake_worker()
        return made

    async def _priced(self, job: Job) -> Checked:
        chosen = await self._database.read(guilds.settings, job.guild_id)
        given = Given(
            picture=job.picture is not None,
            last_frame=job.last_frame is not None,
            audio=job.audio is not None,
        )
        return check(self.catalogue.at(chosen.price_percent), _order(job), given)

    async def _job(self, job_id: str, guild_id: int) -> Job:
        job = await self._database.read(jobs.get, job_id)
        if job.guild_id != guild_id:
            raise JobNotFound(job_id)
        return job

    async def _decide(
        self, job: Job, verdict: Verdict, moderator_id: int, task: TaskRef | None
    ) -> Ruling:
        counts = await self._database.run(
            verdicts.decide,
            job.id,
            verdict,
            moderator_id=moderator_id,
            task=task,
            now=self._clock(),
        )
        ruling = Ruling.COUNTS if counts else Ruling.TOO_LATE
        _record(job, verdict, moderator_id, ruling)
        self._wake_worker()
        return ruling

    def _takes_ids(self, job: Job) -> bool:
        try:
            self._named(job, "")
        except CannotTell:
            return False
        return True

    def _named(self, job: Job, task_id: str) -> TaskRef | None:
        provider = self._providers.get(job.provider)
        if provider is None:
            raise CannotTell(job.provider)
        return provider.task_named(task_id.strip())

    async def _belongs_elsewhere(self, job: Job, task: TaskRef) -> bool:
        return await self._database.read(verdicts.is_task_of_another, job, task)

    async def _copy_files(self, job: Job, new_id: str) -> dict[str, str]:
        """Copy a job's files to a new job's names; unused copies go at the next start.

        Raises PictureGone.
        """
        kept = {}
        for column in FILES:
            name: str | None = getattr(job, column)
            if name is None:
                continue
            kept[column] = name.replace(job.id, new_id, 1)
            try:
                data = await self._files.read_upload(name)
            except FileNotFoundError as error:
                raise PictureGone(job.id) from error
            await self._files.keep_upload(kept[column], data)
        return kept


def _request(job: Job) -> dict[str, Any]:
    return {field.name: getattr(job, field.name) for field in fields(JobRequest)}


def _order(job: Job) -> Order:
    """What the member asked for, to be checked and priced anew."""
    return Order(
        interaction_id=job.interaction_id,
        guild_id=job.guild_id,
        channel_id=job.channel_id,
        member_id=job.member_id,
        reply_id=None,
        thread_id=job.thread_id,
        prompt=job.prompt,
        model=f"{job.provider}/{job.model}",
        seconds=job.seconds,
        shape=job.shape,
        resolution=job.resolution or None,
        sound=job.sound,
        negative_prompt=job.negative_prompt,
    )


def _record(job: Job, verdict: Verdict, moderator_id: int, ruling: Ruling) -> None:
    log.info(
        "a moderator decided",
        job=job.id,
        guild=job.guild_id,
        moderator=moderator_id,
        verdict=verdict.value,
        counts=ruling is Ruling.COUNTS,
    )
