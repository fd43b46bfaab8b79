"""What a member may ask of jobs that were ordered: a list of them, and a clip once more."""

from __future__ import annotations

import asyncio
import enum
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.clock import Clock
from bot.errors import NotAllowed
from bot.jobs.files import JobFiles
from bot.jobs.links import ClipLink, ClipLinks
from bot.jobs.outcomes import Outcome, settle
from bot.jobs.privacy import Privacy
from bot.media.errors import CannotFit, NotPlayable
from bot.media.ffmpeg import Ffmpeg
from bot.media.fitting import fit
from storage import jobs, members
from storage.database import Database
from storage.errors import JobNotFound, StaleFence
from storage.jobs import Job, JobState
from storage.retention import OVER_FOR_GOOD

PAGE_JOBS = 5
FIT_SECONDS = 600
"""An interaction can be answered for a quarter of an hour, and the answer takes its time too."""


@dataclass(frozen=True)
class Viewer:
    """Who asks, and where."""

    guild_id: int
    member_id: int
    is_moderator: bool


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page of a member's jobs, newest first."""

    member_id: int
    jobs: tuple[Job, ...]
    kept: frozenset[str]
    """The ids of those whose clip the viewer can have again."""
    number: int
    """From 1."""
    pages: int
    """At least 1."""


class NoClip(enum.Enum):
    """Why there is no clip to be had."""

    NOT_KEPT = enum.auto()
    BEING_POSTED = enum.auto()
    """The worker is at it this moment."""
    BEING_SENT = enum.auto()
    """An earlier press of the same member is being answered."""
    TOO_LARGE = enum.auto()


