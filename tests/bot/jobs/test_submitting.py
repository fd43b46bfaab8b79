"""Every way a submit can end: a task is paid for once, or not at all."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.jobs.outcomes import Outcome
from providers.errors import (
    CannotTell,
    NotSubmitted,
    OutOfCredit,
    RateLimited,
    Refused,
    RequestRejected,
    SubmitUncertain,
    Unreachable,
)
from storage.jobs import Job, JobState
from tests.bot.workshop import PRICE, Workshop
from tests.scripted import ANSWER_LOST, PLAIN, REQUEST_LOST, Mishap


async def submitted(workshop: Workshop) -> Job:
    """Order a job and visit it until its submit has ended, however it did."""
    job = await workshop.order()
    return await workshop.visit_while(lambda now: "submit" not in workshop.provider.calls, job)


async def test_the_provider_is_asked_for_what_the_member_ordered(workshop: Workshop) -> None:
    job = await submitted(workshop)

    (request,) = workshop.provider.requests
    assert request.model == PLAIN
    assert (request.prompt, request.seconds, request.seed) == ("slow zoom in", 3, 7)
    assert request.shape == "16:9"
    assert request.picture is not None
    assert request.picture.read_bytes() == b"a picture"
    assert workshop.provider.tasks == {job.id: [job.task]}


async def test_a_submit_that_never_left_is_sent_again(workshop: Workshop) -> None:
    workshop.provider.submits.extend([Mishap(NotSubmitted("no route")), Mishap(NotSubmitted("no"))])

    job = await submitted(workshop)
    assert job.state is JobState.QUEUED

    await workshop.visit_all(job)
    assert workshop.provider.calls.count("submit") == 3
    assert "find" not in workshop.provider.calls
    await workshop.assert_settled(job, JobState.DELIVERED, paid=PRICE)


async def test_a_rate_limit_is_waited_out(workshop: Workshop) -> None:
    workshop.provider.submits.append(Mishap(RateLimited(retry_after_seconds=90)))

    job = await submitted(workshop)

    assert job.state is JobState.QUEUED
    assert job.due_at == workshop.clock() + timedelta(seconds=90)
    await workshop.visit_all(job)
    await workshop.assert_settled(job, JobState.DELIVERED, paid=PRICE)


async def test_an_uncertain_submit_that_never_arrived_is_sent_once_more(workshop: Workshop) -> None:
    workshop.provider.submits.append(REQUEST_LOST)

    job = await submitted(workshop)
    assert job.state is JobState.UNKNOWN

    await workshop.visit_all(job)
    assert workshop.provider.calls[:3] == ["submit", "find", "submit"]
    assert len(workshop.provider.tasks[job.id]) == 1
    await workshop.assert_settled(job, JobState.DELIVERED, paid=PRICE)


async def test_an_uncertain_submit_that_arrived_is_found_and_not_repeated(
    workshop: Workshop,
) -> None:
    workshop.provider.submits.append(ANSWER_LOST)

    job = await workshop.visit_until(JobState.RUNNING, await submitted(workshop))

    assert workshop.provider.calls == ["submit", "find"]
    assert job.task == workshop.provider.tasks[job.id][0]
    await workshop.visit_all(job)
    await workshop.assert_settled(job, JobState.DELIVERED, paid=PRICE)


async def test_a_look_up_waits_until_the_task_must_be_visible(workshop: Workshop) -> None:
    workshop.provider.submits.append(ANSWER_LOST)

    job = await submitted(workshop)

    assert job.due_at == workshop.clock() + timedelta(seconds=workshop.provider.grace_seconds)


async def test_a_look_up_that_gets_no_answer_is_repeated(workshop: Workshop) -> None:
    workshop.provider.submits.append(ANSWER_LOST)
    workshop.provider.finds.extend([Unreachable("down"), Unreachable("down")])

    job = await workshop.visit_all(await submitted(workshop))

    assert workshop.provider.calls.count("find") == 3
    assert workshop.provider.calls.count("submit") == 1
    await workshop.assert_settled(job, JobState.DELIVERED, paid=PRICE)


async def test_a_submit_nobody_can_tell_of_is_reviewed_and_the_member_released(
    workshop: Workshop,
) -> None:
    workshop.provider.submits.append(Mishap(SubmitUncertain("gone quiet")))
    workshop.provider.finds.extend([CannotTell("no look-up")] * 100)

    job = await submitted(workshop)
    for _ in range(100):
        if (await workshop.job(job)).state is not JobState.UNKNOWN:
            break
        await workshop.visit_next()
    await workshop.visit_all(job)

    assert workshop.provider.calls.count("submit") == 1
    assert workshop.thread.concluded == [(job.id, Outcome.LOST)]
    await workshop.assert_settled(job, JobState.NEEDS_REVIEW, paid=0)


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (RequestRejected("bad ratio"), Outcome.BAD_INPUT),
        (Refused("not this"), Outcome.REFUSED),
        (OutOfCredit("empty"), Outcome.OWNER_OUT_OF_CREDIT),
    ],
)
async def test_a_clean_refusal_ends_the_job_and_costs_nothing(
    workshop: Workshop, error: Exception, outcome: Outcome
) -> None:
    workshop.provider.submits.append(Mishap(error))

    job = await workshop.visit_all(await submitted(workshop))

    assert job.failure == outcome
    assert workshop.thread.concluded == [(job.id, outcome)]
    await workshop.assert_settled(job, JobState.FAILED, paid=0)


async def test_a_submit_found_under_way_after_a_crash_is_looked_up_and_not_repeated(
    workshop: Workshop,
) -> None:
    workshop.provider.submits.append(Mishap(RuntimeError("killed here"), arrives=True))
    job = await workshop.order()
    with pytest.raises(RuntimeError, match="killed here"):
        await workshop.visit_until(JobState.RUNNING, job)
    assert (await workshop.job(job)).state is JobState.SUBMITTING

    await workshop.visit_all(job)

    assert workshop.provider.calls[:2] == ["submit", "find"]
    assert len(workshop.provider.tasks[job.id]) == 1
    await workshop.assert_settled(job, JobState.DELIVERED, paid=PRICE)
