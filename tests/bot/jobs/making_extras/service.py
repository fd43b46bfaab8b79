"""What extras are made and posted with, where no Discord is needed."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.jobs.extra import Made, Trim
from bot.jobs.extras import Asked, ExtrasService
from bot.jobs.history import MemberService, Viewer
from bot.jobs.thread import ClipTooLarge
from bot.media.ffmpeg import Ffmpeg
from bot.media.permits import Permits, Work
from storage.jobs import Job
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

    async def limit_bytes(self, job: Job) -> int:
        return self.told_bytes

    async def post(self, job: Job, made: Made, *, member_id: int, nonce: str) -> int:
        if self.errors:
            raise self.errors.popleft()
        size_bytes = (await asyncio.to_thread(made.path.stat)).st_size
        if size_bytes > self.taken_bytes:
            self.on_refusal()
            raise ClipTooLarge
        self.posts.append((made, size_bytes))
        return len(self.posts)


def make_service(
    workshop: Workshop, board: Board, permits: Permits, *, most_seconds: float = 60
) -> ExtrasService:
    history = MemberService(
        workshop.database, workshop.files, workshop.bench.ffmpeg, clock=workshop.clock
    )
    ffmpeg = Ffmpeg(permits, Work.EXTRA)
    return ExtrasService(
        workshop.database,
        history,
        workshop.files,
        ffmpeg,
        board,
        clock=workshop.clock,
        most_seconds=most_seconds,
    )


async def delivered(workshop: Workshop, interaction_id: int) -> Job:
    return await workshop.visit_all(await workshop.order(interaction_id))


def asked(job: Job, viewer: Viewer = OWN) -> Asked:
    return Asked(viewer, job.id, interaction_id=77)


def left_behind(workshop: Workshop) -> list[str]:
    folder = workshop.files.clip("x").parent
    return [path.name for path in folder.iterdir() if path.is_dir()]
