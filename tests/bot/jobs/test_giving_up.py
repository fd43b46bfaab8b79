"""No job stays open for longer than a day, whatever happens, and none spoils the others' day."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.jobs.outcomes import Outcome
from bot.jobs.workbench import RETRY
from providers.errors import Unreachable
from storage import visits
from storage.jobs import Job, JobState
from tests.bot.workshop import PRICE, Workshop
from tests.scripted import ANSWER_LOST, FANCY, Mishap


async def bring_to(workshop: Workshop, state: JobState) -> Job:
    """Order a job and bring it into a state in which it needs its provider."""
    job = await workshop.order()
    match state:
        case JobState.QUEUED:
            await workshop.visit()
        case JobState.UNKNOWN:
            workshop.provider.submits.append(ANSWER_LOST)
        case JobState.SUBMITTING:
            workshop.provider.submits.append(Mishap(RuntimeError("killed"), arrives=True))
            with pytest.raises(RuntimeError, match="killed"):
                await workshop.visit_until(JobState.RUNNING, job)
    return await workshop.visit_until(state, job)


@pytest.mark.parametrize(
    ("state", "end"),
    [
        (JobState.QUEUED, JobState.FAILED),
        (JobState.SUBMITTING, JobState.FAILED),
        (JobState.UNKNOWN, JobState.NEEDS_REVIEW),
        (JobState.RUNNING, JobState.FAILED),
    ],
)
async def test_a_job_without_its_provider_waits_and_is_released_after_a_day(
    workshop: Workshop, state: JobState, end: JobState
) -> None:
    job = await bring_to(workshop, state)
    workshop.open(workshop.database, with_provider=False)

    await workshop.visit_next()
    await workshop.visit_next()
    assert (await workshop.job(job)).state is state
    assert (await workshop.account()).held == PRICE
    workshop.advance(hours=24, seconds=1)
    await workshop.visit_all(job)

    assert workshop.thread.concluded == [(job.id, Outcome.LOST)]
    await workshop.assert_settled(job, end, paid=0)


async def test_a_job_without_its_provider_is_looked_at_seldom(workshop: Workshop) -> None:
    job = await workshop.order(provider="gone")

    await workshop.visit()

    assert await workshop.database.read(visits.next_due) == workshop.clock() + timedelta(minutes=1)
    assert (await workshop.job(job)).state is JobState.QUEUED


async def test_a_job_goes_on_when_its_provider_comes_back(workshop: Workshop) -> None:
    job = await bring_to(workshop, JobState.RUNNING)
    workshop.open(workshop.database, with_provider=False)
    await workshop.visit_next()
    await workshop.visit_next()

    workshop.open(workshop.database)
    await workshop.visit_all(job)

    await workshop.assert_settled(job, JobState.DELIVERED, paid=PRICE)


@pytest.mark.parametrize(
    ("state", "outcome"),
    [
        (JobState.QUEUED, Outcome.CANCELLED_EARLY),
        (JobState.RUNNING, Outcome.CANCELLED_LATE),
    ],
)
async def test_a_job_without_its_provider_can_be_cancelled(
    workshop: Workshop, state: JobState, outcome: Outcome
) -> None:
    job = await bring_to(workshop, state)
    workshop.open(workshop.database, with_provider=False)
    await workshop.cancel(job)

    await workshop.visit_all(job)

    assert workshop.thread.concluded == [(job.id, outcome)]
    await workshop.assert_settled(job, JobState.CANCELLED, paid=0)


async def test_a_clip_on_our_disk_needs_its_provider_no_more(workshop: Workshop) -> None:
    job = await workshop.visit_until(JobState.FETCHED, await workshop.order())
    workshop.open(workshop.database, with_provider=False)

    await workshop.visit_all(job)

    await workshop.assert_settled(job, JobState.DELIVERED, paid=PRICE)


async def test_a_job_whose_model_is_no_longer_offered_does_not_hold_up_the_line(
    workshop: Workshop,
) -> None:
    orphan = await bring_to(workshop, JobState.QUEUED)
    workshop.provider.models = (FANCY,)
    workshop.open(workshop.database)
    other = await workshop.order(2, model=FANCY.id)

    await workshop.visit_all(orphan)

    assert workshop.thread.concluded == [(orphan.id, Outcome.LOST), (other.id, Outcome.DELIVERED)]
    await workshop.assert_settled(orphan, JobState.FAILED, paid=0)


async def test_a_provider_out_of_reach_for_a_day_costs_nothing(workshop: Workshop) -> None:
    job = await workshop.visit_until(JobState.RUNNING, await workshop.order())
    workshop.provider.statuses.extend([Unreachable("down")] * 2)

    await workshop.visit_next()
    workshop.advance(hours=24, seconds=1)
    job = await workshop.visit_until(JobState.LATE, job)

    assert workshop.thread.concluded == [(job.id, Outcome.OVERDUE)]
    await workshop.assert_settled(job, JobState.LATE, paid=0)


async def test_a_cancel_that_never_gets_an_answer_ends_after_a_day(workshop: Workshop) -> None:
    job = await workshop.visit_until(JobState.RUNNING, await workshop.order())
    workshop.provider.cancels.extend([Unreachable("down")] * 2)
    await workshop.cancel(job)

    await workshop.visit()
    workshop.advance(hours=24, seconds=1)
    await workshop.visit_all(job)

    await workshop.assert_settled(job, JobState.FAILED, paid=0)


async def test_a_look_up_that_never_gets_an_answer_is_reviewed_after_a_day(
    workshop: Workshop,
) -> None:
    workshop.provider.submits.append(ANSWER_LOST)
    workshop.provider.finds.extend([Unreachable("down")] * 2)
    job = await workshop.visit_until(JobState.UNKNOWN, await workshop.order())

    await workshop.visit_next()
    workshop.advance(hours=24, seconds=1)
    await workshop.visit_all(job)

    assert (await workshop.job(job)).failure == Outcome.LOST
    await workshop.assert_settled(job, JobState.NEEDS_REVIEW, paid=0)


async def test_a_job_that_never_had_its_turn_ends_after_a_day(workshop: Workshop) -> None:
    job = await bring_to(workshop, JobState.QUEUED)

    workshop.advance(hours=24, seconds=1)
    await workshop.visit_all(job)

    assert workshop.provider.calls == []
    assert workshop.thread.concluded == [(job.id, Outcome.TIMED_OUT)]
    await workshop.assert_settled(job, JobState.FAILED, paid=0)


async def test_a_last_word_that_never_gets_through_is_dropped_after_a_day(
    workshop: Workshop,
) -> None:
    job = await workshop.visit_until(JobState.DELIVERED, await workshop.order())

    workshop.advance(hours=24, seconds=1)
    await workshop.bench.look_again(job, RETRY)

    assert await workshop.database.read(visits.next_due) is None
    await workshop.assert_settled(job, JobState.DELIVERED, paid=PRICE)
