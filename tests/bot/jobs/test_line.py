"""The line before a provider: who is next, who is told where they stand, and who is woken."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.jobs.outcomes import Outcome
from bot.jobs.thread import Waiting
from bot.jobs.worker import LEASE
from providers.base import Failed, FailureReason, Pending
from providers.errors import Refused
from storage import visits
from storage.jobs import Job, JobState
from tests.bot.workshop import PRICE, Workshop
from tests.scripted import Mishap


async def three_in_line(workshop: Workshop) -> list[Job]:
    """One job that runs and two that wait behind it, all with their status message."""
    waiting = []
    for number in (1, 2, 3):
        workshop.advance(seconds=0.1)
        waiting.append(await workshop.order(number))
    for _ in range(2):
        await workshop.visit()
    return [await workshop.job(job) for job in waiting]


async def test_as_many_run_as_the_provider_takes(workshop: Workshop) -> None:
    workshop.provider.max_running = 2

    jobs = await three_in_line(workshop)

    assert [job.state for job in jobs] == [JobState.RUNNING, JobState.RUNNING, JobState.QUEUED]


async def test_the_others_are_told_where_they_stand(workshop: Workshop) -> None:
    _, second, third = await three_in_line(workshop)

    assert (second.id, Waiting(1)) in workshop.thread.shown
    assert (third.id, Waiting(2)) in workshop.thread.shown


async def test_the_first_status_already_says_where_a_job_stands(workshop: Workshop) -> None:
    jobs = []
    for number in (1, 2, 3):
        workshop.advance(seconds=0.1)
        jobs.append(await workshop.order(number))

    workshop.provider.max_running = 0
    for _ in jobs:
        await workshop.visit()

    positions = dict(workshop.thread.opened)
    assert [positions[job.id] for job in jobs] == [Waiting(1), Waiting(2), Waiting(3)]


async def test_those_who_wait_are_looked_at_every_few_seconds(workshop: Workshop) -> None:
    _, second, third = await three_in_line(workshop)

    assert second.due_at == third.due_at == workshop.clock() + timedelta(seconds=3)


async def test_jobs_run_in_the_order_they_came(workshop: Workshop) -> None:
    jobs = await three_in_line(workshop)

    await workshop.visit_all(jobs[0])

    assert list(workshop.provider.tasks) == [job.id for job in jobs]
    assert [posted.job_id for posted in workshop.thread.clips] == [job.id for job in jobs]
    for job in jobs:
        await workshop.assert_settled(job, JobState.DELIVERED, paid=PRICE)


@pytest.mark.parametrize("ending", ["clip", "failure", "cancel"])
async def test_the_next_in_line_is_woken_when_a_place_is_free(
    workshop: Workshop, ending: str
) -> None:
    first, second, third = await three_in_line(workshop)
    if ending == "failure":
        workshop.provider.statuses.append(Failed(FailureReason.PROVIDER_FAULT, "oops"))
    if ending == "cancel":
        await workshop.cancel(first)

    await workshop.visit_next()

    assert (await workshop.job(second)).due_at == workshop.clock()
    assert (await workshop.job(third)).due_at == third.due_at
    assert third.due_at != workshop.clock()


async def test_a_place_is_free_after_a_refused_submit(workshop: Workshop) -> None:
    workshop.provider.submits.append(Mishap(Refused("no")))

    first, second, _ = await three_in_line(workshop)

    assert first.failure == Outcome.REFUSED
    assert second.state is JobState.RUNNING


async def test_a_job_that_waits_for_its_thread_holds_nobody_up(workshop: Workshop) -> None:
    slow = await workshop.order(1)
    await workshop.database.run(visits.claim_due, now=workshop.clock(), lease=LEASE, limit=1)
    workshop.advance(seconds=1)
    quick = await workshop.order(2)

    quick = await workshop.visit_until(JobState.RUNNING, quick)

    assert (await workshop.job(slow)).status_id is None


async def test_a_cancelled_job_leaves_the_line(workshop: Workshop) -> None:
    workshop.provider.statuses.extend([Pending()] * 2)
    _, second, third = await three_in_line(workshop)

    await workshop.cancel(second)
    await workshop.visit()
    await workshop.visit_next()

    assert workshop.thread.shown[-1] != (third.id, Waiting(2))
    assert (third.id, Waiting(1)) in workshop.thread.shown
    await workshop.visit_all(third)
    await workshop.assert_settled(second, JobState.CANCELLED, paid=0)
    await workshop.assert_settled(third, JobState.DELIVERED, paid=PRICE)
