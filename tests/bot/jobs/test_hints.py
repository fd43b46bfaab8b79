"""What a webhook named is looked at before it counts, and no look too soon proves anything."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest

from bot.jobs.outcomes import Outcome
from bot.jobs.workbench import RETRY
from bot.jobs.worker import LEASE
from providers.base import Failed, FailureReason, Pending, TaskRef
from providers.errors import CannotTell, ProviderError, SubmitUncertain, TaskLost, Unreachable
from storage import jobs, visits
from storage.errors import StaleFence
from storage.jobs import Job, JobState
from tests.bot.jobs.stages import bring_to
from tests.bot.workshop import PRICE, Workshop
from tests.scripted import ANSWER_LOST, REQUEST_LOST, Mishap

TOLD: TaskRef = {"reference": "as the webhook says", "number": 7}


async def hint(workshop: Workshop, job: Job, task: TaskRef | None = None) -> None:
    await workshop.database.run(jobs.hint, job.id, task=task, now=workshop.clock())


async def unknown(
    workshop: Workshop, *, finds: Sequence[ProviderError] = (), submit: Mishap = ANSWER_LOST
) -> Job:
    """A job whose submit ended like that; its look-ups bring these errors, then the truth."""
    workshop.provider.submits.append(submit)
    workshop.provider.finds.extend(finds)
    return await workshop.visit_until(JobState.UNKNOWN, await workshop.order())


def cannot_tell() -> list[ProviderError]:
    return [CannotTell("no look-up")] * 200


@pytest.mark.parametrize(
    "status",
    [Pending(), Pending(is_waiting=True), Failed(FailureReason.PROVIDER_FAULT, "oops")],
)
async def test_a_task_the_provider_knows_becomes_the_jobs(
    workshop: Workshop, status: Pending | Failed
) -> None:
    job = await unknown(workshop, finds=cannot_tell())
    workshop.provider.statuses.append(status)

    await hint(workshop, job, TOLD)
    await workshop.visit()

    now = await workshop.job(job)
    assert (now.state, now.task, now.not_before) == (JobState.RUNNING, TOLD, None)
    assert workshop.provider.calls == ["submit", "find", "poll"]


async def test_a_hinted_task_that_failed_ends_the_job_as_its_reason_says(
    workshop: Workshop,
) -> None:
    job = await unknown(workshop, finds=cannot_tell())
    workshop.provider.statuses.extend([Failed(FailureReason.REFUSED, "no", 10_000)] * 2)

    await hint(workshop, job, TOLD)
    await workshop.visit_all(job)

    assert workshop.thread.concluded == [(job.id, Outcome.REFUSED)]
    await workshop.assert_settled(job, JobState.FAILED, paid=0)


async def test_a_look_up_by_our_reference_goes_before_a_webhooks_word(workshop: Workshop) -> None:
    job = await unknown(workshop)

    await hint(workshop, job, TOLD)
    await workshop.visit()

    assert (await workshop.job(job)).task == workshop.provider.tasks[job.id][0]
    assert workshop.provider.calls == ["submit", "find"]


async def test_a_hint_the_provider_does_not_know_leaves_the_look_up_to_decide(
    workshop: Workshop,
) -> None:
    job = await unknown(workshop, finds=[CannotTell("not yet")])
    workshop.provider.statuses.append(TaskLost("404"))

    await hint(workshop, job, TOLD)
    await workshop.visit()
    assert (await workshop.job(job)).state is JobState.UNKNOWN

    job = await workshop.visit_until(JobState.RUNNING, job)
    assert job.task == workshop.provider.tasks[job.id][0]
    await workshop.visit_all(job)
    await workshop.assert_settled(job, JobState.DELIVERED, paid=PRICE)


async def test_a_hint_nobody_knows_of_a_submit_that_never_arrived_sends_it_once_more(
    workshop: Workshop,
) -> None:
    job = await unknown(workshop, submit=REQUEST_LOST)
    workshop.provider.statuses.extend([TaskLost("404")] * 2)

    await hint(workshop, job, TOLD)
    await workshop.visit_all(job)

    assert workshop.provider.calls.count("submit") == 2
    assert len(workshop.provider.tasks[job.id]) == 1
    await workshop.assert_settled(job, JobState.DELIVERED, paid=PRICE)


async def test_a_hint_nobody_knows_does_not_spare_the_moderators(workshop: Workshop) -> None:
    job = await unknown(workshop, finds=cannot_tell())
    workshop.provider.statuses.extend([TaskLost("404")] * 200)

    await hint(workshop, job, TOLD)
    await workshop.visit()
    workshop.advance(seconds=workshop.provider.deadline_seconds + 1)
    await workshop.visit_all(job)

    assert workshop.thread.concluded == [(job.id, Outcome.LOST)]
    assert workshop.provider.calls.count("submit") == 1
    await workshop.assert_settled(job, JobState.NEEDS_REVIEW, paid=0)


async def test_a_hint_that_cannot_be_looked_at_now_is_looked_at_again(workshop: Workshop) -> None:
    job = await unknown(workshop, finds=cannot_tell())
    workshop.provider.statuses.append(Unreachable("down"))

    await hint(workshop, job, TOLD)
    await workshop.visit()

    waiting = await workshop.job(job)
    assert (waiting.state, waiting.due_at) == (JobState.UNKNOWN, workshop.clock() + RETRY)
    await workshop.visit_all(job)
    await workshop.assert_settled(job, JobState.DELIVERED, paid=PRICE)


async def test_a_hint_for_a_submit_found_after_a_crash_ends_in_a_clip(workshop: Workshop) -> None:
    job = await bring_to(workshop, JobState.SUBMITTING)
    workshop.provider.finds.extend(cannot_tell())

    await hint(workshop, job, TOLD)
    await workshop.visit_all(job)

    assert (await workshop.job(job)).task == TOLD
    await workshop.assert_settled(job, JobState.DELIVERED, paid=PRICE)


@pytest.mark.parametrize("waking", ["call", "cancel", "start"])
async def test_woken_within_the_grace_nothing_is_submitted_again(
    workshop: Workshop, waking: str
) -> None:
    job = await unknown(workshop)
    arrived = workshop.provider.tasks.pop(job.id)
    grace_ends = workshop.clock() + timedelta(seconds=workshop.provider.grace_seconds)
    workshop.advance(seconds=workshop.provider.grace_seconds / 2)

    match waking:
        case "call":
            await hint(workshop, job)
        case "cancel":
            await workshop.cancel(job)
        case _:
            await workshop.service.start(job)
    await workshop.visit()

    waiting = await workshop.job(job)
    assert (waiting.state, waiting.due_at) == (JobState.UNKNOWN, grace_ends)
    workshop.provider.tasks[job.id] = arrived
    await workshop.visit_all(job)
    assert workshop.provider.calls.count("submit") == 1
    assert (await workshop.job(job)).task == arrived[0]


async def test_what_is_found_within_the_grace_is_taken_at_once(workshop: Workshop) -> None:
    job = await unknown(workshop)

    await hint(workshop, job)
    await workshop.visit()

    assert (await workshop.job(job)).state is JobState.RUNNING


async def test_a_cancel_within_the_grace_still_stops_the_task_that_arrived(
    workshop: Workshop,
) -> None:
    workshop.provider.bills_cancelled = True
    job = await unknown(workshop)
    arrived = workshop.provider.tasks.pop(job.id)

    await workshop.cancel(job)
    await workshop.visit()
    workshop.provider.tasks[job.id] = arrived
    await workshop.visit_all(job)

    assert workshop.provider.calls == ["submit", "find", "find", "cancel", "forget"]
    await workshop.assert_settled(job, JobState.CANCELLED, paid=PRICE)


async def test_after_the_grace_one_that_never_arrived_is_sent_once_more(
    workshop: Workshop,
) -> None:
    job = await unknown(workshop, submit=REQUEST_LOST)

    await hint(workshop, job)
    await workshop.visit()
    assert workshop.provider.calls == ["submit", "find"]

    await workshop.visit_all(job)
    assert workshop.provider.calls[:4] == ["submit", "find", "find", "submit"]
    await workshop.assert_settled(job, JobState.DELIVERED, paid=PRICE)


async def test_a_second_uncertain_submit_has_a_grace_of_its_own(workshop: Workshop) -> None:
    workshop.provider.submits.extend([REQUEST_LOST, REQUEST_LOST])
    job = await workshop.order()
    await workshop.visit_while(lambda _: workshop.provider.calls.count("submit") < 2, job)

    doubted = await workshop.visit_until(JobState.UNKNOWN, job)

    grace = timedelta(seconds=workshop.provider.grace_seconds)
    assert doubted.not_before == doubted.due_at == workshop.clock() + grace


async def test_a_hint_that_comes_during_the_look_up_stops_a_second_submit(
    workshop: Workshop,
) -> None:
    job = await unknown(workshop, submit=Mishap(SubmitUncertain("nobody knows")))
    find = workshop.provider.find

    async def find_while_the_webhook_calls(reference: str) -> TaskRef | None:
        await hint(workshop, job, TOLD)
        return await find(reference)

    # Replaced for this test alone.
    workshop.provider.find = find_while_the_webhook_calls  # type: ignore[method-assign]
    with pytest.raises(StaleFence):
        await workshop.visit_next()
    workshop.provider.find = find  # type: ignore[method-assign]  # for this test alone
    workshop.advance(seconds=LEASE.total_seconds())
    await workshop.visit_all(job)

    assert workshop.provider.calls.count("submit") == 1
    assert (await workshop.job(job)).task == TOLD
    assert await workshop.database.read(visits.next_due) is None
    await workshop.assert_settled(job, JobState.DELIVERED, paid=PRICE)


async def test_a_running_jobs_own_task_is_not_exchanged(workshop: Workshop) -> None:
    job = await bring_to(workshop, JobState.RUNNING)

    await hint(workshop, job, TOLD)
    await workshop.visit_all(job)

    assert (await workshop.job(job)).task == job.task
