"""A provider that takes nothing is left alone for longer and longer, by all its jobs together."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from bot.jobs.outcomes import Outcome
from bot.jobs.rests import FIRST_PAUSE, JITTER, LONGEST_PAUSE, TRIAL, Rest, Rests
from providers.errors import CannotTell, NotSubmitted, Refused, SubmitUncertain
from storage.jobs import Job, JobState
from tests.bot.clock import StillClock
from tests.bot.workshop import PRICE, Workshop
from tests.scripted import Mishap

DOWN = [Mishap(NotSubmitted("no route"))]
PATIENCE = timedelta(minutes=30)


async def tries(workshop: Workshop, *, until_done: Job) -> list[datetime]:
    """Visit until the job is over; say when a submit was tried."""
    moments: list[datetime] = []
    while (await workshop.job(until_done)).finished_at is None:
        assert await workshop.visit_next()
        done = workshop.provider.calls.count("submit")
        moments += [workshop.clock()] * (done - len(moments))
    return moments


async def test_it_is_tried_more_and_more_rarely_and_given_up_after_a_while(
    workshop: Workshop,
) -> None:
    workshop.provider.submits.extend(DOWN * 1000)
    job = await workshop.order()

    moments = await tries(workshop, until_done=job)

    pauses = [later - sooner for sooner, later in pairwise(moments)]
    assert len(moments) < 15
    assert FIRST_PAUSE <= pauses[0] <= FIRST_PAUSE * (1 + JITTER)
    assert all(pause <= LONGEST_PAUSE * (1 + JITTER) for pause in pauses)
    assert max(pauses) >= LONGEST_PAUSE
    assert PATIENCE <= moments[-1] - moments[0] <= PATIENCE + LONGEST_PAUSE * (1 + JITTER)
    assert (await workshop.job(job)).failure == Outcome.MODEL_DOWN
    await workshop.assert_settled(job, JobState.FAILED, paid=0)


async def test_those_in_line_are_given_up_with_the_first_and_not_one_by_one(
    workshop: Workshop,
) -> None:
    workshop.provider.submits.extend(DOWN * 1000)
    waiting = [await workshop.order(number) for number in range(1, 6)]

    moments = await tries(workshop, until_done=waiting[-1])

    assert len(moments) < 15
    for job in waiting:
        assert (await workshop.job(job)).failure == Outcome.MODEL_DOWN
        assert (await workshop.settlements(job))[0].posted_change == 0
    assert (await workshop.account()).held == 0


async def test_who_orders_while_it_is_down_is_given_the_same_time(workshop: Workshop) -> None:
    workshop.provider.submits.extend(DOWN * 9)
    first = await workshop.order()
    await tries(workshop, until_done=first)
    workshop.provider.submits.clear()
    late = await workshop.order(2)

    await workshop.visit_all(late)

    await workshop.assert_settled(late, JobState.DELIVERED, paid=PRICE)


async def test_of_many_jobs_one_tries_for_all(workshop: Workshop) -> None:
    workshop.provider.max_running = 5
    workshop.provider.submits.extend(DOWN * 3)
    waiting = [await workshop.order(number) for number in range(1, 6)]

    while await workshop.visit_next():
        pass

    last = await workshop.job(waiting[-1])
    assert workshop.provider.calls.count("submit") == 3 + len(waiting)
    assert last.started_at is not None
    assert last.started_at - last.created_at < 9 * FIRST_PAUSE
    for job in waiting:
        assert (await workshop.job(job)).state is JobState.DELIVERED


async def test_the_pause_is_kept_through_a_restart(workshop: Workshop) -> None:
    workshop.provider.submits.extend(DOWN)
    job = await workshop.visit_while(
        lambda _: "submit" not in workshop.provider.calls, await workshop.order()
    )

    workshop.open(workshop.database)
    started = await workshop.visit_until(JobState.RUNNING, job)

    assert job.not_before is not None
    assert started.started_at is not None
    assert started.started_at >= job.not_before


@pytest.mark.parametrize("answer", [Refused("no"), None])
async def test_after_any_answer_it_is_well_again(
    workshop: Workshop, answer: Exception | None
) -> None:
    rests = workshop.bench.rests
    workshop.provider.submits.extend(DOWN * 4)
    workshop.provider.submits.extend([Mishap(answer)] if answer else [])
    await workshop.visit_all(await workshop.order())
    workshop.provider.submits.extend(DOWN)

    job = await workshop.order(2)
    seen = len(workshop.provider.calls)
    job = await workshop.visit_while(lambda _: len(workshop.provider.calls) == seen, job)

    assert job.not_before is not None
    assert job.not_before - workshop.clock() <= FIRST_PAUSE * (1 + JITTER)
    assert rests.left(job.provider, now=workshop.clock()) == job.not_before - workshop.clock()


async def test_while_answers_are_lost_no_further_job_is_risked(workshop: Workshop) -> None:
    workshop.provider.max_running = 5
    workshop.provider.submits.extend([Mishap(SubmitUncertain("502"), arrives=True)] * 100)
    workshop.provider.finds.extend([CannotTell("no look-up")] * 1000)
    waiting = [await workshop.order(number) for number in range(1, 6)]

    for _ in range(5):
        await workshop.visit()

    assert workshop.provider.calls.count("submit") == 1
    states = [(await workshop.job(job)).state for job in waiting]
    assert sorted(states) == [JobState.QUEUED] * 4 + [JobState.UNKNOWN]


def test_a_trial_that_never_ends_is_followed_by_another() -> None:
    rests, clock = Rests(), StillClock()
    rests.wait("one", timedelta(seconds=90), now=clock())
    assert rests.left("other", now=clock()) == timedelta()
    clock.advance(timedelta(seconds=90))
    assert rests.left("one", now=clock()) == timedelta()

    rests.begin_trial("one", now=clock())
    assert rests.left("one", now=clock()) == FIRST_PAUSE
    clock.advance(TRIAL)

    assert rests.left("one", now=clock()) == timedelta()


def test_why_a_provider_rests_can_be_told() -> None:
    rests, clock = Rests(), StillClock()
    assert rests.rest_of("one", now=clock()) is None

    rests.wait("one", timedelta(seconds=90), now=clock())
    assert rests.rest_of("one", now=clock()) == Rest(clock() + timedelta(seconds=90), None)
    clock.advance(timedelta(seconds=90))
    assert rests.rest_of("one", now=clock()) is None

    failed_at = clock()
    clock.advance(rests.back_off("one", now=clock()))
    assert rests.rest_of("one", now=clock()) == Rest(clock(), failed_at)
    rests.end("one")
    assert rests.rest_of("one", now=clock()) is None
