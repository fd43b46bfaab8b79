"""What moderators decide about a job nobody can tell about, and what the bot makes of it."""

from __future__ import annotations

import asyncio
import errno
import os
from typing import Any

import pytest
import sqlalchemy as sa

from bot.jobs.reviews import Ruling
from bot.jobs.thread import Whereabouts, whereabouts
from storage import jobs
from storage.errors import JobNotFound, NotEnoughCredits, NotWritten
from storage.job_schema import job as rows
from storage.jobs import Job, JobState
from storage.verdicts import Verdict
from tests.bot.jobs.reviewed import (
    BY,
    RecordedCards,
    hint,
    house_losses,
    reviews_of,
    under_review,
    with_cards,
)
from tests.bot.jobs.stages import bring_to
from tests.bot.workshop import GUILD, PRICE, Workshop


@pytest.fixture
def cards(workshop: Workshop) -> RecordedCards:
    return with_cards(workshop)


async def test_it_never_ran_closes_the_card(workshop: Workshop, cards: RecordedCards) -> None:
    job = await under_review(workshop)

    ruling = await reviews_of(workshop).it_never_ran(job.id, **BY)
    await workshop.visit_all(job)

    assert ruling is Ruling.COUNTS
    [(state, case)] = cards.shown
    assert (state, case.verdict, case.moderator_id) == (
        JobState.NEEDS_REVIEW,
        Verdict.NEVER_RAN,
        77,
    )
    assert case.decided_at == workshop.clock()


async def test_it_ran_with_an_id_delivers_on_the_house(
    workshop: Workshop, cards: RecordedCards
) -> None:
    job = await under_review(workshop)
    reviews = reviews_of(workshop)
    review = await reviews.review(job.id, guild_id=GUILD)
    assert (review.is_open, review.can_be_fetched, review.task_is_known) == (True, True, False)

    assert await reviews.it_ran(job.id, **BY, task_id=" 17 ") is Ruling.COUNTS
    await workshop.visit_all(job)

    assert (await workshop.job(job)).task == {"number": 17}
    _, case = cards.shown[-1]
    assert case.verdict is Verdict.RAN
    assert await house_losses(workshop) == [PRICE]
    await workshop.assert_settled(job, JobState.DELIVERED, paid=0)


@pytest.mark.parametrize("task_id", ["not a number", "5"])
async def test_an_id_that_is_none_or_another_jobs_decides_nothing(
    workshop: Workshop, cards: RecordedCards, task_id: str
) -> None:
    job = await under_review(workshop)
    other = await bring_to(workshop, JobState.RUNNING, interaction_id=2)
    await workshop.database.run(
        jobs.update, other, now=workshop.clock(), due_at=None, task={"number": 5}
    )

    ruling = await reviews_of(workshop).it_ran(job.id, **BY, task_id=task_id)

    assert ruling is Ruling.NO_SUCH_TASK
    assert (await reviews_of(workshop).review(job.id, guild_id=GUILD)).is_open


async def test_it_ran_where_the_provider_takes_no_ids_is_put_on_record(
    workshop: Workshop, cards: RecordedCards
) -> None:
    job = await under_review(workshop)
    workshop.provider.takes_ids = False
    reviews = reviews_of(workshop)
    assert not (await reviews.review(job.id, guild_id=GUILD)).can_be_fetched

    await reviews.it_ran(job.id, **BY)
    await workshop.visit_all(job)

    state, case = cards.shown[-1]
    assert (state, case.verdict) == (JobState.NEEDS_REVIEW, Verdict.RAN)


async def test_running_again_makes_the_same_job_on_a_new_hold(
    workshop: Workshop, cards: RecordedCards
) -> None:
    job = await under_review(workshop)
    reviews = reviews_of(workshop)
    assert await reviews.price_again(job.id, guild_id=GUILD) == PRICE

    made = await reviews.run_again(job.id, **BY, interaction_id=900, role_ids=())

    assert made is not None
    assert made.id == jobs.job_id(900)
    same = ("member_id", "prompt", "model", "seconds", "shape", "seed", "thread_id", "channel_id")
    assert [getattr(made, name) for name in same] == [getattr(job, name) for name in same]
    assert whereabouts(made) is Whereabouts.THREAD
    assert await workshop.picture(made) == b"a picture"
    assert made.picture != job.picture
    await workshop.visit_all(made)
    await workshop.assert_settled(made, JobState.DELIVERED, paid=PRICE)
    await workshop.assert_settled(job, JobState.NEEDS_REVIEW, paid=0)
    assert cards.shown[-1][1].next_job_id == made.id


