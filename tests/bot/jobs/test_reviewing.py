"""Jobs nobody can tell about: the moderators are asked once, and a late clip is on the house."""

from __future__ import annotations

import pytest

from bot.jobs.outcomes import Outcome
from bot.jobs.thread import ThreadGone, ThreadUnreachable
from bot.jobs.workbench import LIFETIME
from providers.base import Failed, FailureReason, Pending, Succeeded
from providers.errors import CannotTell, TaskLost, Unreachable
from storage import guilds
from storage.jobs import JobState
from tests.bot.jobs.reviewed import (
    TOLD,
    RecordedCards,
    case_of,
    hint,
    house_losses,
    under_review,
    with_cards,
)
from tests.bot.jobs.stages import bring_to
from tests.bot.workshop import GUILD, PRICE, Workshop


@pytest.fixture
def cards(workshop: Workshop) -> RecordedCards:
    return with_cards(workshop)


async def test_without_a_log_channel_the_card_goes_into_the_jobs_own_thread(
    workshop: Workshop, cards: RecordedCards
) -> None:
    job = await under_review(workshop)

    assert cards.posted == [(job.id, job.thread_id)]
    assert (await case_of(workshop, job)).channel_id == job.thread_id
    assert workshop.thread.concluded == [(job.id, Outcome.LOST)]
    await workshop.assert_settled(job, JobState.NEEDS_REVIEW, paid=0)


async def test_the_card_goes_into_the_log_channel(workshop: Workshop, cards: RecordedCards) -> None:
    await workshop.database.run(guilds.change, GUILD, log_channel_id=99)

    job = await under_review(workshop)

    assert cards.posted == [(job.id, 99)]


async def test_where_the_log_channel_is_gone_the_thread_is_next(
    workshop: Workshop, cards: RecordedCards
) -> None:
    await workshop.database.run(guilds.change, GUILD, log_channel_id=99)
    cards.errors.append(ThreadGone("deleted"))

    job = await under_review(workshop)

    assert cards.posted == [(job.id, job.thread_id)]


async def test_where_there_is_no_place_for_a_card_the_job_rests(
    workshop: Workshop, cards: RecordedCards
) -> None:
    cards.errors.append(ThreadGone("deleted"))

    job = await under_review(workshop)

    case = await case_of(workshop, job)
    assert (case.channel_id, case.message_id) == (None, None)
    await hint(workshop, job)
    await workshop.visit_all(job)
    assert (await workshop.job(job)).state is JobState.DELIVERED


async def test_while_discord_is_away_the_card_waits(
    workshop: Workshop, cards: RecordedCards
) -> None:
    job = await bring_to(workshop, JobState.NEEDS_REVIEW)
    cards.errors.append(ThreadUnreachable("503"))

    with pytest.raises(ThreadUnreachable):
        await workshop.visit()
    [claimed] = [await workshop.job(job)]
    workshop.advance(hours=20)
    await workshop.bench.look_again(claimed, LIFETIME / 24)
    await workshop.visit_all(job)

    assert cards.posted == [(job.id, claimed.thread_id)]


async def test_a_late_clip_is_delivered_by_itself_on_the_house(
    workshop: Workshop, cards: RecordedCards, clip_bytes: bytes
) -> None:
    job = await under_review(workshop)
    workshop.advance(days=3)
    workshop.provider.statuses.extend(
        [Pending(), Succeeded(workshop.provider.clip, billed_microdollars=20_000)]
    )

    await hint(workshop, job)
    await hint(workshop, job)
    await workshop.visit_all(job)

    (posted,) = workshop.thread.clips
    assert (posted.paid_credits, posted.data) == (0, clip_bytes)
    assert [state for state, _ in cards.shown][-1] is JobState.DELIVERED
    assert len(cards.posted) == 1
    assert await house_losses(workshop) == [2]
    assert workshop.thread.concluded == [(job.id, Outcome.LOST), (job.id, Outcome.DELIVERED)]
    assert workshop.provider.calls[-1] == "forget"
    now = await workshop.job(job)
    assert (now.task, now.failure, now.clip_id) == (TOLD, None, posted.message_id)
    await workshop.assert_settled(job, JobState.DELIVERED, paid=0)


