"""A member who cancels: what is stopped, what runs on, and who pays for either."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import pytest

from bot.jobs.outcomes import Outcome
from providers.base import Failed, FailureReason, Pending, ProviderSettings, Stopping
from providers.errors import NotSubmitted, RateLimited, Unreachable
from storage.database import Database
from storage.jobs import Job, JobState
from tests.bot.jobs.bills import assert_paid
from tests.bot.jobs.stages import bring_to
from tests.bot.workshop import PRICE, Workshop
from tests.scripted import ANSWER_LOST, Mishap, ScriptedProvider


class Unstoppable(ScriptedProvider):
    """A task, once taken, runs to its end."""

    stopping: ClassVar[Stopping] = Stopping.NEVER


@pytest.fixture
def unstoppable(workshop: Workshop, tmp_path: Path, database: Database) -> Workshop:
    clip = workshop.provider.clip
    workshop.provider = Unstoppable(ProviderSettings(), tmp_path)
    workshop.provider.clip = clip
    workshop.open(database)
    return workshop


async def running(workshop: Workshop) -> Job:
    return await bring_to(workshop, JobState.RUNNING)


async def test_a_task_that_is_billed_all_the_same_costs_the_quote(workshop: Workshop) -> None:
    workshop.provider.bills_cancelled = True
    job = await running(workshop)

    await workshop.cancel(job)
    await workshop.visit_all(job)

    assert workshop.thread.concluded == [(job.id, Outcome.CANCELLED_LATE)]
    assert workshop.provider.calls == ["submit", "cancel", "forget"]
    await assert_paid(workshop, job, JobState.CANCELLED, by_member=PRICE, by_house=0)


async def test_a_task_that_is_not_billed_costs_nothing(workshop: Workshop) -> None:
    job = await running(workshop)

    await workshop.cancel(job)
    await workshop.visit_all(job)

    await assert_paid(workshop, job, JobState.CANCELLED, by_member=0, by_house=0)


async def test_a_task_the_provider_cancelled_by_itself_costs_what_it_bills(
    workshop: Workshop,
) -> None:
    job = await running(workshop)
    workshop.provider.statuses.append(Failed(FailureReason.CANCELLED, "by them", 12_000))

    await workshop.visit_all(job)

    await assert_paid(workshop, job, JobState.CANCELLED, by_member=2, by_house=0)


async def test_a_task_that_cannot_be_stopped_is_delivered_and_paid_for(
    unstoppable: Workshop,
) -> None:
    unstoppable.provider.statuses.append(Pending(progress=0.5))
    job = await running(unstoppable)

    await unstoppable.cancel(job)
    await unstoppable.visit_all(job)

    assert "cancel" not in unstoppable.provider.calls
    assert len(unstoppable.thread.clips) == 1
    await assert_paid(unstoppable, job, JobState.DELIVERED, by_member=PRICE, by_house=0)


@pytest.mark.parametrize("has_status", [False, True])
async def test_a_job_in_line_is_free_whatever_the_provider_can_do(
    unstoppable: Workshop, has_status: bool
) -> None:
    unstoppable.provider.bills_cancelled = True
    job = await (bring_to(unstoppable, JobState.QUEUED) if has_status else unstoppable.order())

    await unstoppable.cancel(job)
    await unstoppable.visit_all(job)

    assert unstoppable.provider.calls == []
    assert (await unstoppable.job(job)).failure == Outcome.CANCELLED_EARLY
    await assert_paid(unstoppable, job, JobState.CANCELLED, by_member=0, by_house=0)


@pytest.mark.parametrize("error", [NotSubmitted("no route"), RateLimited(3600)])
async def test_a_job_sent_back_into_the_line_is_free(workshop: Workshop, error: Exception) -> None:
    workshop.provider.bills_cancelled = True
    workshop.provider.submits.append(Mishap(error))
    job = await bring_to(workshop, JobState.QUEUED)
    job = await workshop.visit_while(lambda _: not workshop.provider.calls, job)

    await workshop.cancel(job)
    await workshop.visit()

    assert workshop.provider.calls == ["submit"]
    await assert_paid(workshop, job, JobState.CANCELLED, by_member=0, by_house=0)


async def test_an_uncertain_submit_that_arrived_is_stopped_once_it_is_found(
    workshop: Workshop,
) -> None:
    workshop.provider.submits.append(ANSWER_LOST)
    job = await workshop.visit_until(JobState.UNKNOWN, await workshop.order())

    await workshop.cancel(job)
    await workshop.visit_all(job)

    assert workshop.provider.calls == ["submit", "find", "cancel", "forget"]
    await assert_paid(workshop, job, JobState.CANCELLED, by_member=0, by_house=0)


async def test_a_cancel_after_the_clip_is_fetched_changes_nothing(workshop: Workshop) -> None:
    job = await bring_to(workshop, JobState.FETCHED)

    await workshop.cancel(job)
    await workshop.visit_all(job)

    assert "cancel" not in workshop.provider.calls
    await assert_paid(workshop, job, JobState.DELIVERED, by_member=PRICE, by_house=0)


async def test_a_cancel_that_gets_no_answer_is_paid_for_once(workshop: Workshop) -> None:
    workshop.provider.bills_cancelled = True
    workshop.provider.cancels.extend([Unreachable("down")] * 3)
    job = await running(workshop)

    await workshop.cancel(job)
    await workshop.cancel(job)
    await workshop.visit_all(job)

    assert workshop.provider.calls.count("cancel") == 4
    await assert_paid(workshop, job, JobState.CANCELLED, by_member=PRICE, by_house=0)


async def test_a_task_out_of_time_that_is_billed_all_the_same_costs_the_house(
    workshop: Workshop,
) -> None:
    workshop.provider.bills_cancelled = True
    job = await running(workshop)
    workshop.provider.statuses.append(Pending(progress=0.99))
    workshop.advance(seconds=workshop.provider.deadline_seconds + 1)

    await workshop.visit_all(job)

    assert workshop.thread.concluded == [(job.id, Outcome.TIMED_OUT)]
    await assert_paid(workshop, job, JobState.FAILED, by_member=0, by_house=PRICE)
