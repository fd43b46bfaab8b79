"""What members like to have made of a clip they were given: free, and one at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol, assert_never

from bot.clock import Clock
from bot.jobs.extra import (
    Beside,
    Extra,
    Join,
    Loop,
    Made,
    Moving,
    Poster,
    Soundtrack,
    Trim,
    file_name,
)
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
from bot.jobs.thread import ClipTooLarge, ThreadError
from bot.jobs.upload_tiers import lower_limit
from bot.logs import get_logger
from bot.media.clips import probe
from bot.media.errors import CannotFit, ChildOverran, ClipError
from bot.media.extras.looping import loop
from bot.media.extras.material import Material, material
from bot.media.extras.pairing import join, side_by_side
from bot.media.extras.sounding import with_sound
from bot.media.extras.stills import poster, preview
from bot.media.extras.trimming import trim
from bot.media.ffmpeg import Ffmpeg
from bot.media.fitting import fit
from bot.media.permits import one_piece
from storage import blocks, members, upload_limits
from storage.database import Database
from storage.jobs import Job, JobState

MOST_SECONDS = 300
"""What an extra may take, its wait for a permit included."""
LAST_ORDERS_SECONDS = 8
"""What extras under way have, once the bot is being stopped; they can be asked for again."""
FIT_ATTEMPTS = 3
OTHERS_OFFERED = 25
_LOOKED_THROUGH = 60

log = get_logger("extras")


class ExtraBoard(Protocol):
    """Where extras are posted. Every method raises ThreadError."""

    async def limit_bytes(self, job: Job) -> int:
        """How many bytes one file may have there."""
        ...

    async def post(self, job: Job, made: Made, *, member_id: int, nonce: str) -> int:
        """Post it beside the job's clip, and return the message's id."""
        ...


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
        most_seconds: float = MOST_SECONDS,
    ) -> None:
        self._database = database
        self._history = history
        self._files = files
        self._ffmpeg = ffmpeg
        self._board = board
        self._clock = clock
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

        Nothing of it is left on the disk. Raises as `job` does, and MemberBlocked,
        ExtraRefused, ExtraError, SoundError, OrderError or Restarting.
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
                            made = await self._made(asked.viewer, job, extra, folder, limit)
                except TooHard:
                    # What was removed meanwhile could not be opened, which is no fault of its own.
                    await self._check_kept(asked, extra)
                    raise
                return await self._post(asked, job, made, limit)

    async def _check_kept(self, asked: Asked, extra: Extra) -> None:
        """See that nothing of it was removed or forgotten meanwhile. Raises as `job` does."""
        await self.job(asked.viewer, asked.job_id)
        if isinstance(extra, Join | Beside):
            await self.job(asked.viewer, extra.other)

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
        self, viewer: Viewer, job: Job, extra: Extra, folder: Path, limit_bytes: int
    ) -> Made:
        clip = await self._material(job, folder)
        to = folder / file_name(extra, job.id)
        made = Made(extra=extra, path=to, name=to.name, seconds=None)
        match extra:
            case Poster():
                at_seconds = extra.seconds(clip.seconds)
                await poster(self._ffmpeg, clip, to, at_seconds=at_seconds)
                return made
            case Moving(kind=kind):
                await preview(self._ffmpeg, clip, to, kind=kind, limit_bytes=limit_bytes)
                return made
            case Loop(fade_seconds=fade_seconds):
                await loop(self._ffmpeg, clip, to, fade_seconds=fade_seconds)
            case Trim(from_seconds=start, to_seconds=end):
                await trim(self._ffmpeg, clip, to, from_seconds=start, to_seconds=end)
            case Soundtrack(upload=upload, is_mixed=is_mixed):
                sound = await with_sound(self._ffmpeg, clip, await upload(), to, is_mixed=is_mixed)
                made = replace(made, was_cut=sound.was_cut)
            case Join(other=other):
                await join(self._ffmpeg, clip, await self._other(viewer, other, folder), to)
            case Beside(other=other):
                right = await self._other(viewer, other, folder)
                await side_by_side(self._ffmpeg, clip, right, to)
            case _:
                assert_never(extra)
        return await self._fitted(made, folder, limit_bytes)

    async def _other(self, viewer: Viewer, job_id: str, folder: Path) -> Material:
        return await self._material(await self.job(viewer, job_id), folder)

    async def _material(self, job: Job, folder: Path) -> Material:
        return await material(self._ffmpeg, self._files.clip(job.clip or ""), folder)

    async def _fitted(self, made: Made, folder: Path, limit_bytes: int) -> Made:
        facts = await probe(self._ffmpeg, made.path, is_proven=True)
        made = replace(made, seconds=facts.seconds)
        if facts.size_bytes <= limit_bytes:
            return made
        fitted = await fit(self._ffmpeg, made.path, limit_bytes=limit_bytes, folder=folder)
        return replace(made, path=fitted.path)

    async def _post(self, asked: Asked, job: Job, made: Made, limit_bytes: int) -> int:
        """Post within what the place takes; its limit is data, and can be wrong."""
        nonce, member_id = f"x{asked.interaction_id}", asked.viewer.member_id
        folder = made.path.parent
        for _ in range(FIT_ATTEMPTS):
            await self._check_kept(asked, made.extra)
            try:
                return await self._board.post(job, made, member_id=member_id, nonce=nonce)
            except ClipTooLarge as error:
                if made.seconds is None:
                    raise TooLarge from error
            except ThreadError as error:
                raise NotPosted from error
            size_bytes = (await asyncio.to_thread(made.path.stat)).st_size
            limit_bytes = lower_limit(min(limit_bytes, size_bytes))
            async with self._in_time():
                made = await self._fitted(made, folder, limit_bytes)
        raise TooLarge

    async def _is_kept(self, job: Job) -> bool:
        # Of a clip that is not delivered yet, nothing is given away.
        if job.clip is None or job.state is not JobState.DELIVERED or not is_ready(job):
            return False
        return await asyncio.to_thread(self._files.clip(job.clip).is_file)
