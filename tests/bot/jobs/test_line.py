"""The line before a provider: who is next, who is told where they stand, and who is woken."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.jobs.outcomes import Outcome
from bot.jobs.pace import next_look_in_line
from bot.jobs.thread import Waiting
from bot.jobs.worker import LEASE
from providers.base import Failed, FailureReason, Pending
from providers.errors import Refused
from storage import visits
from storage.history import ENOUGH
from storage.jobs import Job, JobState
from storage.line import Place
from storage.slot_schema import SlotKind
from storage.slots import Limits
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


@pytest.mark.parametrize(
    ("jobs_before", "held_up_by", "pause"),
    [
        (0, None, 3),
        (6, None, 3),
        (100, None, 50),
        (1200, None, 600),
        (9999, None, 600),
        (0, SlotKind.MEMBER, 30),
        (0, SlotKind.GUILD, 30),
        (100, SlotKind.MEMBER, 50),
    ],
)
def test_the_further_back_the_rarer_the_looks(
    jobs_before: int, held_up_by: SlotKind | None, pause: float
) -> None:
    place = Place(position=1, jobs_before=jobs_before, held_up_by=held_up_by)

    assert next_look_in_line(place) == timedelta(seconds=pause)


def test_ten_thousand_in_line_are_looked_at_thirty_times_a_second() -> None:
    pauses = [next_look_in_line(Place(position=n + 1, jobs_before=n)) for n in range(10_000)]

    assert sum(1 / pause.total_seconds() for pause in pauses) < 30


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


async def earlier_clips(workshop: Workshop, seconds: float) -> None:
    """Let as many clips as tell something have taken so long."""
    for number in range(101, 101 + ENOUGH):
        job = await workshop.order(number)
        job = await workshop.visit_until(JobState.FETCHED, job)
        assert job.started_at is not None
        workshop.clock.now = max(job.started_at + timedelta(seconds=seconds), workshop.clock())
        await workshop.visit_all(job)


async def test_those_who_wait_are_told_for_how_long_as_earlier_clips_took(
    workshop: Workshop,
) -> None:
    await earlier_clips(workshop, 120)
    workshop.provider.max_running = 2
    waiting = []
    for number in (1, 2, 3, 4, 5):
        workshop.advance(seconds=0.1)
        waiting.append(await workshop.order(number))
    for _ in range(2):
        await workshop.visit()

    assert (waiting[2].id, Waiting(1, seconds=60)) in workshop.thread.shown
    assert (waiting[4].id, Waiting(3, seconds=180)) in workshop.thread.shown


async def test_a_member_with_too_many_at_once_is_told_so_and_goes_on_when_one_is_done(
    workshop: Workshop,
) -> None:
    workshop.provider.max_running = 5
    workshop.bench = replace(workshop.bench, limits=Limits(member=2))
    first, _, third = await three_in_line(workshop)

    assert third.state is JobState.QUEUED
    assert (third.id, Waiting(1, own_running=2)) in workshop.thread.shown
    assert third.due_at == workshop.clock() + timedelta(seconds=30)

    await workshop.visit_until(JobState.FETCHED, first)
    assert (await workshop.job(third)).due_at == workshop.clock()


async def test_a_guild_with_too_many_at_once_is_told_so(workshop: Workshop) -> None:
    workshop.provider.max_running = 5
    workshop.bench = replace(workshop.bench, limits=Limits(guild=1))

    _, second, _ = await three_in_line(workshop)

    assert (second.id, Waiting(1, is_guild_busy=True)) in workshop.thread.shown
