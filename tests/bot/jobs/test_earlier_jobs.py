"""What a button may ask for an earlier job: another clip of its picture, or its end."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.errors import NotAllowed, PictureGone, PromptEmpty
from storage import visits
from storage.errors import JobNotFound
from storage.jobs import JobState
from tests.bot.orders import ORDER, UPLOADS
from tests.bot.workshop import MEMBER, Workshop

OTHER = 31
AGAIN = replace(ORDER, interaction_id=78, reply_id=501, thread_id=500, prompt="")


async def test_another_clip_is_ordered_of_the_same_picture_with_the_same_choices(
    workshop: Workshop,
) -> None:
    order = replace(ORDER, model="Plain", seconds=5, shape="1:1", seed=9)
    earlier = (await workshop.service.place(order, UPLOADS)).job

    job = (await workshop.service.place_again(AGAIN, job_id=earlier.id)).job

    assert (job.prompt, job.model, job.seconds, job.shape) == ("slow zoom in", "plain-1", 5, "1:1")
    assert (job.reply_id, job.thread_id) == (501, 500)
    assert job.picture != earlier.picture
    same = await workshop.picture(earlier)
    assert await workshop.picture(job) == same
    assert (await workshop.account()).held == 8


async def test_another_clip_may_have_another_prompt(workshop: Workshop) -> None:
    earlier = (await workshop.service.place(ORDER, UPLOADS)).job

    order = replace(AGAIN, prompt="heavy rain")
    job = (await workshop.service.place_again(order, job_id=earlier.id)).job

    assert job.prompt == "heavy rain"


@pytest.mark.parametrize(
    ("changes", "error"),
    [({"member_id": OTHER}, NotAllowed), ({"prompt": " "}, PromptEmpty)],
)
async def test_another_clip_is_refused_where_it_would_not_be_right(
    workshop: Workshop, changes: dict[str, object], error: type[Exception]
) -> None:
    earlier = (await workshop.service.place(ORDER, UPLOADS)).job

    with pytest.raises(error):
        await workshop.service.place_again(
            replace(AGAIN, **changes),  # type: ignore[arg-type]  # of any field
            job_id=earlier.id,
        )

    assert (await workshop.account()).held == 3


async def test_another_clip_of_a_picture_that_is_gone_is_refused(workshop: Workshop) -> None:
    earlier = (await workshop.service.place(ORDER, UPLOADS)).job
    await workshop.files.drop_upload(f"{earlier.id}.jpg")

    with pytest.raises(PictureGone):
        await workshop.service.place_again(AGAIN, job_id=earlier.id)

    assert (await workshop.account()).held == 3


async def test_another_clip_of_no_job_is_refused(workshop: Workshop) -> None:
    with pytest.raises(JobNotFound):
        await workshop.service.place_again(AGAIN, job_id="zzz")


@pytest.mark.parametrize(("member_id", "is_moderator"), [(MEMBER, False), (OTHER, True)])
async def test_a_job_is_cancelled_by_its_member_or_a_moderator(
    workshop: Workshop, member_id: int, is_moderator: bool
) -> None:
    job = (await workshop.service.place(ORDER, UPLOADS)).job

    cancelled = await workshop.service.cancel(
        job.id, member_id=member_id, is_moderator=is_moderator
    )

    assert cancelled.job.cancel_requested
    assert not cancelled.runs_on
    assert workshop.wake_ups == 1
    await workshop.visit_all(job)
    await workshop.assert_settled(job, JobState.CANCELLED, paid=0)


async def test_nobody_else_cancels_a_job(workshop: Workshop) -> None:
    job = (await workshop.service.place(ORDER, UPLOADS)).job

    with pytest.raises(NotAllowed):
        await workshop.service.cancel(job.id, member_id=OTHER, is_moderator=False)

    assert not (await workshop.job(job)).cancel_requested


async def test_cancelling_a_job_that_is_over_changes_nothing(workshop: Workshop) -> None:
    job = await workshop.visit_all((await workshop.service.place(ORDER, UPLOADS)).job)

    again = await workshop.service.cancel(job.id, member_id=MEMBER, is_moderator=False)

    assert again.job == job
    assert await workshop.database.read(visits.next_due) is None
