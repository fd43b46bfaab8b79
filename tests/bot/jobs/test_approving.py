"""A job above its guild's threshold waits for a moderator, a day long, with its credits held."""

from __future__ import annotations

import pytest

from bot.budget.asking import AskingService, AskKind, AskState
from bot.budget.desk import Giver
from bot.jobs.outcomes import Outcome
from storage import guilds
from storage.jobs import Job, JobState
from tests.bot.workshop import GUILD, PRICE, Workshop

GIVER = Giver(member_id=40)


@pytest.fixture
def asking(workshop: Workshop) -> AskingService:
    return AskingService(
        workshop.database, clock=workshop.clock, wake_worker=workshop.count_wake_up
    )


async def waiting(workshop: Workshop) -> Job:
    await workshop.database.run(guilds.change, GUILD, approval_credits=PRICE - 1)
    job = await workshop.order()
    await workshop.visit()
    return await workshop.job(job)


async def test_a_waiting_job_is_left_alone_until_somebody_answers(workshop: Workshop) -> None:
    job = await waiting(workshop)

    await workshop.visit()

    assert (await workshop.job(job)).state is JobState.NEEDS_APPROVAL
    assert (await workshop.account()).held == PRICE
    assert (await workshop.job(job)).task is None


async def test_a_job_that_may_begin_is_made_and_paid(
    workshop: Workshop, asking: AskingService
) -> None:
    job = await waiting(workshop)
    workshop.advance(hours=23, minutes=59)
    [asked] = await asking.pending(GUILD)

    answered = await asking.grant(asked.id, giver=GIVER)

    assert (asked.kind, answered.is_first, workshop.wake_ups) == (AskKind.JOB, True, 1)
    await workshop.visit_all(job)
    await workshop.assert_settled(job, JobState.DELIVERED, paid=PRICE)


async def test_a_denied_job_costs_nothing_and_says_so(
    workshop: Workshop, asking: AskingService
) -> None:
    job = await waiting(workshop)
    [asked] = await asking.pending(GUILD)

    await asking.deny(asked.id, giver=GIVER, reason="too dear")

    ended = await workshop.visit_all(job)
    assert ended.failure == Outcome.NOT_APPROVED
    await workshop.assert_settled(job, JobState.CANCELLED, paid=0)


async def test_a_job_nobody_answers_for_a_day_gives_its_credits_back(
    workshop: Workshop, asking: AskingService
) -> None:
    job = await waiting(workshop)

    ended = await workshop.visit_all(job)

    assert ended.failure == Outcome.UNANSWERED
    await workshop.assert_settled(job, JobState.CANCELLED, paid=0)
    asked = await asking.of_job(job.id)
    assert asked is not None
    assert asked.state is AskState.EXPIRED
    assert not (await asking.grant(asked.id, giver=GIVER)).is_first


async def test_a_member_may_cancel_what_waits(workshop: Workshop, asking: AskingService) -> None:
    job = await waiting(workshop)

    await workshop.cancel(job)

    await workshop.visit_all(job)
    await workshop.assert_settled(job, JobState.CANCELLED, paid=0)
    assert await asking.pending(GUILD) == ()