async def test_a_late_clip_with_an_unknown_bill_costs_the_house_its_price(
    workshop: Workshop, cards: RecordedCards
) -> None:
    job = await under_review(workshop)

    await hint(workshop, job)
    await workshop.visit_all(job)

    assert await house_losses(workshop) == [PRICE]


async def test_a_late_clip_needs_no_card(workshop: Workshop) -> None:
    job = await under_review(workshop)

    await hint(workshop, job)
    await workshop.visit_all(job)

    assert len(workshop.thread.clips) == 1
    await workshop.assert_settled(job, JobState.DELIVERED, paid=0)


async def test_a_task_that_failed_after_all_costs_the_house_what_was_billed(
    workshop: Workshop, cards: RecordedCards
) -> None:
    job = await under_review(workshop)
    failed = Failed(FailureReason.REFUSED, "no", billed_microdollars=10_000)
    workshop.provider.statuses.append(failed)

    await hint(workshop, job)
    await workshop.visit_all(job)

    assert workshop.thread.concluded == [(job.id, Outcome.LOST)]
    assert await house_losses(workshop) == [1]
    state, _ = cards.shown[-1]
    assert state is JobState.FAILED
    await workshop.assert_settled(job, JobState.FAILED, paid=0)


async def test_a_task_the_provider_does_not_know_goes_back_to_the_moderators(
    workshop: Workshop, cards: RecordedCards
) -> None:
    job = await under_review(workshop)
    workshop.provider.statuses.append(TaskLost("404"))

    await hint(workshop, job)
    await workshop.visit_all(job)

    state, case = cards.shown[-1]
    assert (state, case.lost_tasks, case.verdict) == (JobState.NEEDS_REVIEW, 1, None)
    await workshop.assert_settled(job, JobState.NEEDS_REVIEW, paid=0)


async def test_a_provider_that_is_away_is_asked_again(
    workshop: Workshop, cards: RecordedCards
) -> None:
    job = await under_review(workshop)
    workshop.provider.statuses.extend([Unreachable("down")] * 3)

    await hint(workshop, job)
    await workshop.visit_all(job)

    await workshop.assert_settled(job, JobState.DELIVERED, paid=0)


async def test_a_late_task_that_never_ends_is_given_up(
    workshop: Workshop, cards: RecordedCards
) -> None:
    job = await under_review(workshop)
    workshop.provider.statuses.extend([Pending()] * 400)

    await hint(workshop, job)
    await workshop.visit()
    await workshop.visit()
    workshop.advance(seconds=workshop.provider.deadline_seconds)
    await workshop.visit_all(job)

    assert (await workshop.job(job)).failure == Outcome.TIMED_OUT
    await workshop.assert_settled(job, JobState.FAILED, paid=0)


async def test_a_late_clip_whose_thread_is_gone_is_offered_for_a_day(
    workshop: Workshop, cards: RecordedCards
) -> None:
    job = await under_review(workshop)
    workshop.thread.errors["post_clip"].extend([ThreadGone("deleted")] * 5)

    await hint(workshop, job)
    while len(workshop.thread.errors["post_clip"]) > 2:
        await workshop.visit_next()
    workshop.advance(hours=25)
    await workshop.visit_all(job)

    assert (await workshop.job(job)).failure == Outcome.THREAD_GONE
    assert await house_losses(workshop) == []
    await workshop.assert_settled(job, JobState.FAILED, paid=0)


async def test_a_late_job_waits_for_a_provider_that_is_not_configured(
    workshop: Workshop,
) -> None:
    job = await under_review(workshop)
    workshop.open(workshop.database, with_provider=False)
    await hint(workshop, job)
    await workshop.visit()
    await workshop.visit()
    assert (await workshop.job(job)).state is JobState.LATE

    workshop.open(workshop.database)
    await workshop.visit_all(job)

    await workshop.assert_settled(job, JobState.DELIVERED, paid=0)


async def test_a_cancel_from_before_does_not_stop_a_late_clip(workshop: Workshop) -> None:
    job = await bring_to(workshop, JobState.UNKNOWN)
    workshop.provider.finds.extend([CannotTell("no look-up")] * 9)
    await workshop.cancel(job)
    workshop.advance(seconds=workshop.provider.deadline_seconds + 1)
    await workshop.visit_all(job)

    await hint(workshop, job)
    await workshop.visit_all(job)

    assert "cancel" not in workshop.provider.calls
    await workshop.assert_settled(job, JobState.DELIVERED, paid=0)
