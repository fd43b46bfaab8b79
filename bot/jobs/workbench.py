"""The tools every step works with, and the writes a step can end in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.budget.ask_cards import AskCards
from bot.clock import Clock
from bot.jobs.ailments import Ailments
from bot.jobs.callbacks import Callbacks
from bot.jobs.cards import ReviewCards
from bot.jobs.catalogue import Catalogue
from bot.jobs.files import JobFiles
from bot.jobs.links import ClipLinks
from bot.jobs.outcomes import Outcome, Settlement, settle
from bot.jobs.pace import Pace
from bot.jobs.rests import Rests
from bot.jobs.thread import JobThread
from bot.media.ffmpeg import Ffmpeg
from providers.base import Provider, TaskRef
from storage import jobs, late, line
from storage.database import Database
from storage.jobs import Job, JobState
from storage.slots import NO_LIMITS, Limits

RETRY = timedelta(seconds=10)
SLOW_RETRY = timedelta(minutes=1)
LONGEST_RETRY = timedelta(minutes=5)
LIFETIME = timedelta(hours=24)
"""No job stays open longer than this, whatever happens."""
REVIEW_LIFETIME = timedelta(days=30)
"""For as long the moderators' card is kept up to date, and a late clip looked for."""

REFUSALS = (Outcome.REFUSED, Outcome.RESULT_REFUSED)
"""What the owner's account at the provider may suffer for, so it counts against the member."""
CANCELLED = (
    *(Outcome.CANCELLED_EARLY, Outcome.CANCELLED_LATE),
    *(Outcome.NOT_APPROVED, Outcome.UNANSWERED),
)


@dataclass(frozen=True)
class Workbench:
    """Everything the steps of a job touch."""

    database: Database
    providers: Mapping[str, Provider]
    catalogue: Catalogue
    thread: JobThread
    files: JobFiles
    ffmpeg: Ffmpeg
    clock: Clock
    callbacks: Callbacks | None = None
    """None without a public address: then tasks are only polled."""
    links: ClipLinks | None = None
    """To clips as they came; None without a public address."""
    pace: Pace = field(default_factory=Pace)
    rests: Rests = field(default_factory=Rests)
    ailments: Ailments = field(default_factory=Ailments)
    unwritten_tasks: dict[str, TaskRef] = field(default_factory=dict)
    """By job: what a submit was answered and the disk did not take. The worker writes it down."""
    billed_stops: set[str] = field(default_factory=set)
    """Jobs whose provider said, once, that it bills a task it stopped; until that is written."""
    cards: ReviewCards | None = None
    """Where the moderators are asked; None: nobody is."""
    ask_cards: AskCards | None = None
    """The cards that ask whether a job may begin; None: there are none."""
    limits: Limits = NO_LIMITS
    """How many jobs of a member and of a guild may run at once."""

    def provider(self, job: Job) -> Provider:
        """The provider the job is ordered from."""
        return self.providers[job.provider]

    def is_past(self, since: datetime, span: timedelta) -> bool:
        """Whether more than that time has gone by."""
        return self.clock() > since + span

    def is_overdue(self, job: Job) -> bool:
        """Whether the provider has had all the time it is given."""
        started = job.started_at or job.created_at
        return self.is_past(started, timedelta(seconds=self.provider(job).deadline_seconds))

    def retry_pause(self, job: Job) -> timedelta:
        """When to repeat what failed: the longer it goes on already, the more rarely."""
        age = self.clock() - (job.started_at or job.created_at)
        return min(max(RETRY, age / 10), LONGEST_RETRY)

    def settlement(self, job: Job, outcome: Outcome, billed_microdollars: int | None) -> Settlement:
        """Who pays what for an outcome of this job."""
        return settle(
            outcome,
            job,
            billed_microdollars=billed_microdollars,
            credit_microdollars=self.catalogue.credit_microdollars,
            on_the_house=job.state is JobState.LATE,
        )

    async def look_again(
        self, job: Job, pause: timedelta, *, billed_microdollars: int | None = None
    ) -> None:
        """Leave the job as it is and come back after a pause, unless its lifetime is over.

        A bill the provider has named is kept, whatever becomes of the clip.
        """
        now = self.clock()
        if billed_microdollars is not None:
            job = replace(job, billed_microdollars=billed_microdollars)
        is_under_review = job.state in (JobState.NEEDS_REVIEW, JobState.LATE)
        lifetime = REVIEW_LIFETIME if is_under_review else LIFETIME
        if is_under_review:
            # Nobody's credits wait for it, and it may be tried for a month.
            pause = max(pause, SLOW_RETRY)
        if not self.is_past(job.finished_at or job.in_line_since, lifetime):
            await self.database.run(
                jobs.update,
                job,
                now=now,
                due_at=now + pause,
                billed_microdollars=job.billed_microdollars,
            )
        elif job.state is JobState.LATE:
            await self.end(job, Outcome.LOST, billed_microdollars=job.billed_microdollars)
        elif job.state.is_terminal:
            await self.database.run(jobs.update, job, now=now, due_at=None)
        else:
            await self._give_up(job)

    async def _give_up(self, job: Job) -> None:
        is_unknown = job.state is JobState.UNKNOWN
        await self.end(
            job,
            Outcome.THREAD_GONE if job.state is JobState.FETCHED else Outcome.LOST,
            state=JobState.NEEDS_REVIEW if is_unknown else JobState.FAILED,
            billed_microdollars=job.billed_microdollars,
        )

    async def wait_no_longer(self, job: Job) -> None:
        """Give the credits back for a task that may still run, and follow it on the house."""
        await self.end(
            job,
            Outcome.OVERDUE,
            state=JobState.NEEDS_REVIEW,
            billed_microdollars=job.billed_microdollars,
        )

    async def queue_again(
        self, job: Job, pause: timedelta, *, is_asked_to_wait: bool = False
    ) -> None:
        """Nothing was submitted: stand in line once more, and not wake earlier if so asked."""
        now = self.clock()
        await self.database.run(
            jobs.update,
            job,
            now=now,
            state=JobState.QUEUED,
            due_at=now + pause,
            not_before=now + pause if is_asked_to_wait else None,
        )
        await self.let_next(job)

    async def end(
        self,
        job: Job,
        outcome: Outcome,
        *,
        state: JobState = JobState.FAILED,
        billed_microdollars: int | None = None,
    ) -> None:
        """End the job without a clip and settle its hold, in one transaction."""
        now = self.clock()
        self.ailments.note(job.provider, outcome, now=now)
        settlement = self.settlement(job, outcome, billed_microdollars)
        if job.state is JobState.LATE:
            await self.database.run(
                late.finish,
                job,
                JobState.FAILED,
                now=now,
                house_loss_credits=settlement.house_loss,
                failure=outcome.value,
                billed_microdollars=billed_microdollars,
                is_strike=outcome in REFUSALS,
            )
            return
        await self.database.run(
            jobs.finish,
            job,
            JobState.CANCELLED if outcome in CANCELLED else state,
            now=now,
            paid_credits=settlement.paid,
            house_loss_credits=settlement.house_loss,
            failure=outcome.value,
            billed_microdollars=billed_microdollars,
            is_strike=outcome in REFUSALS,
            due_at=now,
        )
        await self.let_next(job)

    async def let_next(self, job: Job) -> None:
        """Its slots are free: whoever comes next need not wait for their next look."""
        await self.database.run(line.wake_next, now=self.clock(), limits=self.limits)
