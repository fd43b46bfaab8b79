"""While the provider works: looks at the task, its end, a deadline, and a member who cancels."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot.jobs.outcomes import Outcome
from bot.jobs.pace import JITTER
from bot.jobs.thread import Running, Waiting
from providers.base import Failed, FailureReason, Pending, Succeeded
from providers.errors import TaskLost, Unreachable
from storage.jobs import Job, JobState
from tests.bot.workshop import PRICE, Workshop


async def running(workshop: Workshop) -> Job:
    return await workshop.visit_until(JobState.RUNNING, await workshop.order())


async def test_the_status_follows_the_task(workshop: Workshop) -> None:
    workshop.provider.statuses.extend([Pending(position=4), Pending(progress=0.5), Pending()])

    job = await workshop.visit_until(JobState.FETCHED, await running(workshop))

    assert workshop.thread.shown == [
        (job.id, Waiting(4)),
        (job.id, Running(progress=0.5)),
        (job.id, Running(progress=None)),
    ]


def assert_due_after_a_pause(workshop: Workshop, job: Job) -> None:
    pause = timedelta(seconds=workshop.provider.poll_seconds)
    assert job.due_at is not None
    assert pause <= job.due_at - workshop.clock() <= pause * (1 + JITTER)


async def test_a_task_is_looked_at_as_often_as_its_provider_wants(workshop: Workshop) -> None:
    workshop.provider.statuses.append(Pending(progress=0.25))
    job = await running(workshop)
    assert_due_after_a_pause(workshop, job)

    await workshop.visit_next()

    job = await workshop.job(job)
    assert (job.state, job.progress) == (JobState.RUNNING, 0.25)
    assert_due_after_a_pause(workshop, job)


async def test_a_look_that_gets_no_answer_is_repeated(workshop: Workshop) -> None:
    workshop.provider.statuses.extend([Unreachable("down"), Unreachable("still down")])

    job = await workshop.visit_all(await running(workshop))

    assert workshop.provider.calls.count("poll") == 3
    await workshop.assert_settled(job, JobState.DELIVERED, paid=PRICE)


async def test_a_lost_task_ends_the_job_and_costs_nothing(workshop: Workshop) -> None:
    workshop.provider.statuses.append(TaskLost("404"))

    job = await workshop.visit_all(await running(workshop))

    assert job.failure == Outcome.LOST
    await workshop.assert_settled(job, JobState.FAILED, paid=0)


@pytest.mark.parametrize(
    ("reason", "outcome", "state"),
    [
        (FailureReason.REFUSED, Outcome.REFUSED, JobState.FAILED),
        (FailureReason.BAD_INPUT, Outcome.BAD_INPUT, JobState.FAILED),
        (FailureReason.PROVIDER_FAULT, Outcome.PROVIDER_FAULT, JobState.FAILED),
        (FailureReason.CANCELLED, Outcome.CANCELLED_LATE, JobState.CANCELLED),
    ],
)
async def test_a_failed_task_ends_the_job_as_its_reason_says(
    workshop: Workshop, reason: FailureReason, outcome: Outcome, state: JobState
) -> None:
    workshop.provider.statuses.append(Failed(reason, "for the log"))

    job = await workshop.visit_all(await running(workshop))

    assert workshop.thread.concluded == [(job.id, outcome)]
    await workshop.assert_settled(job, state, paid=0)


async def test_what_the_provider_bills_for_a_failure_is_the_houses_loss(
    workshop: Workshop,
) -> None:
    workshop.provider.statuses.append(Failed(FailureReason.PROVIDER_FAULT, "oops", 22_500))

    job = await workshop.visit_all(await running(workshop))

    assert job.billed_microdollars == 22_500
    await workshop.assert_settled(job, JobState.FAILED, paid=0)


async def test_a_task_beyond_its_deadline_is_stopped_and_costs_nothing(workshop: Workshop) -> None:
    job = await running(workshop)
    workshop.provider.statuses.append(Pending(progress=0.99))
    workshop.advance(seconds=workshop.provider.deadline_seconds + 1)

    await workshop.visit_all(job)

    assert workshop.provider.calls[-2:] == ["cancel", "forget"]
    assert workshop.thread.concluded == [(job.id, Outcome.TIMED_OUT)]
    await workshop.assert_settled(job, JobState.FAILED, paid=0)


async def test_a_clip_that_was_ready_while_the_bot_was_down_is_not_thrown_away(
    workshop: Workshop,
) -> None:
    job = await running(workshop)
    workshop.advance(seconds=workshop.provider.deadline_seconds + 1)

    await workshop.visit_all(job)

    assert len(workshop.thread.clips) == 1
    await workshop.assert_settled(job, JobState.DELIVERED, paid=PRICE)


async def test_a_job_cancelled_before_it_started_never_reaches_the_provider(
    workshop: Workshop,
) -> None:
    job = await workshop.order()
    await workshop.cancel(job)

    await workshop.visit_all(job)

    assert workshop.provider.calls == []
    await workshop.assert_settled(job, JobState.CANCELLED, paid=0)
    assert (await workshop.job(job)).failure == Outcome.CANCELLED_EARLY


async def test_a_job_cancelled_in_line_tells_its_thread(workshop: Workshop) -> None:
    job = await workshop.visit_while(lambda now: now.status_id is None, await workshop.order())
    await workshop.cancel(job)

    await workshop.visit_all(job)

    assert workshop.thread.concluded == [(job.id, Outcome.CANCELLED_EARLY)]
    await workshop.assert_settled(job, JobState.CANCELLED, paid=0)


async def test_a_running_job_is_cancelled_at_the_provider_at_once(workshop: Workshop) -> None:
    job = await running(workshop)
    await workshop.cancel(job)

    await workshop.visit()

    assert workshop.provider.calls == ["submit", "cancel"]
    await workshop.assert_settled(job, JobState.CANCELLED, paid=0)


async def test_a_cancel_that_gets_no_answer_is_repeated(workshop: Workshop) -> None:
    job = await running(workshop)
    workshop.provider.cancels.append(Unreachable("down"))
    await workshop.cancel(job)

    await workshop.visit_all(job)

    assert workshop.provider.calls.count("cancel") == 2
    await workshop.assert_settled(job, JobState.CANCELLED, paid=0)


@pytest.mark.parametrize("junk", [b"", b"<html>not found</html>", b"\0\0\0\x18ftypmp42" + bytes(8)])
async def test_a_clip_that_does_not_play_is_not_posted_and_costs_nothing(
    workshop: Workshop, tmp_path: Path, junk: bytes
) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(junk)
    workshop.provider.statuses.append(Succeeded(broken, billed_microdollars=22_500))

    job = await workshop.visit_all(await running(workshop))

    assert job.clip is None
    assert workshop.thread.clips == []
    assert workshop.thread.concluded == [(job.id, Outcome.NOT_PLAYABLE)]
    await workshop.assert_settled(job, JobState.FAILED, paid=0)
