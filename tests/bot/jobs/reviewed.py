"""A job under review, with the moderators' cards in memory."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from bot.jobs.reviews import Reviews
from bot.jobs.thread import ThreadError
from providers.base import TaskRef
from storage import jobs, verdicts
from storage.jobs import Job, JobState
from storage.verdicts import Case
from tests.bot.jobs.stages import bring_to
from tests.bot.workshop import GUILD, Workshop

TOLD: TaskRef = {"reference": "as the webhook says", "number": 7}
BY: dict[str, Any] = {"guild_id": GUILD, "moderator_id": 77}


class RecordedCards:
    """Implements `bot.jobs.cards.ReviewCards`; fails where a test says so."""

    def __init__(self) -> None:
        self.errors: deque[ThreadError] = deque()
        self.posted: list[tuple[str, int]] = []
        self.shown: list[tuple[JobState, Case]] = []
        self.gone: set[int] = set()

    async def post(self, job: Job, *, channel_id: int) -> int:
        """Keep where the card was posted, once."""
        if self.errors:
            raise self.errors.popleft()
        if (job.id, channel_id) not in self.posted:
            self.posted.append((job.id, channel_id))
        return 70_000 + channel_id

    async def show(self, job: Job, case: Case) -> None:
        """Keep what the card says."""
        if self.errors:
            raise self.errors.popleft()
        self.shown.append((job.state, case))


def with_cards(workshop: Workshop) -> RecordedCards:
    """Let the workshop's steps ask moderators."""
    cards = RecordedCards()
    workshop.bench = replace(workshop.bench, cards=cards)
    return cards


def reviews_of(workshop: Workshop) -> Reviews:
    """What moderators may ask of the workshop's jobs."""
    bench = workshop.bench
    return Reviews(
        bench.database,
        bench.catalogue,
        bench.files,
        bench.providers,
        clock=workshop.clock,
        wake_worker=workshop.count_wake_up,
    )


async def under_review(workshop: Workshop) -> Job:
    """A job whose member was told and whose moderators were asked."""
    job = await bring_to(workshop, JobState.NEEDS_REVIEW)
    await workshop.visit_all(job)
    return await workshop.job(job)


async def hint(workshop: Workshop, job: Job) -> None:
    await workshop.database.run(jobs.hint, job.id, task=TOLD, now=workshop.clock())


async def case_of(workshop: Workshop, job: Job) -> Case:
    case = await workshop.database.read(verdicts.of_job, job.id)
    assert case is not None
    return case


async def house_losses(workshop: Workshop) -> list[int]:
    def read(conn: sa.Connection) -> list[int]:
        rows = conn.exec_driver_sql("SELECT posted_change FROM entry WHERE phase = 'loss'")
        return [-row.posted_change for row in rows]

    return await workshop.database.read(read)
