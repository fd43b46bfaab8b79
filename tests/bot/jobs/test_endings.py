"""Every job ends, whatever state it is in and however its provider fails to answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.jobs.thread import ThreadGone
from bot.jobs.workbench import LIFETIME, LONGEST_RETRY
from providers.base import Link, Pending, Status, Succeeded, TaskRef, VideoRequest
from providers.errors import CannotTell, NotSubmitted, RateLimited, SubmitUncertain, Unreachable
from storage.books import check_books
from storage.job import SETTLED_STATES
from storage.jobs import Job, JobState
from tests.bot.jobs.stages import bring_to
from tests.bot.workshop import Workshop

OPEN_STATES = [
    state for state in JobState if state not in SETTLED_STATES | {JobState.NEEDS_APPROVAL}
]
SLOWNESS = timedelta(hours=2)
"""Of the worker, to spare the test most of a day's visits."""
A_LOOK = SLOWNESS + LONGEST_RETRY * 2
"""The longest pause between two visits, and a little."""


def never_submits(workshop: Workshop, error: Exception) -> None:
    async def submit(request: VideoRequest, reference: str) -> TaskRef:
        workshop.provider.calls.append("submit")
        raise error

    workshop.provider.submit = submit  # type: ignore[method-assign]  # for this test alone


def never_answers(workshop: Workshop) -> None:
    never_submits(workshop, SubmitUncertain("no answer"))
    break_reads(workshop, Unreachable("no answer"))


def never_takes(workshop: Workshop) -> None:
    never_submits(workshop, NotSubmitted("no route"))
    break_reads(workshop, Unreachable("no route"))


def always_limits(workshop: Workshop) -> None:
    never_submits(workshop, RateLimited(3600))
    break_reads(workshop, Unreachable("429"))


def knows_nothing(workshop: Workshop) -> None:
    never_submits(workshop, SubmitUncertain("502"))
    workshop.provider.finds.extend([CannotTell("no look-up")] * 1000)
    workshop.provider.statuses.extend([Pending(progress=0.5)] * 1000)


def loses_clips(workshop: Workshop) -> None:
    never_submits(workshop, NotSubmitted("no route"))

    async def nowhere(task: TaskRef) -> Status:
        return Succeeded(Link("http://127.0.0.1:9/clip.mp4"))

    workshop.provider.poll = nowhere  # type: ignore[method-assign]  # for this test alone
    workshop.provider.clips_from_loopback = True


def break_reads(workshop: Workshop, error: Exception) -> None:
    async def read(_: object) -> Status:
        raise error

    for name in ("poll", "find", "cancel"):
        setattr(workshop.provider, name, read)


async def assert_ends(workshop: Workshop, job: Job) -> None:
    submits = workshop.provider.calls.count("submit")
    while (await workshop.job(job)).finished_at is None:
        assert workshop.clock() <= job.created_at + LIFETIME + A_LOOK
        assert await workshop.visit_next()
        workshop.clock.advance(SLOWNESS)
    while await workshop.visit_next():
        workshop.clock.advance(SLOWNESS)
    ended = await workshop.job(job)
    assert ended.state in SETTLED_STATES
    assert [entry.posted_change for entry in await workshop.settlements(job)] == [0]
    assert (await workshop.account()).held == 0
    assert await workshop.database.read(check_books) == []
    assert workshop.provider.calls.count("submit") - submits < 40


@pytest.mark.parametrize("state", OPEN_STATES)
@pytest.mark.parametrize(
    "ails", [never_answers, never_takes, always_limits, knows_nothing, loses_clips]
)
async def test_every_job_ends_within_its_lifetime_and_costs_nothing(
    workshop: Workshop, state: JobState, ails: Callable[[Workshop], None]
) -> None:
    job = await bring_to(workshop, state)
    ails(workshop)
    workshop.thread.errors["post_clip"].extend([ThreadGone("nowhere to post")] * 5000)

    await assert_ends(workshop, job)
