"""A provider that asks to wait is not asked sooner, whoever wakes the job; and other refusals."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot.jobs.outcomes import Outcome
from providers.base import Failed, FailureReason
from providers.errors import KeyRefused, NotSubmitted, OutOfCredit, RateLimited
from storage import jobs, line, visits
from storage.jobs import Job, JobState
from tests.bot.jobs.bills import assert_paid
from tests.bot.workshop import PRICE, Workshop
from tests.scripted import Mishap

WAIT = timedelta(seconds=90)


async def told_to_wait(workshop: Workshop, seconds: float = 90) -> Job:
    workshop.provider.submits.append(Mishap(RateLimited(seconds)))
    job = await workshop.order()
    return await workshop.visit_while(lambda _: not workshop.provider.calls, job)


async def wake(workshop: Workshop, job: Job, by: str) -> None:
    now = workshop.clock()
    match by:
        case "start":
            await workshop.service.start(job)
        case "a free place":
            await workshop.database.run(line.wake_first_in_line, job.provider, now=now)
        case "a call":
            await workshop.database.run(jobs.hint, job.id, task={"id": "t-1"}, now=now)
        case _:
            await workshop.database.run(visits.wake, job.id, now=now)


async def test_the_wait_is_kept_on_the_row(workshop: Workshop) -> None:
    job = await told_to_wait(workshop)

    assert job.state is JobState.QUEUED
    assert job.due_at == job.not_before == workshop.clock() + WAIT


@pytest.mark.parametrize("by", ["start", "a free place", "a call", "anything"])
async def test_a_job_woken_early_is_not_submitted_early(workshop: Workshop, by: str) -> None:
    job = await told_to_wait(workshop)
    told = workshop.clock() + WAIT
    for _ in range(3):
        workshop.advance(seconds=20)
        await wake(workshop, job, by)
        await workshop.visit()

    waiting = await workshop.job(job)
    assert workshop.provider.calls == ["submit"]
    assert (waiting.state, waiting.due_at, waiting.hint) == (JobState.QUEUED, told, None)
    await workshop.visit_while(lambda _: len(workshop.provider.calls) == 1, job)
    assert workshop.clock() >= told
    await workshop.visit_all(job)
    await workshop.assert_settled(job, JobState.DELIVERED, paid=PRICE)


async def test_nobody_overtakes_a_job_that_was_told_to_wait(workshop: Workshop) -> None:
    first = await told_to_wait(workshop)
    workshop.advance(seconds=1)
    second = await workshop.order(2)

    moments: dict[str, datetime] = {}
    while await workshop.visit_next():
        for job_id in workshop.provider.tasks:
            moments.setdefault(job_id, workshop.clock())

    assert list(moments) == [first.id, second.id]
    assert first.not_before is not None
    assert min(moments.values()) >= first.not_before


async def test_after_another_refusal_the_wait_is_a_short_one(workshop: Workshop) -> None:
    job = await told_to_wait(workshop)
    workshop.provider.submits.append(Mishap(NotSubmitted("no route")))

    job = await workshop.visit_while(lambda _: len(workshop.provider.calls) == 1, job)

    assert job.state is JobState.QUEUED
    assert job.not_before is not None
    assert job.not_before - workshop.clock() < WAIT


async def test_when_the_job_that_was_told_to_wait_is_cancelled_the_next_one_waits_as_asked(
    workshop: Workshop,
) -> None:
    first = await told_to_wait(workshop)
    second = await workshop.order(2)
    await workshop.cancel(first)

    second = await workshop.visit_until(JobState.RUNNING, second)

    assert first.not_before is not None
    assert second.started_at is not None
    assert second.started_at >= first.not_before
    assert list(workshop.provider.tasks) == [second.id]


async def test_a_wait_of_no_time_is_no_hurry(workshop: Workshop) -> None:
    job = await told_to_wait(workshop, seconds=0)

    assert job.due_at == workshop.clock() + timedelta(seconds=1)


async def test_a_wait_that_grows_is_waited_out(workshop: Workshop) -> None:
    workshop.provider.submits.extend([Mishap(RateLimited(seconds)) for seconds in (1, 60, 3600)])

    job = await workshop.visit_all(await workshop.order())

    assert workshop.provider.calls.count("submit") == 4
    assert job.started_at is not None
    assert job.started_at - job.created_at >= timedelta(seconds=3661)
    await workshop.assert_settled(job, JobState.DELIVERED, paid=PRICE)


@pytest.mark.parametrize("hours", [24.1, 48, 24 * 7])
async def test_a_wait_longer_than_a_job_may_live_ends_it_now(
    workshop: Workshop, hours: float
) -> None:
    job = await told_to_wait(workshop, seconds=hours * 3600)

    assert job.failure == Outcome.MODEL_DOWN
    await assert_paid(workshop, job, JobState.FAILED, by_member=0, by_house=0)


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (KeyRefused("401"), Outcome.OWNER_KEY_REFUSED),
        (OutOfCredit("empty"), Outcome.OWNER_OUT_OF_CREDIT),
    ],
)
async def test_what_only_the_owner_can_mend_ends_the_job_and_costs_nothing(
    workshop: Workshop, error: Exception, outcome: Outcome
) -> None:
    workshop.provider.submits.append(Mishap(error))
    first = await workshop.order()
    second = await workshop.order(2)

    await workshop.visit_all(second)

    assert workshop.thread.concluded[0] == (first.id, outcome)
    await workshop.assert_settled(first, JobState.FAILED, paid=0)
    await workshop.assert_settled(second, JobState.DELIVERED, paid=PRICE)


@pytest.mark.parametrize(
    ("reason", "outcome"),
    [
        (FailureReason.RESULT_REFUSED, Outcome.RESULT_REFUSED),
        (FailureReason.MODEL_DOWN, Outcome.MODEL_DOWN),
        (FailureReason.OUT_OF_CREDIT, Outcome.OWNER_OUT_OF_CREDIT),
    ],
)
@pytest.mark.parametrize(("billed", "lost"), [(None, 0), (0, 0), (25_000, 3), (90_000, 9)])
async def test_a_task_that_failed_so_costs_the_house_what_is_billed(
    workshop: Workshop, reason: FailureReason, outcome: Outcome, billed: int | None, lost: int
) -> None:
    workshop.provider.statuses.append(Failed(reason, "for the log", billed))

    job = await workshop.visit_all(await workshop.order())

    assert (job.failure, job.billed_microdollars) == (outcome, billed)
    assert workshop.thread.concluded == [(job.id, outcome)]
    await assert_paid(workshop, job, JobState.FAILED, by_member=0, by_house=lost)