class MemberService:
    """Shows members their own jobs, and moderators anybody's."""

    def __init__(
        self,
        database: Database,
        files: JobFiles,
        ffmpeg: Ffmpeg,
        *,
        clock: Clock,
        links: ClipLinks | None = None,
    ) -> None:
        """Without links, a clip that is too large cannot be had."""
        self.privacy = Privacy(database, files, clock=clock)
        self._database = database
        self._files = files
        self._ffmpeg = ffmpeg
        self._clock = clock
        self._links = links
        self._served: set[int] = set()
        """Members to whom a clip is being handed out; each press may take minutes of work."""

    async def page(self, viewer: Viewer, member_id: int, number: int) -> Page:
        """A page of a member's jobs in the viewer's guild; the nearest, where it is no more.

        Raises NotAllowed.
        """
        if member_id != viewer.member_id and not viewer.is_moderator:
            raise NotAllowed("a moderator with the Manage Server permission")
        listed = await self._listed(viewer.guild_id, member_id, number)
        pages = max(1, -(-listed.of // PAGE_JOBS))
        if number > pages:
            number = pages
            listed = await self._listed(viewer.guild_id, member_id, number)
        kept = [job.id for job in listed.jobs if await self._is_kept(viewer, job)]
        return Page(
            member_id=member_id,
            jobs=listed.jobs,
            kept=frozenset(kept),
            number=number,
            pages=pages,
        )

    async def job(self, viewer: Viewer, job_id: str) -> Job:
        """A job the viewer may see: their own, or as a moderator any of the guild's.

        Raises NotAllowed or JobNotFound.
        """
        job = await self._database.read(jobs.get, job_id)
        if job.guild_id != viewer.guild_id:
            raise JobNotFound(job_id)
        if job.member_id != viewer.member_id and not viewer.is_moderator:
            raise NotAllowed("the member whose job it is, or a moderator")
        return job

    @asynccontextmanager
    async def clip(
        self, viewer: Viewer, job_id: str, *, limit_bytes: int, credit_microdollars: int
    ) -> AsyncIterator[Path | ClipLink | NoClip]:
        """The clip of the viewer's own job, for as long as it takes to send it.

        One that no place takes is delivered by this, and paid for. A link stands for one that is
        too large. Raises NotAllowed or JobNotFound.
        """
        job = await self.job(viewer, job_id)
        if job.member_id != viewer.member_id:
            raise NotAllowed("the member whose clip it is")
        if job.state is JobState.FETCHED and not is_ready(job):
            yield NoClip.BEING_POSTED
        elif not await self._is_kept(viewer, job):
            yield NoClip.NOT_KEPT
        elif viewer.member_id in self._served:
            yield NoClip.BEING_SENT
        else:
            self._served.add(viewer.member_id)
            try:
                async with self._files.scratch() as folder:
                    clip = await self._fitted(job, limit_bytes, folder)
                    yield await self._given(viewer, job, clip, credit_microdollars)
            finally:
                self._served.discard(viewer.member_id)

    async def _fitted(self, job: Job, limit_bytes: int, folder: Path) -> Path | ClipLink | NoClip:
        try:
            async with asyncio.timeout(FIT_SECONDS):
                fitted = await fit(
                    self._ffmpeg,
                    self._files.clip(job.clip or ""),
                    limit_bytes=limit_bytes,
                    folder=folder,
                    takes_poor=self._links is None,
                )
        except (CannotFit, TimeoutError):
            return self.link(job) or NoClip.TOO_LARGE
        except (NotPlayable, FileNotFoundError):
            # Decoded when it was fetched; what changed since is the disk.
            return NoClip.NOT_KEPT
        return fitted.path

    async def _given(
        self, viewer: Viewer, job: Job, clip: Path | ClipLink | NoClip, credit_microdollars: int
    ) -> Path | ClipLink | NoClip:
        """The clip, once nothing speaks against handing it out: it took a while to make it fit."""
        if isinstance(clip, NoClip):
            return clip
        if job.state is JobState.FETCHED:
            return clip if await self._deliver(job, credit_microdollars) else NoClip.BEING_POSTED
        return (
            clip if await self._is_kept(viewer, await self.job(viewer, job.id)) else NoClip.NOT_KEPT
        )

    async def original(self, guild_id: int, job_id: str) -> ClipLink | NoClip:
        """A link to the clip as it came, for anybody in the guild it is posted in.

        Raises JobNotFound.
        """
        job = await self._database.read(jobs.get, job_id)
        if job.guild_id != guild_id:
            raise JobNotFound(job_id)
        if job.state is JobState.FETCHED:
            return NoClip.BEING_POSTED
        if job.clip is None or not await self._is_stored(job.clip):
            return NoClip.NOT_KEPT
        return self.link(job) or NoClip.NOT_KEPT

    def link(self, job: Job) -> ClipLink | None:
        """A new link to a job's clip; None where there is no public address."""
        return self._links.link(job.id, now=self._clock()) if self._links else None

    async def _deliver(self, job: Job, credit_microdollars: int) -> bool:
        """Stamp first and hand out then, for a clip that was paid for can always be had again.

        Nothing is stamped where the worker has claimed the job since it was read.
        """
        settlement = settle(
            Outcome.DELIVERED,
            job,
            billed_microdollars=job.billed_microdollars,
            credit_microdollars=credit_microdollars,
        )
        now = self._clock()
        try:
            await self._database.run(
                jobs.finish,
                job,
                JobState.DELIVERED,
                now=now,
                paid_credits=settlement.paid,
                house_loss_credits=settlement.house_loss,
                due_at=now,
            )
        except StaleFence:
            return False
        return True

    async def _listed(self, guild_id: int, member_id: int, number: int) -> members.JobsPage:
        return await self._database.read(
            members.jobs_page,
            guild_id,
            member_id,
            skip=(max(1, number) - 1) * PAGE_JOBS,
            limit=PAGE_JOBS,
        )

    async def _is_kept(self, viewer: Viewer, job: Job) -> bool:
        """Whether the viewer can have the clip."""
        if job.clip is None or job.member_id != viewer.member_id or not is_ready(job):
            return False
        return await self._is_stored(job.clip)

    async def _is_stored(self, name: str) -> bool:
        return await asyncio.to_thread(self._files.clip(name).is_file)


def is_ready(job: Job) -> bool:
    """Whether a clip can be had: the job is over, or its clip waits for a place to be posted."""
    if job.state is JobState.FETCHED:
        return job.lease_until is None
    return job.state in OVER_FOR_GOOD and job.failure != Outcome.NOT_PLAYABLE
