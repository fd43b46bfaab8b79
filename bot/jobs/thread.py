"""What the jobs need of the place where members follow them; `bot.discord.delivery` provides it."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeAlias

from bot.jobs.links import ClipLink
from bot.jobs.outcomes import Outcome
from bot.media.fitting import Fitted
from storage.jobs import Job
from storage.strikes import Strike


@dataclass(frozen=True)
class AwaitingApproval:
    """A moderator has to let the job begin."""

    until: datetime
    """Then it ends, if nobody has answered."""


@dataclass(frozen=True)
class Waiting:
    """The job stands in line; 1 is next."""

    position: int
    seconds: int | None = None
    """How long until it may begin, where earlier clips tell."""
    own_running: int | None = None
    """So many of its member's own jobs run, and as many as may; None where those are fewer."""
    is_guild_busy: bool = False
    """As many jobs of its guild run as may."""


@dataclass(frozen=True)
class Running:
    """The provider has the task."""

    progress: float | None = None
    """From 0 to 1, where it is known."""
    seconds_left: int | None = None
    """As earlier clips of this model took, where the provider does not tell its progress."""
    has_begun: bool = True
    """False while the task stands in the provider's own queue."""


@dataclass(frozen=True)
class Posting:
    """The clip is being posted."""


@dataclass(frozen=True)
class Ended:
    """The job is over."""

    outcome: Outcome


Stage: TypeAlias = AwaitingApproval | Waiting | Running | Posting | Ended


class Whereabouts(enum.Enum):
    """Where a job is followed; a clip that is refused in one is taken to the next."""

    THREAD = enum.auto()
    """The thread on the reply."""
    CHANNEL = enum.auto()
    """Where the order was given, which may be a thread too."""
    DIRECT = enum.auto()
    """The member's direct messages."""


def whereabouts(job: Job) -> Whereabouts:
    """Tell the place from the job's ids: a thread has the id of the reply it was opened on."""
    match job.thread_id:
        case job.channel_id:
            return Whereabouts.CHANNEL
        case None | job.reply_id:
            return Whereabouts.THREAD
        case _:
            return Whereabouts.DIRECT


@dataclass(frozen=True)
class Opened:
    """Where a job is followed from now on."""

    thread_id: int
    status_id: int


class ThreadError(Exception):
    """The thread could not be reached.

    ThreadError
    ├── ThreadUnreachable   for now: try again later
    ├── ThreadGone          for good: deleted, or the bot was shut out
    └── ClipTooLarge        this place takes no file that large
    """


class ThreadUnreachable(ThreadError):
    """Discord did not answer, or asked to wait."""

    def __init__(self, reason: str = "", *, retry_after_seconds: float = 0) -> None:
        super().__init__(reason)
        self.retry_after_seconds = retry_after_seconds


class ThreadGone(ThreadError):
    """The channel or thread is gone, or the bot may no longer post there."""


class ClipTooLarge(ThreadError):
    """The clip is larger than this place takes, whatever its limit was said to be."""


class JobThread(Protocol):
    """The thread of a job. Every method is safe to repeat and raises ThreadError."""

    async def open(self, job: Job, stage: Stage) -> Opened:
        """Open the thread (or take the one the job was ordered in) and post the status message."""
        ...

    async def show(self, job: Job, stage: Stage) -> None:
        """Bring the status message up to date; drops what comes too soon after the last."""
        ...

    async def check(self, job: Job) -> None:
        """Raise ThreadGone where a clip made now could no longer be posted. Costs next to nothing.

        It is asked before money is spent, and as often as a job in line is visited.
        """
        ...

    async def next_place(self, job: Job) -> int | None:
        """Where to go when the place of a job takes its clip no more: an id for its `thread_id`.

        The status message left behind says that the job has moved. None: there is no other place.
        """
        ...

    async def upload_limit(self, job: Job) -> int:
        """How many bytes one file may have there."""
        ...

    async def post_clip(
        self,
        job: Job,
        clip: Fitted | ClipLink,
        *,
        paid_credits: int,
        offers_original: bool = False,
    ) -> int:
        """Post the clip once, mention the member once, and return the message's id.

        A link stands for a clip that this place cannot take. The original can be offered where
        something else is posted.
        """
        ...

    async def conclude(
        self,
        job: Job,
        outcome: Outcome,
        *,
        reason: str | None = None,
        strike: Strike | None = None,
    ) -> None:
        """Leave the status message in its last form, and tell the member of a failure.

        They are told in the first place that takes it, with the reason a moderator gave and what
        the refusal leads to; ThreadGone where none does.
        """
        ...
