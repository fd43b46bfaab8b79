"""Extras are made for whoever may have them, of clips that are kept, and leave nothing."""

from __future__ import annotations

import pytest

from bot.errors import NotAllowed
from bot.jobs.extra import Beside, Extra, Join, Moment, Moving, Poster
from bot.jobs.extra_errors import (
    BeingPosted,
    ClipGone,
    NoOtherClip,
)
from bot.jobs.extras import ExtrasService
from bot.jobs.history import Viewer
from bot.media.extras.stills import Preview
from storage import blocks
from storage.errors import JobNotFound, MemberBlocked
from storage.jobs import Job, JobState
from tests.bot.jobs.making_extras.service import (
    OWN,
    TRIM,
    Board,
    asked,
    delivered,
    left_behind,
)
from tests.bot.workshop import GUILD, MEMBER, Workshop


async def test_an_extra_is_posted_and_nothing_of_it_stays_on_the_disk(
    extras: ExtrasService, workshop: Workshop, board: Board, job: Job
) -> None:
    await extras.make(asked(job), TRIM)

    [(made, _)] = board.posts
    assert made.name == f"zoetrope-{job.id}-trim-x2d.mp4"
    assert made.seconds == pytest.approx(1.0, abs=0.05)
    assert left_behind(workshop) == []


async def test_extras_are_free(extras: ExtrasService, workshop: Workshop, job: Job) -> None:
    before = await workshop.account()

    await extras.make(asked(job), Poster(Moment.MIDDLE))

    assert await workshop.account() == before


@pytest.mark.parametrize("extra", [TRIM, Moving(Preview.GIF), Join("x")])
async def test_nobody_else_may_have_them(
    extras: ExtrasService, board: Board, job: Job, extra: Extra
) -> None:
    stranger = Viewer(GUILD, MEMBER + 1, is_moderator=False)

    with pytest.raises(NotAllowed):
        await extras.make(asked(job, stranger), extra)
    with pytest.raises(NotAllowed):
        await extras.others(stranger, job.id)

    assert board.posts == []


async def test_a_moderator_may_but_only_in_their_own_guild(
    extras: ExtrasService, board: Board, job: Job
) -> None:
    await extras.make(asked(job, Viewer(GUILD, 99, is_moderator=True)), TRIM)

    with pytest.raises(JobNotFound):
        await extras.make(asked(job, Viewer(GUILD + 1, 99, is_moderator=True)), TRIM)
    assert len(board.posts) == 1


async def test_whoever_is_blocked_has_nothing_made(
    extras: ExtrasService, workshop: Workshop, board: Board, job: Job
) -> None:
    await workshop.database.run(
        blocks.block_member, GUILD, MEMBER, 99, until=None, reason=None, now=workshop.clock()
    )

    with pytest.raises(MemberBlocked):
        await extras.make(asked(job), TRIM)

    assert board.posts == []


async def test_another_members_clip_cannot_be_joined_by_naming_it(
    extras: ExtrasService, workshop: Workshop, job: Job
) -> None:
    with pytest.raises(JobNotFound):
        await extras.make(asked(job), Join("zzz"))

    assert left_behind(workshop) == []


async def test_a_clip_that_is_not_delivered_gives_nothing_away(
    extras: ExtrasService, workshop: Workshop, board: Board
) -> None:
    await workshop.enrich(100)
    job = await workshop.visit_until(JobState.FETCHED, await workshop.order())

    with pytest.raises(BeingPosted):
        await extras.make(asked(job), TRIM)


async def test_of_a_clip_that_was_removed_nothing_can_be_made(
    extras: ExtrasService, workshop: Workshop, job: Job
) -> None:
    workshop.files.clip(job.clip or "").unlink()

    with pytest.raises(ClipGone):
        await extras.make(asked(job), TRIM)


async def test_the_members_other_kept_clips_are_offered_the_newest_first(
    extras: ExtrasService, workshop: Workshop, job: Job
) -> None:
    with pytest.raises(NoOtherClip):
        await extras.others(OWN, job.id)
    later = []
    for number in (2, 3, 4):
        workshop.advance(minutes=1)
        later.append(await delivered(workshop, number))
    workshop.files.clip(later[1].clip or "").unlink()

    offered = await extras.others(OWN, job.id)

    assert [other.id for other in offered] == [later[2].id, later[0].id]


@pytest.mark.parametrize("kind", [Join, Beside])
async def test_two_clips_of_a_member_become_one(
    extras: ExtrasService, workshop: Workshop, board: Board, job: Job, kind: type[Join | Beside]
) -> None:
    other = await delivered(workshop, 2)

    await extras.make(asked(job), kind(other.id))

    [(made, _)] = board.posts
    assert f"-{kind.__name__.lower()}-x" in made.name
