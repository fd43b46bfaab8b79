"""What extras are made and posted with, where no Discord is needed."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from bot.jobs.extra import Made, Trim
from bot.jobs.extras import Asked, ExtrasService
from bot.jobs.history import MemberService, Viewer
from bot.jobs.links import ClipLinks
from bot.jobs.removed_extras import RemovedExtras
from bot.jobs.thread import ClipTooLarge
from bot.media.permits import Permits, Work
from storage import clip_reports
from storage.clip_reports import ReportState
from storage.extras import PostedExtra
from storage.jobs import Job
from tests.bot.frugal import ProbesOnce
from tests.bot.workshop import GUILD, MEMBER, Workshop

OWN = Viewer(GUILD, MEMBER, is_moderator=False)
TRIM = Trim(0.5, 1.5)


@dataclass
class Board:
    """Takes files of up to so many bytes, and fails where a test says so."""

    told_bytes: int = 10 * 2**20
    taken_bytes: int = 10 * 2**20
    errors: deque[Exception] = field(default_factory=deque)
    posts: list[tuple[Made, int]] = field(default_factory=list)
    on_refusal: Callable[[], None] = lambda: None
    deleted: list[PostedExtra] = field(default_factory=list)
    while_posting: Callable[[], Awaitable[None]] | None = None
    while_deleting: Callable[[], Awaitable[None]] | None = None

    async def limit_bytes(self, job: Job) -> int:
        return self.told_bytes

    async def post(self, job: Job, made: Made, *, member_id: int, nonce: str) -> int:
        if self.errors:
            raise self.errors.popleft()
        if self.while_posting is not None:
            await self.while_posting()
        if made.link is not None:
            self.posts.append((made, 0))
            return len(self.posts)
        size_bytes = (await asyncio.to_thread(made.path.stat)).st_size
        if size_bytes > self.taken_bytes:
            self.on_refusal()
            raise ClipTooLarge
        self.posts.append((made, size_bytes))
        return len(self.posts)

    async def delete(self, posted: PostedExtra) -> None:
        if self.errors:
            raise self.errors.popleft()
        self.deleted.append(posted)
        if self.while_deleting is not None:
            await self.while_deleting()


def make_service(
    workshop: Workshop,
    board: Board,
    permits: Permits,
    *,
    links: ClipLinks | None = None,
    most_seconds: float = 60,
) -> ExtrasService:
    history = make_history(workshop)
    ffmpeg = ProbesOnce(permits, Work.EXTRA)
    return ExtrasService(
        workshop.database,
        history,
        workshop.files,
        ffmpeg,
        board,
        clock=workshop.clock,
        links=links,
        most_seconds=most_seconds,
    )


def make_history(workshop: Workshop) -> MemberService:
    return MemberService(
        workshop.database, workshop.files, workshop.bench.ffmpeg, clock=workshop.clock
    )


def make_chore(workshop: Workshop, board: Board) -> RemovedExtras:
    """What takes extras back, in a process that begins now."""
    drop = make_history(workshop).privacy.drop_forgotten_files
    return RemovedExtras(workshop.database, workshop.files, board, drop, clock=workshop.clock)


async def remove(workshop: Workshop, job: Job) -> None:
    """As a moderator does to whom the clip was reported."""
    now = workshop.clock()
    await workshop.database.run(clip_reports.add, GUILD, job.id, 98, "why", now=now)
    removed = ReportState.REMOVED
    await workshop.database.run(clip_reports.decide, GUILD, job.id, 99, removed, now=now)


async def delivered(workshop: Workshop, interaction_id: int) -> Job:
    return await workshop.visit_all(await workshop.order(interaction_id))


def asked(job: Job, viewer: Viewer = OWN, *, interaction_id: int = 77) -> Asked:
    return Asked(viewer, job.id, interaction_id=interaction_id)


def left_behind(workshop: Workshop) -> list[str]:
    folder = workshop.files.clip("x").parent
    return [path.name for path in folder.iterdir() if path.is_dir()]
