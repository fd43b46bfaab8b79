"""A task that takes longer than it may, and that nobody can stop: its clip may still come."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import pytest

from bot.jobs.outcomes import Outcome
from bot.jobs.workbench import LIFETIME
from providers.base import Failed, FailureReason, Pending, ProviderSettings, Stopping, Succeeded
from providers.errors import TaskLost, Unreachable
from storage.database import Database
from storage.jobs import Job, JobState
from tests.bot.jobs.bills import assert_paid
from tests.bot.jobs.reviewed import RecordedCards, with_cards
from tests.bot.jobs.stages import bring_to
from tests.bot.workshop import PRICE, Workshop
from tests.scripted import ScriptedProvider


class Unstoppable(ScriptedProvider):
    """A task, once taken, runs to its end."""

    stopping: ClassVar[Stopping] = Stopping.NEVER


@pytest.fixture
def cards(workshop: Workshop, tmp_path: Path, database: Database) -> RecordedCards:
    clip = workshop.provider.clip
    workshop.provider = Unstoppable(ProviderSettings(), tmp_path)
    workshop.provider.clip = clip
    workshop.open(database)
    return with_cards(workshop)


async def overdue(workshop: Workshop) -> Job:
    """A job whose task has just run out of time, with its member told."""
    job = await bring_to(workshop, JobState.RUNNING)
    workshop.provider.statuses.append(Pending(progress=0.99))
    workshop.advance(seconds=workshop.provider.deadline_seconds + 1)
    return await workshop.visit_until(JobState.LATE, job)


async def test_its_member_has_the_credits_back_and_no_moderator_is_asked(
    workshop: Workshop, cards: RecordedCards
) -> None:
    job = await overdue(workshop)

    assert workshop.thread.concluded == [(job.id, Outcome.OVERDUE)]
    assert cards.posted == []
    await workshop.assert_settled(job, JobState.LATE, paid=0)


async def test_a_clip_that_comes_late_is_posted_once_and_on_the_house(
    workshop: Workshop, cards: RecordedCards
) -> None:
    job = await overdue(workshop)
    workshop.provider.statuses += [Pending(), Succeeded(workshop.provider.clip, 12 * 10_000)]

    job = await workshop.visit_all(job)

    assert [posted.job_id for posted in workshop.thread.clips] == [job.id]
    await assert_paid(workshop, job, JobState.DELIVERED, by_member=0, by_house=12)


async def test_one_that_fails_late_is_over_and_its_member_hears_no_more(
    workshop: Workshop, cards: RecordedCards
) -> None:
    job = await overdue(workshop)
    workshop.provider.statuses.append(Failed(FailureReason.PROVIDER_FAULT, "broke"))

    job = await workshop.visit_all(job)

    assert workshop.thread.concluded == [(job.id, Outcome.OVERDUE)]
    await assert_paid(workshop, job, JobState.FAILED, by_member=0, by_house=0)


async def test_one_the_provider_forgets_is_over(workshop: Workshop, cards: RecordedCards) -> None:
    job = await overdue(workshop)
    workshop.provider.statuses.append(TaskLost("unknown"))

    job = await workshop.visit_all(job)

    assert cards.posted == []
    assert job.failure == Outcome.LOST
    await assert_paid(workshop, job, JobState.FAILED, by_member=0, by_house=0)


async def test_one_that_never_ends_is_given_up(workshop: Workshop, cards: RecordedCards) -> None:
    job = await overdue(workshop)
    workshop.provider.statuses += [Pending()] * 400
    workshop.advance(seconds=workshop.provider.deadline_seconds + 1)

    job = await workshop.visit_all(job)

    assert job.failure == Outcome.TIMED_OUT
    await assert_paid(workshop, job, JobState.FAILED, by_member=0, by_house=0)


async def test_a_day_without_the_provider_gives_the_credits_back_and_goes_on_looking(
    workshop: Workshop, cards: RecordedCards
) -> None:
    job = await bring_to(workshop, JobState.RUNNING)
    workshop.provider.statuses += [Unreachable("down")] * 2
    workshop.advance(seconds=LIFETIME.total_seconds() + 1)
    job = await workshop.visit_until(JobState.LATE, job)
    await workshop.assert_settled(job, JobState.LATE, paid=0)

    job = await workshop.visit_all(job)

    assert [posted.job_id for posted in workshop.thread.clips] == [job.id]
    assert (await workshop.account()).held == 0
    assert job.price_credits == PRICE
    await workshop.assert_settled(job, JobState.DELIVERED, paid=0)
