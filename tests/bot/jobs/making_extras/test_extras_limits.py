"""Extras are made one at a time, in bounded time, and within what the place takes."""

from __future__ import annotations

import asyncio

import pytest

from bot.errors import Restarting
from bot.jobs.extra import Extra, Join, Loop, Moment, Moving, Poster, Trim
from bot.jobs.extra_errors import (
    ClipGone,
    NotPosted,
    StillMaking,
    TooHard,
    TookTooLong,
    TooLarge,
)
from bot.jobs.extras import ExtrasService
from bot.jobs.history import Viewer
from bot.jobs.thread import ThreadGone, ThreadUnreachable
from bot.media.extras.stills import Preview
from bot.media.permits import Permits, Work
from storage import upload_limits
from storage.jobs import Job
from tests.bot.jobs.making_extras.service import (
    TRIM,
    Board,
    asked,
    delivered,
    left_behind,
    make_service,
)
from tests.bot.workshop import GUILD, Workshop
from tests.media.extras.footage import Studio
from tests.media.processes import eventually


@pytest.fixture(scope="session")
def noisy(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A second that compresses badly."""
    noise = "testsrc2=s=480x270:r=12,noise=alls=20:allf=t"
    folder = tmp_path_factory.mktemp("noisy")
    return Studio(folder).shoot("noisy", picture=noise, seconds=1).read_bytes()


async def test_one_member_has_one_made_at_a_time_and_others_wait_for_nobody(
    extras: ExtrasService, board: Board, permits: Permits, job: Job
) -> None:
    async with asyncio.TaskGroup() as group, permits.permit(Work.EXTRA):
        first = group.create_task(extras.make(asked(job), TRIM))
        await eventually(lambda: permits.load.waiting[Work.EXTRA] == 1)
        with pytest.raises(StillMaking):
            await extras.make(asked(job), TRIM)
        moderator = Viewer(GUILD, 99, is_moderator=True)
        second = group.create_task(extras.make(asked(job, moderator, interaction_id=78), TRIM))
        await eventually(lambda: permits.load.waiting[Work.EXTRA] == 2)

    assert sorted([first.result(), second.result()]) == [1, 2]
    assert await extras.make(asked(job, interaction_id=79), TRIM) == 3


async def test_a_clip_that_is_removed_before_it_is_opened_is_said_to_be_gone(
    extras: ExtrasService, workshop: Workshop, board: Board, permits: Permits, job: Job
) -> None:
    async with permits.permit(Work.EXTRA):
        making = asyncio.ensure_future(extras.make(asked(job), TRIM))
        await eventually(lambda: permits.load.waiting[Work.EXTRA] == 1)
        workshop.files.clip(job.clip or "").unlink()

    with pytest.raises(ClipGone):
        await making


@pytest.mark.parametrize("which", ["the clip", "the other"])
async def test_of_a_clip_that_is_removed_meanwhile_no_extra_is_posted(
    extras: ExtrasService, workshop: Workshop, board: Board, job: Job, noisy: bytes, which: str
) -> None:
    other = await delivered(workshop, 2)
    removed = job if which == "the clip" else other
    workshop.files.clip(other.clip or "").write_bytes(noisy)
    board.taken_bytes = 300_000
    board.on_refusal = workshop.files.clip(removed.clip or "").unlink

    with pytest.raises(ClipGone):
        await extras.make(asked(other), Join(job.id))

    assert board.posts == []


async def test_one_that_waits_too_long_is_given_up(
    workshop: Workshop, board: Board, permits: Permits, job: Job
) -> None:
    impatient = make_service(workshop, board, permits, most_seconds=0.01)

    async with permits.permit(Work.EXTRA):
        with pytest.raises(TookTooLong):
            await impatient.make(asked(job), TRIM)

    assert left_behind(workshop) == []
    assert permits.load.waiting == {}


async def test_when_the_bot_stops_one_under_way_ends_with_a_sentence_and_leaves_nothing(
    extras: ExtrasService,
    workshop: Workshop,
    permits: Permits,
    job: Job,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.jobs.extras.LAST_ORDERS_SECONDS", 0)
    async with permits.permit(Work.EXTRA):
        making = asyncio.ensure_future(extras.make(asked(job), TRIM))
        await eventually(lambda: permits.load.waiting[Work.EXTRA] == 1)
        extras.call_last_orders()
        with pytest.raises(Restarting):
            await making

    assert left_behind(workshop) == []
    with pytest.raises(Restarting):
        await extras.make(asked(job), TRIM)


async def test_a_place_that_takes_less_than_it_says_gets_a_smaller_version(
    extras: ExtrasService, workshop: Workshop, board: Board, job: Job, noisy: bytes
) -> None:
    workshop.files.clip(job.clip or "").write_bytes(noisy)
    board.taken_bytes = 300_000

    await extras.make(asked(job), Trim(0, 1))

    [(made, size_bytes)] = board.posts
    assert size_bytes <= 300_000
    assert made.seconds == pytest.approx(1.0, abs=0.05)


@pytest.mark.parametrize("extra", [TRIM, Poster(0.5), Moving(Preview.GIF)])
async def test_a_place_that_takes_next_to_nothing_is_said_so(
    extras: ExtrasService, workshop: Workshop, board: Board, job: Job, extra: Extra
) -> None:
    board.taken_bytes = 100

    with pytest.raises(TooLarge):
        await extras.make(asked(job), extra)

    assert left_behind(workshop) == []


@pytest.mark.parametrize("error", [ThreadGone("shut out"), ThreadUnreachable("no answer")])
async def test_a_place_that_takes_nothing_is_said_so(
    extras: ExtrasService, board: Board, job: Job, error: Exception
) -> None:
    board.errors.append(error)

    with pytest.raises(NotPosted):
        await extras.make(asked(job), TRIM)

    assert await extras.make(asked(job, interaction_id=78), TRIM) == 1


async def test_a_clip_whose_file_was_spoiled_is_too_hard(
    extras: ExtrasService, workshop: Workshop, job: Job
) -> None:
    path = workshop.files.clip(job.clip or "")
    path.write_bytes(path.read_bytes()[:2000])

    with pytest.raises(TooHard):
        await extras.make(asked(job), Loop(0.3))

    assert left_behind(workshop) == []


@pytest.mark.parametrize(
    ("at", "seconds"), [(Moment.FIRST, 0), (Moment.MIDDLE, 2), (Moment.LAST, 4), (1.5, 1.5)]
)
def test_a_moment_in_a_clip_of_four_seconds(at: Moment | float, seconds: float) -> None:
    assert Poster(at).seconds(4) == seconds


async def test_a_limit_that_was_learnt_from_a_refusal_counts_for_extras_too(
    extras: ExtrasService, workshop: Workshop, board: Board, job: Job, noisy: bytes
) -> None:
    workshop.files.clip(job.clip or "").write_bytes(noisy)
    now = workshop.clock()
    remember = upload_limits.remember
    await workshop.database.run(remember, GUILD, board.told_bytes, 300_000, now=now)

    await extras.make(asked(job), Trim(0, 1))

    assert [size_bytes <= 300_000 for _, size_bytes in board.posts] == [True]
