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
from bot.jobs.outcomes import Outcome
from bot.jobs.privacy import Privacy
from bot.media.errors import CannotFit, ChildOverran, NotPlayable
from bot.media.ffmpeg import Ffmpeg
from bot.media.fitting import fit
from storage import jobs, members
from storage.database import Database
from storage.errors import JobNotFound
from storage.jobs import Job, JobState

PAGE_JOBS = 5


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
    TOO_LARGE = enum.auto()


class MemberService:
    """Shows members their own jobs, and moderators anybody's."""

    def __init__(
        self, database: Database, files: JobFiles, ffmpeg: Ffmpeg, *, clock: Clock
    ) -> None:
        self.privacy = Privacy(database, files, clock=clock)
        self._database = database
        self._files = files
        self._ffmpeg = ffmpeg

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
        self, viewer: Viewer, job_id: str, *, limit_bytes: int
    ) -> AsyncIterator[Path | NoClip]:
        """The clip of the viewer's own job, for as long as it takes to send it.

        Raises NotAllowed or JobNotFound.
        """
        job = await self.job(viewer, job_id)
        if job.member_id != viewer.member_id:
            raise NotAllowed("the member whose clip it is")
        if not await self._is_kept(viewer, job):
            yield NoClip.NOT_KEPT
            return
        async with self._files.scratch() as folder:
            try:
                clip: Path | NoClip = await fit(
                    self._ffmpeg,
                    self._files.clip(job.clip or ""),
                    limit_bytes=limit_bytes,
                    folder=folder,
                )
            except (CannotFit, ChildOverran):
                clip = NoClip.TOO_LARGE
            except NotPlayable:
                # Decoded when it was fetched; what changed since is the disk.
                clip = NoClip.NOT_KEPT
            yield clip

    async def _listed(self, guild_id: int, member_id: int, number: int) -> members.JobsPage:
        return await self._database.read(
            members.jobs_page,
            guild_id,
            member_id,
            skip=(max(1, number) - 1) * PAGE_JOBS,
            limit=PAGE_JOBS,
        )

    async def _is_kept(self, viewer: Viewer, job: Job) -> bool:
        """Whether the viewer can have the clip; an open job's is the worker's to deliver."""
        if job.clip is None or job.member_id != viewer.member_id or not is_ready(job):
            return False
        return await asyncio.to_thread(self._files.clip(job.clip).is_file)


def is_ready(job: Job) -> bool:
    """Whether the clip was posted, or had to be kept because its place was gone."""
    return job.state is JobState.DELIVERED or (
        job.state is JobState.FAILED and job.failure == Outcome.THREAD_GONE
    )
