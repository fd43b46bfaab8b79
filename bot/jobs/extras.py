"""What members like to have made of a clip they were given: free, and one at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from bot.clock import Clock
from bot.jobs import extra_making
from bot.jobs.extra import Extra, Made, file_name, mark_of, other_of
from bot.jobs.extra_board import ExtraBoard
from bot.jobs.extra_errors import (
    BeingPosted,
    ClipGone,
    NoOtherClip,
    NotPosted,
    StillMaking,
    TooHard,
    TookTooLong,
    TooLarge,
)
from bot.jobs.files import JobFiles
from bot.jobs.history import MemberService, Viewer, is_ready
from bot.jobs.last_orders import LastOrders
from bot.jobs.links import ClipLinks
from bot.jobs.placing import on_disk
from bot.jobs.thread import ClipTooLarge, ThreadError
from bot.jobs.upload_tiers import lower_limit
from bot.logs import get_logger
from bot.media.clip_kinds import ClipKind
from bot.media.errors import CannotFit, ChildOverran, ClipError
from bot.media.extras.material import Material, material
from bot.media.ffmpeg import Ffmpeg
from bot.media.fitting import fit
from bot.media.permits import one_piece
from storage import blocks, extras, members, upload_limits
from storage.database import Database
from storage.extras import PostedExtra
from storage.jobs import Job, JobState

MOST_SECONDS = 300
"""What an extra may take, its wait for a permit included."""
LAST_ORDERS_SECONDS = 8
"""What extras under way have, once the bot is being stopped; they can be asked for again."""
FIT_ATTEMPTS = 3
OTHERS_OFFERED = 25
_LOOKED_THROUGH = 60

log = get_logger("extras")


@dataclass(frozen=True)
class Asked:
    """Who asks for an extra, of which clip, and by which interaction."""

    viewer: Viewer
    job_id: str
    interaction_id: int


class ExtrasService:
    """Makes extras for a clip's member, and for moderators."""

    def __init__(
        self,
        database: Database,
        history: MemberService,
        files: JobFiles,
        ffmpeg: Ffmpeg,
        board: ExtraBoard,
        *,
        clock: Clock,
        links: ClipLinks | None = None,
        most_seconds: float = MOST_SECONDS,
    ) -> None:
        """Without links, what is too large for a place cannot be had."""
        self._database = database
        self._history = history
        self._files = files
        self._ffmpeg = ffmpeg
        self._board = board
        self._clock = clock
        self._links = links
        self._most_seconds = most_seconds
        self._busy: set[int] = set()
        self._last_orders = LastOrders()

    def call_last_orders(self) -> None:
        """The bot is being stopped: what is under way has a few seconds."""
        self._last_orders.call(seconds=LAST_ORDERS_SECONDS)

    async def job(self, viewer: Viewer, job_id: str) -> Job:
        """A job of whose clip the viewer may have extras.

        Raises NotAllowed, JobNotFound, ClipGone, BeingPosted.
        """
        job = await self._history.job(viewer, job_id)
        if job.state is JobState.FETCHED:
            # Whoever is quick presses before the job that was posted is stamped.
            raise BeingPosted
        if not await self._is_kept(job):
            raise ClipGone
        return job

    async def others(self, viewer: Viewer, job_id: str) -> tuple[Job, ...]:
        """The newest other clips of the same member here, at least one.

        Raises as `job` does, and NoOtherClip.
        """
        job = await self.job(viewer, job_id)
        page = await self._database.read(
            members.jobs_page, job.guild_id, job.member_id, skip=0, limit=_LOOKED_THROUGH
        )
        kept = [one for one in page.jobs if one.id != job.id and await self._is_kept(one)]
        if not kept:
            raise NoOtherClip
        return tuple(kept[:OTHERS_OFFERED])

    async def make(self, asked: Asked, extra: Extra) -> int:
        """Make an extra and post it beside its clip; return the message's id.

        Nothing of it is left on the disk, but for one that only a link can bring. Raises as `job`
        does, and MemberBlocked, ExtraRefused, ExtraError, SoundError, OrderError, NotWritten,
        NoRoom or Restarting.
        """
        job = await self.job(asked.viewer, asked.job_id)
        await self._database.read(
            blocks.check, job.guild_id, asked.viewer.member_id, now=self._clock()
        )
        with self._alone(asked.viewer.member_id):
            async with self._files.scratch() as folder:
                limit = await self._limit(job)
                try:
                    async with self._in_time():
                        with one_piece():
                            made = await self._made(asked, job, extra, folder, limit)
                except TooHard:
                    # What was removed meanwhile could not be opened, which is no fault of its own.
                    await self._check_kept(asked, extra)
                    raise
                return await self._post(asked, job, made, limit)

    async def _check_kept(self, asked: Asked, extra: Extra) -> None:
        """See that nothing of it was removed or forgotten meanwhile. Raises as `job` does."""
        for source in filter(None, (asked.job_id, other_of(extra))):
            await self.job(asked.viewer, source)

    @contextmanager
    def _alone(self, member_id: int) -> Iterator[None]:
        if member_id in self._busy:
            raise StillMaking
        self._busy.add(member_id)
        try:
            yield
        finally:
            self._busy.discard(member_id)

    @asynccontextmanager
    async def _in_time(self) -> AsyncIterator[None]:
        """Word what a clip may do to the making of an extra."""
        try:
            async with self._last_orders.in_time(), asyncio.timeout(self._most_seconds):
                yield
        except TimeoutError as error:
            raise TookTooLong from error
        except CannotFit as error:
            raise TooLarge from error
        except (ClipError, ChildOverran, FileNotFoundError) as error:
            log.warning("an extra failed", error=type(error).__name__, reason=str(error))
            raise TooHard from error

    async def _limit(self, job: Job) -> int:
        try:
            said = await self._board.limit_bytes(job)
        except ThreadError as error:
            raise NotPosted from error
        now = self._clock()
        return await self._database.read(upload_limits.real_limit, job.guild_id, said, now=now)

    async def _made(
        self, asked: Asked, job: Job, extra: Extra, folder: Path, limit_bytes: int
    ) -> Made:
        clip, other = await self._material(job, folder), None
        if other_id := other_of(extra):
            other = await self._material(await self.job(asked.viewer, other_id), folder)
        to = folder / file_name(extra, job.id, asked.interaction_id)
        return await extra_making.make(
            self._ffmpeg, extra, clip, other, to, limit_bytes=limit_bytes
        )

    async def _material(self, job: Job, folder: Path) -> Material:
        return await material(self._ffmpeg, self._files.clip(job.clip or ""), folder)

    async def _post(self, asked: Asked, job: Job, made: Made, limit_bytes: int) -> int:
        """Post it; its row is there before, so that whatever breaks, it can be taken back."""
        row = PostedExtra(
            id=asked.interaction_id,
            guild_id=job.guild_id,
            job_id=job.id,
            other_id=other_of(made.extra),
            place_id=job.thread_id or job.channel_id,
            made_at=self._clock(),
        )
        if not await self._database.run(extras.create, row):
            raise ClipGone
        is_posted = False
        try:
            message_id = await self._post_somehow(asked, job, made, limit_bytes)
            row = replace(row, message_id=message_id)
            is_posted = await self._database.run(extras.posted, row)
        finally:
            if not is_posted:
                lost = replace(row, file=_copy_name(asked, job, made))
                await self._database.run(extras.give_up, lost)
        if not is_posted:
            raise ClipGone
        return message_id

    async def _post_somehow(self, asked: Asked, job: Job, made: Made, limit_bytes: int) -> int:
        """The file, or a link to it where it can be had by one and no good version fits."""
        try:
            return await self._post_file(asked, job, made, limit_bytes)
        except TooLarge:
            if self._links is None or ClipKind.named(made.path) is None:
                raise
        name = _copy_name(asked, job, made)
        if not await self._database.run(extras.keep, asked.interaction_id, name):
            raise ClipGone
        with on_disk():
            await self._files.keep_extra(name, made.path)
        link = self._links.link(name, now=self._clock())
        return await self._send(asked, job, replace(made, link=link))

    async def _post_file(self, asked: Asked, job: Job, made: Made, limit_bytes: int) -> int:
        """Post within what the place takes; its limit is data, and can be wrong."""
        for _ in range(FIT_ATTEMPTS):
            async with self._in_time():
                fitted = await self._fitted(made, limit_bytes)
            try:
                return await self._send(asked, job, fitted)
            except ClipTooLarge:
                limit_bytes = lower_limit(min(limit_bytes, await _size_bytes(fitted.path)))
        raise TooLarge

    async def _fitted(self, made: Made, limit_bytes: int) -> Made:
        if await _size_bytes(made.path) <= limit_bytes:
            return made
        if made.seconds is None:
            raise CannotFit(limit_bytes)
        fitted = await fit(
            self._ffmpeg,
            made.path,
            limit_bytes=limit_bytes,
            folder=made.path.parent,
            takes_poor=self._links is None,
        )
        return replace(made, path=fitted.path, fitted=fitted)

    async def _send(self, asked: Asked, job: Job, made: Made) -> int:
        await self._check_kept(asked, made.extra)
        nonce, member_id = f"x{asked.interaction_id}", asked.viewer.member_id
        try:
            return await self._board.post(job, made, member_id=member_id, nonce=nonce)
        except ClipTooLarge:
            raise
        except ThreadError as error:
            raise NotPosted from error

    async def _is_kept(self, job: Job) -> bool:
        # Of a clip that is not delivered yet, nothing is given away.
        if job.clip is None or job.state is not JobState.DELIVERED or not is_ready(job):
            return False
        return await asyncio.to_thread(self._files.clip(job.clip).is_file)


def _copy_name(asked: Asked, job: Job, made: Made) -> str:
    return f"{job.id}{mark_of(asked.interaction_id)}{made.path.suffix}"


async def _size_bytes(file: Path) -> int:
    return (await asyncio.to_thread(file.stat)).st_size
