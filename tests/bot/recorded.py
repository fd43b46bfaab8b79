"""A thread in memory: it keeps what was shown and posted, and fails where a test says so."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass

from bot.jobs.links import ClipLink
from bot.jobs.outcomes import Outcome
from bot.jobs.thread import ClipTooLarge, Opened, Stage
from bot.media.fitting import Fitted
from storage.jobs import Job
from storage.strikes import Strike

MIB = 2**20


@dataclass(frozen=True)
class PostedClip:
    """A clip as it stands in a thread."""

    job_id: str
    message_id: int
    paid_credits: int
    data: bytes
    clip: Fitted | ClipLink
    offers_original: bool


class RecordedThread:
    """Implements `bot.jobs.thread.JobThread`; a job and a step name a message, as a nonce does."""

    def __init__(self) -> None:
        self.elsewhere: deque[int] = deque()
        """Where else a clip may go; no further place once it is empty."""
        self.limit_bytes = 10 * MIB
        self.taken_bytes = 100 * MIB
        self.errors: defaultdict[str, deque[Exception]] = defaultdict(deque)
        self.messages: dict[tuple[str, str], int] = {}
        self.clips: list[PostedClip] = []
        self.opened: list[tuple[str, Stage]] = []
        self.shown: list[tuple[str, Stage]] = []
        self.concluded: list[tuple[str, Outcome]] = []
        self.holding: dict[str, asyncio.Event] = {}
        self.entered: list[tuple[str, str]] = []
        self._changed = asyncio.Condition()

    async def open(self, job: Job, stage: Stage) -> Opened:
        """Name the thread after the reply, as Discord does."""
        await self._enter("open", job)
        self.opened.append((job.id, stage))
        return Opened(job.thread_id or job.reply_id or 0, self._message(job, "status"))

    async def show(self, job: Job, stage: Stage) -> None:
        """Keep what was shown."""
        await self._enter("show", job)
        self.shown.append((job.id, stage))
        await self._tell()

    async def check(self, job: Job) -> None:
        """The place is there, unless a test says otherwise."""
        await self._enter("check", job)

    async def next_place(self, job: Job) -> int | None:
        """The next of the places a test named."""
        await self._enter("next_place", job)
        return self.elsewhere.popleft() if self.elsewhere else None

    async def upload_limit(self, job: Job) -> int:
        """What the place is said to take."""
        await self._enter("upload_limit", job)
        return self.limit_bytes

    async def post_clip(
        self,
        job: Job,
        clip: Fitted | ClipLink,
        *,
        paid_credits: int,
        offers_original: bool = False,
    ) -> int:
        """Keep the clip, once."""
        await self._enter("post_clip", job)
        data = b""
        if isinstance(clip, Fitted):
            data = await asyncio.to_thread(clip.path.read_bytes)
        if len(data) > self.taken_bytes:
            raise ClipTooLarge
        is_new = (job.id, "clip") not in self.messages
        message_id = self._message(job, "clip")
        if is_new:
            posted = PostedClip(job.id, message_id, paid_credits, data, clip, offers_original)
            self.clips.append(posted)
        await self._tell()
        return message_id

    async def conclude(
        self,
        job: Job,
        outcome: Outcome,
        *,
        reason: str | None = None,
        strike: Strike | None = None,
    ) -> None:
        """Keep how it ended."""
        await self._enter("conclude", job)
        self.concluded.append((job.id, outcome))
        await self._tell()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until the condition holds; it is looked at whenever something happens here."""
        async with asyncio.timeout(20), self._changed:
            await self._changed.wait_for(condition)

    async def _enter(self, step: str, job: Job) -> None:
        self.entered.append((step, job.id))
        await self._tell()
        if job.id in self.holding:
            await self.holding[job.id].wait()
        if self.errors[step]:
            raise self.errors[step].popleft()

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    def _message(self, job: Job, step: str) -> int:
        return self.messages.setdefault((job.id, step), 9_000 + len(self.messages))