async def test_running_again_keeps_the_place_of_a_padded_picture(
    workshop: Workshop, cards: RecordedCards
) -> None:
    job = await under_review(workshop)
    await workshop.database.run(pad, job)

    made = await reviews_of(workshop).run_again(job.id, **BY, interaction_id=900, role_ids=())

    assert made is not None
    assert made.inset == [256, 0, 512, 576]


def pad(conn: sa.Connection, job: Job) -> None:
    conn.execute(sa.update(rows).where(rows.c.id == job.id).values(inset=[256, 0, 512, 576]))


async def test_running_again_with_no_room_on_the_disk_is_told_so(
    workshop: Workshop, cards: RecordedCards, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = await under_review(workshop)

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(NotWritten):
        await reviews_of(workshop).run_again(job.id, **BY, interaction_id=900, role_ids=())
    monkeypatch.undo()

    assert (await workshop.account()).held == 0
    assert (await reviews_of(workshop).review(job.id, guild_id=GUILD)).is_open


async def test_two_moderators_who_confirm_at_once_make_one_job(
    workshop: Workshop, cards: RecordedCards
) -> None:
    job = await under_review(workshop)
    reviews = reviews_of(workshop)

    made = await asyncio.gather(
        *(
            reviews.run_again(job.id, **BY, interaction_id=900 + number, role_ids=())
            for number in range(4)
        )
    )

    assert sum(one is not None for one in made) == 1
    assert (await workshop.account()).held == PRICE


async def test_a_press_that_discord_sends_twice_makes_one_job_and_keeps_its_picture(
    workshop: Workshop, cards: RecordedCards
) -> None:
    job = await under_review(workshop)
    reviews = reviews_of(workshop)
    made = await reviews.run_again(job.id, **BY, interaction_id=900, role_ids=())

    assert await reviews.run_again(job.id, **BY, interaction_id=900, role_ids=()) is None

    assert made is not None
    assert await workshop.picture(made) == b"a picture"


async def test_running_again_without_credits_leaves_the_question_open(
    workshop: Workshop, cards: RecordedCards
) -> None:
    job = await under_review(workshop)
    for number in range(2, 35):
        await workshop.order(number)

    with pytest.raises(NotEnoughCredits):
        await reviews_of(workshop).run_again(job.id, **BY, interaction_id=900, role_ids=())

    assert (await reviews_of(workshop).review(job.id, guild_id=GUILD)).is_open


async def test_moderators_of_another_guild_see_nothing(workshop: Workshop) -> None:
    job = await under_review(workshop)
    elsewhere: dict[str, Any] = {"guild_id": GUILD + 1, "moderator_id": 77}
    reviews = reviews_of(workshop)

    with pytest.raises(JobNotFound):
        await reviews.review(job.id, guild_id=GUILD + 1)
    with pytest.raises(JobNotFound):
        await reviews.it_never_ran(job.id, **elsewhere)
    with pytest.raises(JobNotFound):
        await reviews.it_ran(job.id, **elsewhere)
    with pytest.raises(JobNotFound):
        await reviews.run_again(job.id, **elsewhere, interaction_id=900, role_ids=())


async def test_after_a_verdict_a_late_clip_is_delivered_all_the_same(
    workshop: Workshop, cards: RecordedCards
) -> None:
    job = await under_review(workshop)
    await reviews_of(workshop).it_never_ran(job.id, **BY)

    await hint(workshop, job)
    await workshop.visit_all(job)

    assert len(workshop.thread.clips) == 1
    assert cards.shown[-1][1].verdict is Verdict.NEVER_RAN
    await workshop.assert_settled(job, JobState.DELIVERED, paid=0)
