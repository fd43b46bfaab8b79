"""What a provider's call changes at each state of a job: it makes a row due, and no more."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import pytest

from bot.jobs import worker
from bot.jobs.outcomes import Outcome
from bot.jobs.worker import Worker
from providers.base import Pending, ProviderSettings, TaskRef, VideoRequest
from providers.errors import CannotTell, SubmitUncertain
from storage import visits
from storage.database import Database
from storage.jobs import Job, JobState
from tests.bot.jobs.stages import bring_to
from tests.bot.web.caller import CALLBACKS, Caller, caller
from tests.bot.workshop import PRICE, Workshop
from tests.scripted import ANSWER_LOST, Mishap, ScriptedProvider

TOLD: TaskRef = {"reference": "as the webhook says", "number": 7}
NOT_AT_PROVIDER = [
    JobState.QUEUED,
    JobState.FETCHED,
    JobState.DELIVERED,
    JobState.FAILED,
    JobState.CANCELLED,
]


async def test_a_running_job_is_looked_at_now(workshop: Workshop, calling: Caller) -> None:
    job = await bring_to(workshop, JobState.RUNNING)
    workshop.advance(seconds=1)

    answer = await calling.call(job, is_over=True)

    assert (answer.status, answer.body) == (200, b"{}")
    assert await workshop.job(job) == replace(job, due_at=workshop.clock())
    await workshop.visit_all(job)
    await workshop.assert_settled(job, JobState.DELIVERED, paid=PRICE)


async def test_a_call_is_not_believed_that_the_task_is_over(
    workshop: Workshop, calling: Caller
) -> None:
    workshop.provider.statuses.append(Pending(progress=0.5))
    job = await bring_to(workshop, JobState.RUNNING)

    await calling.call(job, task=TOLD, is_over=True)
    await workshop.visit()

    job = await workshop.job(job)
    assert (job.state, job.progress, job.hint) == (JobState.RUNNING, 0.5, None)
    assert job.task == workshop.provider.tasks[job.id][0]


async def test_a_call_that_brings_no_news_changes_nothing(
    workshop: Workshop, calling: Caller
) -> None:
    job = await bring_to(workshop, JobState.RUNNING)

    answer = await calling.call(job, task=TOLD)

    assert answer.status == 200
    assert await workshop.job(job) == job


@pytest.mark.parametrize("state", NOT_AT_PROVIDER)
async def test_a_call_that_comes_too_early_or_too_late_changes_nothing(
    workshop: Workshop, calling: Caller, state: JobState
) -> None:
    job = await bring_to(workshop, state)

    for _ in range(2):
        answer = await calling.call(job, task=TOLD, is_over=True)
        assert (answer.status, answer.body) == (200, b"{}")

    assert await workshop.job(job) == job


async def test_a_job_that_is_all_over_stays_asleep(workshop: Workshop, calling: Caller) -> None:
    job = await workshop.visit_all(await workshop.order())

    await calling.call(job, task=TOLD, is_over=True)

    assert await workshop.database.read(visits.next_due) is None
    assert await workshop.job(job) == job


@pytest.mark.parametrize("state", [JobState.SUBMITTING, JobState.UNKNOWN])
async def test_the_first_call_about_an_uncertain_submit_is_kept_and_a_second_is_not(
    workshop: Workshop, calling: Caller, state: JobState
) -> None:
    job = await bring_to(workshop, state)
    workshop.advance(seconds=1)

    await calling.call(job, task=TOLD)
    await calling.call(job, task={"reference": "another", "number": 8}, is_over=True)

    assert job.due_at is not None
    due_at = min(job.due_at, workshop.clock())
    assert await workshop.job(job) == replace(job, hint=TOLD, due_at=due_at)


async def test_moderators_learn_of_a_task_that_turns_up_late(
    workshop: Workshop, calling: Caller
) -> None:
    job = await bring_to(workshop, JobState.NEEDS_REVIEW)

    await calling.call(job, task=TOLD, is_over=True)

    assert await workshop.job(job) == replace(job, hint=TOLD)


@pytest.mark.parametrize("state", [*NOT_AT_PROVIDER, JobState.RUNNING, JobState.UNKNOWN])
async def test_calls_at_every_step_spend_nothing_twice(
    workshop: Workshop, calling: Caller, state: JobState
) -> None:
    undisturbed = await bring_to(workshop, state)
    ending = await workshop.visit_all(undisturbed)
    job = await bring_to(workshop, state, interaction_id=2)

    while True:
        real = workshop.provider.tasks.get(job.id)
        await calling.call(job, task=real[-1] if real else None, is_over=True)
        await calling.call(job, is_over=True)
        if not await workshop.visit_next():
            break

    assert len(workshop.provider.tasks.get(job.id, [])) == len(
        workshop.provider.tasks.get(undisturbed.id, [])
    )
    assert [posted.job_id for posted in workshop.thread.clips].count(job.id) <= 1
    await workshop.assert_settled(job, ending.state, paid=ending.paid_credits or 0)


async def test_a_call_too_soon_to_find_the_task_submits_nothing_twice(
    workshop: Workshop, calling: Caller
) -> None:
    job = await bring_to(workshop, JobState.UNKNOWN)
    arrived = workshop.provider.tasks.pop(job.id)

    await calling.call(job, is_over=True)
    await workshop.visit()
    workshop.provider.tasks[job.id] = arrived
    await workshop.visit_all(job)

    assert workshop.provider.calls.count("submit") == 1
    await workshop.assert_settled(job, JobState.DELIVERED, paid=PRICE)


async def test_a_task_whose_id_only_the_call_knows_ends_in_a_clip(
    workshop: Workshop, calling: Caller
) -> None:
    workshop.provider.finds.extend([CannotTell("no look-up")] * 9)
    job = await bring_to(workshop, JobState.UNKNOWN)

    await calling.call(job, task=workshop.provider.tasks[job.id][0])
    await workshop.visit()

    running = await workshop.job(job)
    assert (running.state, running.task) == (
        JobState.RUNNING,
        workshop.provider.tasks[job.id][0],
    )
    await workshop.visit_all(job)
    assert workshop.provider.calls.count("submit") == 1
    await workshop.assert_settled(job, JobState.DELIVERED, paid=PRICE)


class Hasty(ScriptedProvider):
    """Calls the webhook before it answers the submit."""

    calling: Caller
    job: Job

    async def submit(self, request: VideoRequest, reference: str) -> TaskRef:
        mishap = self.submits.popleft() if self.submits else None
        task = await super().submit(request, reference)
        await self.calling.call(self.job, task=task, is_over=True)
        if mishap is not None:
            raise mishap.error
        return task


async def hasty(workshop: Workshop, tmp_path: Path, database: Database) -> Hasty:
    provider = Hasty(ProviderSettings(), tmp_path)
    provider.clip = workshop.provider.clip
    workshop.provider = provider
    workshop.open(database)
    provider.job = await workshop.order()
    return provider


async def test_a_call_before_the_submit_is_answered_is_not_lost(
    workshop: Workshop, tmp_path: Path, database: Database
) -> None:
    provider = await hasty(workshop, tmp_path, database)

    async with caller(workshop) as provider.calling:
        job = await workshop.visit_until(JobState.RUNNING, provider.job)

    assert job.due_at == workshop.clock()
    assert job.task == provider.tasks[job.id][0]
    await workshop.visit_all(job)
    await workshop.assert_settled(job, JobState.DELIVERED, paid=PRICE)


async def test_a_call_before_a_submit_turns_uncertain_names_its_task(
    workshop: Workshop, tmp_path: Path, database: Database
) -> None:
    provider = await hasty(workshop, tmp_path, database)
    provider.submits.append(Mishap(SubmitUncertain("the answer was lost")))
    provider.finds.extend([CannotTell("no look-up")] * 9)

    async with caller(workshop) as provider.calling:
        job = await workshop.visit_until(JobState.UNKNOWN, provider.job)

    assert (job.due_at, job.hint) == (workshop.clock(), provider.tasks[job.id][0])
    await workshop.visit_all(job)
    assert len(provider.tasks[job.id]) == 1
    await workshop.assert_settled(job, JobState.DELIVERED, paid=PRICE)


class Slow(ScriptedProvider):
    """Is looked at once an hour, if nobody calls."""

    poll_seconds: ClassVar[float] = 3600


async def test_a_call_wakes_the_worker(
    workshop: Workshop, tmp_path: Path, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "LONGEST_PAUSE_SECONDS", 3600)
    clip = workshop.provider.clip
    workshop.provider = Slow(ProviderSettings(), tmp_path)
    workshop.provider.clip = clip
    workshop.open(database)
    job = await workshop.visit_until(JobState.RUNNING, await workshop.order())
    visiting = Worker(workshop.bench)

    async with caller(workshop, visiting.wake) as calling, asyncio.TaskGroup() as group:
        group.create_task(visiting.run())
        await calling.call(job, is_over=True)
        await workshop.thread.until(lambda: bool(workshop.thread.concluded))
        visiting.stop()

    assert workshop.thread.concluded == [(job.id, Outcome.DELIVERED)]


async def test_without_any_call_the_clip_comes_all_the_same(workshop: Workshop) -> None:
    workshop.bench = replace(workshop.bench, callbacks=CALLBACKS)

    job = await workshop.visit_all(await workshop.order())

    (request,) = workshop.provider.requests
    assert request.callback_url == CALLBACKS.url("scripted", job.id)
    await workshop.assert_settled(job, JobState.DELIVERED, paid=PRICE)


async def test_many_calls_at_once_are_one_look(workshop: Workshop, calling: Caller) -> None:
    workshop.provider.submits.append(ANSWER_LOST)
    job = await workshop.visit_until(JobState.UNKNOWN, await workshop.order())
    task = workshop.provider.tasks[job.id][0]

    async with asyncio.TaskGroup() as group:
        answers = [group.create_task(calling.call(job, task=task, is_over=True)) for _ in range(60)]

    assert {answer.result().status for answer in answers} == {200}
    await workshop.visit()
    await workshop.visit()
    assert workshop.provider.calls == ["submit", "find"]
