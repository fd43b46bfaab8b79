"""Extras are made for whoever may have them, one at a time, in bounded time, and leave nothing."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.errors import NotAllowed, Restarting
from bot.jobs.extra import Beside, Extra, Join, Loop, Made, Moment, Moving, Poster, Trim
from bot.jobs.extra_errors import (
    BeingPosted,
    ClipGone,
    NoOtherClip,
    NotPosted,
    StillMaking,
    TooHard,
    TookTooLong,
    TooLarge,
)
from bot.jobs.extras import Asked, ExtrasService
from bot.jobs.history import MemberService, Viewer
from bot.jobs.thread import ClipTooLarge, ThreadGone, ThreadUnreachable
from bot.media.extras.stills import Preview
from bot.media.ffmpeg import Ffmpeg
from bot.media.turns import Turns, Work
from storage import blocks, upload_limits
from storage.errors import JobNotFound, MemberBlocked
from storage.jobs import Job, JobState
from tests.bot.workshop import GUILD, MEMBER, Workshop
from tests.media.extras.footage import Studio
from tests.media.processes import eventually

OWN = Viewer(GUILD, MEMBER, is_moderator=False)
TRIM = Trim(0.5, 1.5)


@dataclass
class Board:
    """Takes files of up to so many bytes, and fails where a test says so."""

    told_bytes: int = 10 * 2**20
    taken_bytes: int = 10 * 2**20
    errors: deque[Exception] = field(default_factory=deque)
    posts: list[tuple[Made, int]] = field(default_factory=list)

    async def limit_bytes(self, job: Job) -> int:
        return self.told_bytes

    async def post(self, job: Job, made: Made, *, member_id: int, nonce: str) -> int:
        if self.errors:
            raise self.errors.popleft()
        size_bytes = (await asyncio.to_thread(made.path.stat)).st_size
        if size_bytes > self.taken_bytes:
            raise ClipTooLarge
        self.posts.append((made, size_bytes))
        return len(self.posts)


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds with a tone."""
    return Studio(tmp_path_factory.mktemp("clip")).shoot("clip", size="64x64", rate=12, hertz=440)


@pytest.fixture(scope="session")
def noisy(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A second that compresses badly."""
    noise = "testsrc2=s=480x270:r=12,noise=alls=20:allf=t"
    folder = tmp_path_factory.mktemp("noisy")
    return Studio(folder).shoot("noisy", picture=noise, seconds=1).read_bytes()


@pytest.fixture
def board() -> Board:
    return Board()


@pytest.fixture
def turns() -> Turns:
    return Turns()


@pytest.fixture
def extras(workshop: Workshop, board: Board, turns: Turns) -> ExtrasService:
    return make_service(workshop, board, turns)


def make_service(
    workshop: Workshop, board: Board, turns: Turns, *, most_seconds: float = 60
) -> ExtrasService:
    history = MemberService(
        workshop.database, workshop.files, workshop.bench.ffmpeg, clock=workshop.clock
    )
    ffmpeg = Ffmpeg(turns, Work.EXTRA)
    return ExtrasService(
        workshop.database,
        history,
        workshop.files,
        ffmpeg,
        board,
        clock=workshop.clock,
        most_seconds=most_seconds,
    )


@pytest.fixture
async def job(workshop: Workshop) -> Job:
    await workshop.enrich(100)
    return await delivered(workshop, 1)


async def delivered(workshop: Workshop, interaction_id: int) -> Job:
    return await workshop.visit_all(await workshop.order(interaction_id))


def asked(job: Job, viewer: Viewer = OWN) -> Asked:
    return Asked(viewer, job.id, interaction_id=77)


def left_behind(workshop: Workshop) -> list[str]:
    folder = workshop.files.clip("x").parent
    return [path.name for path in folder.iterdir() if path.is_dir()]


async def test_an_extra_is_posted_and_nothing_of_it_stays_on_the_disk(
    extras: ExtrasService, workshop: Workshop, board: Board, job: Job
) -> None:
    await extras.make(asked(job), TRIM)

    [(made, _)] = board.posts
    assert made.name == f"zoetrope-{job.id}-trim.mp4"
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


async def test_a_limit_that_was_learnt_from_a_refusal_counts_for_extras_too(
    extras: ExtrasService, workshop: Workshop, board: Board, job: Job, noisy: bytes
) -> None:
    workshop.files.clip(job.clip or "").write_bytes(noisy)
    now = workshop.clock()
    remember = upload_limits.remember
    await workshop.database.run(remember, GUILD, board.told_bytes, 300_000, now=now)

    await extras.make(asked(job), Trim(0, 1))

    assert [size_bytes <= 300_000 for _, size_bytes in board.posts] == [True]


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
    assert made.name.endswith(f"-{kind.__name__.lower()}.mp4")


async def test_one_member_has_one_made_at_a_time_and_others_wait_for_nobody(
    extras: ExtrasService, board: Board, turns: Turns, job: Job
) -> None:
    async with asyncio.TaskGroup() as group, turns.turn(Work.EXTRA):
        first = group.create_task(extras.make(asked(job), TRIM))
        await eventually(lambda: turns.load.waiting[Work.EXTRA] == 1)
        with pytest.raises(StillMaking):
            await extras.make(asked(job), TRIM)
        moderator = Viewer(GUILD, 99, is_moderator=True)
        second = group.create_task(extras.make(asked(job, moderator), TRIM))
        await eventually(lambda: turns.load.waiting[Work.EXTRA] == 2)

    assert sorted([first.result(), second.result()]) == [1, 2]
    assert await extras.make(asked(job), TRIM) == 3


async def test_one_that_waits_too_long_is_given_up(
    workshop: Workshop, board: Board, turns: Turns, job: Job
) -> None:
    impatient = make_service(workshop, board, turns, most_seconds=0.01)

    async with turns.turn(Work.EXTRA):
        with pytest.raises(TookTooLong):
            await impatient.make(asked(job), TRIM)

    assert left_behind(workshop) == []
    assert turns.load.waiting == {}


async def test_when_the_bot_stops_one_under_way_ends_with_a_sentence_and_leaves_nothing(
    extras: ExtrasService,
    workshop: Workshop,
    turns: Turns,
    job: Job,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.jobs.extras.LAST_ORDERS_SECONDS", 0)
    async with turns.turn(Work.EXTRA):
        making = asyncio.ensure_future(extras.make(asked(job), TRIM))
        await eventually(lambda: turns.load.waiting[Work.EXTRA] == 1)
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

    assert await extras.make(asked(job), TRIM) == 1


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
