"""A clip that is refused moves on: the next place is written down first, and it is posted once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.jobs.delivering import deliver
from bot.jobs.outcomes import Outcome
from bot.jobs.thread import ThreadGone, ThreadUnreachable, Whereabouts, whereabouts
from bot.jobs.worker import LEASE
from storage import jobs, visits
from storage.errors import StaleFence
from storage.jobs import Job, JobState
from tests.bot.jobs.stages import bring_to
from tests.bot.workshop import CHANNEL, PRICE, Workshop

DIRECT = 900


async def fetched(workshop: Workshop) -> Job:
    return await workshop.visit_until(JobState.FETCHED, await workshop.order())


async def test_a_clip_that_is_refused_goes_to_the_next_place_at_once(workshop: Workshop) -> None:
    workshop.thread.errors["post_clip"].extend([ThreadGone("10003")] * 2)
    workshop.thread.elsewhere.extend([CHANNEL, DIRECT])
    job = await fetched(workshop)

    await workshop.visit()

    now = await workshop.job(job)
    assert (now.state, now.thread_id, now.status_id) == (JobState.DELIVERED, DIRECT, None)
    await workshop.visit_all(job)
    await workshop.assert_settled(job, JobState.DELIVERED, paid=PRICE)


@pytest.mark.parametrize("step", ["upload_limit", "post_clip"])
async def test_a_place_is_written_down_before_anything_is_posted_there(
    workshop: Workshop, step: str
) -> None:
    workshop.thread.errors[step].extend([ThreadGone("10003"), ThreadUnreachable("killed here")])
    workshop.thread.elsewhere.append(CHANNEL)
    job = await fetched(workshop)

    with pytest.raises(ThreadUnreachable):
        await workshop.visit()

    assert (await workshop.job(job)).thread_id == CHANNEL
    assert (await workshop.job(job)).state is JobState.FETCHED
    workshop.advance(minutes=16)
    await workshop.visit_all(job)
    assert workshop.thread.entered.count(("next_place", job.id)) == 1
    await workshop.assert_settled(job, JobState.DELIVERED, paid=PRICE)


async def test_a_visit_that_was_overtaken_moves_nothing(workshop: Workshop) -> None:
    workshop.thread.errors["post_clip"].append(ThreadGone("10003"))
    workshop.thread.elsewhere.append(CHANNEL)
    job = await fetched(workshop)
    [slow] = await workshop.database.run(
        visits.claim_due, now=workshop.clock(), lease=LEASE, limit=1
    )
    workshop.advance(minutes=16)
    [quick] = await workshop.database.run(
        visits.claim_due, now=workshop.clock(), lease=LEASE, limit=1
    )

    with pytest.raises(StaleFence):
        await deliver(workshop.bench, slow)

    assert (await workshop.job(job)).thread_id == job.thread_id
    assert workshop.thread.clips == []
    await deliver(workshop.bench, quick)
    await workshop.visit_all(job)
    await workshop.assert_settled(job, JobState.DELIVERED, paid=PRICE)


async def test_a_clip_no_place_takes_begins_anew_in_its_channel(workshop: Workshop) -> None:
    workshop.thread.errors["post_clip"].extend([ThreadGone("50007")] * 2)
    workshop.thread.elsewhere.append(DIRECT)
    job = await fetched(workshop)

    await workshop.visit()

    now = await workshop.job(job)
    assert (now.state, now.thread_id) == (JobState.FETCHED, CHANNEL)
    assert (await workshop.account()).held == PRICE


async def test_a_job_in_line_whose_place_is_gone_ends_before_it_costs_anything(
    workshop: Workshop,
) -> None:
    job = await bring_to(workshop, JobState.QUEUED)
    workshop.thread.errors["check"].append(ThreadGone("10003"))

    job = await workshop.visit_all(job)

    assert workshop.provider.calls == []
    assert workshop.thread.concluded == [(job.id, Outcome.THREAD_GONE)]
    await workshop.assert_settled(job, JobState.FAILED, paid=0)


async def test_a_late_clip_is_taken_to_the_next_place_too(workshop: Workshop) -> None:
    job = await bring_to(workshop, JobState.NEEDS_REVIEW)
    await workshop.visit_all(job)
    workshop.thread.errors["post_clip"].append(ThreadGone("10003"))
    workshop.thread.elsewhere.append(DIRECT)
    await workshop.database.run(jobs.hint, job.id, task={"id": "1"}, now=workshop.clock())

    now = await workshop.visit_until(JobState.DELIVERED, job)

    assert now.thread_id == DIRECT
    assert [clip.paid_credits for clip in workshop.thread.clips] == [0]


@pytest.mark.parametrize(
    ("thread_id", "place"),
    [
        (None, Whereabouts.THREAD),
        (501, Whereabouts.THREAD),
        (CHANNEL, Whereabouts.CHANNEL),
        (DIRECT, Whereabouts.DIRECT),
    ],
)
async def test_where_a_job_is_followed_follows_from_its_ids(
    workshop: Workshop, thread_id: int | None, place: Whereabouts
) -> None:
    job = await workshop.order()

    assert whereabouts(replace(job, thread_id=thread_id)) is place
