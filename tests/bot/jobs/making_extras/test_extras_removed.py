"""An extra goes with each clip it was made of: post, stored copy and row, whenever that is."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.jobs.extra import Join, Trim
from bot.jobs.extra_errors import ClipGone, NotPosted
from bot.jobs.extras import ExtrasService
from bot.jobs.thread import ThreadGone, ThreadUnreachable
from storage import extras as stored
from storage import members
from storage.extras import PostedExtra
from storage.jobs import Job
from tests.bot.jobs.making_extras.service import (
    Board,
    asked,
    delivered,
    make_chore,
    make_history,
    remove,
)
from tests.bot.workshop import GUILD, MEMBER, Workshop

COPY = "1-x2d.mp4"


@pytest.fixture
async def other(workshop: Workshop, job: Job) -> Job:
    return await delivered(workshop, 2)


@pytest.fixture
async def joined(extras: ExtrasService, workshop: Workshop, job: Job, other: Job) -> PostedExtra:
    """Posted beside the first clip, with a stored copy."""
    await extras.make(asked(job), Join(other.id))
    await workshop.database.run(stored.keep, 77, COPY)
    workshop.files.clip(COPY).write_bytes(b"a copy")
    [row] = await workshop.database.read(stored.of_member, GUILD, MEMBER)
    return row


async def forget(workshop: Workshop) -> None:
    """As a member does who deletes their data."""
    await workshop.visit_all(await workshop.order(9))
    await make_history(workshop).privacy.delete(GUILD, MEMBER)


async def test_it_is_known_of_which_clips_it_was_made_and_where_it_is(
    joined: PostedExtra, job: Job, other: Job
) -> None:
    assert joined.sources == (job.id, other.id)
    assert (joined.place_id, joined.message_id) == (job.thread_id, 1)


@pytest.mark.parametrize("which", ["the first", "the second"])
async def test_removing_either_clip_takes_back_post_and_copy(
    workshop: Workshop, board: Board, joined: PostedExtra, job: Job, other: Job, which: str
) -> None:
    chore = make_chore(workshop, board)

    await remove(workshop, job if which == "the first" else other)
    assert not await workshop.database.read(stored.is_kept, COPY)
    assert await chore.is_due(workshop.clock())
    await chore.do(workshop.clock())

    assert [(one.place_id, one.message_id) for one in board.deleted] == [(job.thread_id, 1)]
    assert not workshop.files.clip(COPY).exists()
    assert not await chore.is_due(workshop.clock())


async def test_a_member_who_deletes_their_data_takes_it_with_them(
    workshop: Workshop, board: Board, joined: PostedExtra, tmp_path: Path
) -> None:
    await forget(workshop)
    await make_chore(workshop, board).do(workshop.clock())

    assert [one.message_id for one in board.deleted] == [1]
    assert not workshop.files.clip(COPY).exists()
    with closing(sqlite3.connect(tmp_path / "zoetrope.db")) as conn:
        assert conn.execute("SELECT count(*) FROM extra").fetchone() == (0,)


async def test_extras_of_other_clips_stay(
    extras: ExtrasService, workshop: Workshop, board: Board, job: Job, other: Job
) -> None:
    await extras.make(asked(job), Trim(0.5, 1.5))

    await remove(workshop, other)
    await make_chore(workshop, board).do(workshop.clock())

    assert board.deleted == []


async def test_what_discord_does_not_let_go_now_is_tried_again(
    workshop: Workshop, board: Board, joined: PostedExtra, other: Job
) -> None:
    chore = make_chore(workshop, board)
    await remove(workshop, other)
    board.errors.append(ThreadUnreachable("no answer"))

    await chore.do(workshop.clock())
    assert board.deleted == []
    await chore.do(workshop.clock())

    assert [one.message_id for one in board.deleted] == [1]


async def test_whoever_removes_a_clip_waits_for_what_was_made_of_that_one_alone(
    extras: ExtrasService, workshop: Workshop, board: Board, job: Job, other: Job
) -> None:
    for number, one in ((77, job), (78, other)):
        await extras.make(asked(one, interaction_id=number), Trim(0.5, 1.5))
        await remove(workshop, one)
    chore = make_chore(workshop, board)

    await chore.drop_let_go(other.id)
    assert [one.id for one in board.deleted] == [78]
    await chore.do(workshop.clock())

    assert [one.id for one in board.deleted] == [78, 77]


async def test_a_post_goes_though_its_copy_cannot_yet(
    workshop: Workshop, board: Board, joined: PostedExtra, job: Job
) -> None:
    chore = make_chore(workshop, board)
    copy = workshop.files.clip(COPY)
    copy.unlink()
    copy.mkdir()
    await remove(workshop, job)

    await chore.do(workshop.clock())
    assert [one.message_id for one in board.deleted] == [1]
    copy.rmdir()
    await chore.do(workshop.clock())

    assert await workshop.database.read(stored.removed) == []


async def test_what_is_gone_for_good_is_given_up(
    workshop: Workshop, board: Board, joined: PostedExtra, other: Job
) -> None:
    chore = make_chore(workshop, board)
    await remove(workshop, other)
    board.errors.append(ThreadGone("no such channel"))

    await chore.do(workshop.clock())

    assert not await chore.is_due(workshop.clock())


async def test_one_that_is_removed_while_it_is_posted_is_taken_back(
    extras: ExtrasService, workshop: Workshop, board: Board, job: Job, other: Job
) -> None:
    chore = make_chore(workshop, board)

    async def removed_meanwhile() -> None:
        await remove(workshop, other)
        await chore.do(workshop.clock())

    board.while_posting = removed_meanwhile

    with pytest.raises(ClipGone):
        await extras.make(asked(job), Join(other.id))
    await chore.do(workshop.clock())

    assert [one.message_id for one in board.deleted] == [None, 1]
    assert await workshop.database.read(stored.removed) == []


async def test_one_that_arrives_just_after_it_was_looked_for_is_taken_back_the_next_time(
    workshop: Workshop, board: Board, joined: PostedExtra, other: Job
) -> None:
    chore = make_chore(workshop, board)
    unsure = replace(joined, id=78, message_id=None)
    await workshop.database.run(stored.create, unsure)
    await remove(workshop, other)

    async def arrives() -> None:
        await workshop.database.run(stored.posted, replace(unsure, message_id=5))

    board.while_deleting = arrives
    await chore.do(workshop.clock())
    board.while_deleting = None
    await chore.do(workshop.clock())

    assert (78, 5) in [(one.id, one.message_id) for one in board.deleted]
    assert await workshop.database.read(stored.removed) == []


async def test_one_that_nobody_knows_to_be_posted_is_looked_for_and_taken_back(
    extras: ExtrasService, workshop: Workshop, board: Board, job: Job
) -> None:
    board.errors.append(ThreadUnreachable("no answer"))

    with pytest.raises(NotPosted):
        await extras.make(asked(job), Trim(0.5, 1.5))
    await make_chore(workshop, board).do(workshop.clock())

    assert [(one.id, one.message_id) for one in board.deleted] == [(77, None)]


async def test_one_whose_posting_a_kill_cut_short_is_taken_back_by_the_next_process(
    workshop: Workshop, board: Board, job: Job
) -> None:
    assert job.thread_id is not None
    row = PostedExtra(
        id=77,
        guild_id=GUILD,
        job_id=job.id,
        other_id=None,
        place_id=job.thread_id,
        file=COPY,
        made_at=workshop.clock(),
    )
    await workshop.database.run(stored.create, row)
    workshop.files.clip(COPY).write_bytes(b"a copy")
    workshop.advance(seconds=1)

    chore = make_chore(workshop, board)
    assert await chore.is_due(workshop.clock())
    await chore.do(workshop.clock())

    assert [(one.id, one.message_id) for one in board.deleted] == [(77, None)]
    assert not workshop.files.clip(COPY).exists()


async def test_of_a_removed_clip_none_is_begun(workshop: Workshop, job: Job) -> None:
    await remove(workshop, job)
    row = PostedExtra(
        id=78, guild_id=GUILD, job_id=job.id, other_id=None, place_id=1, made_at=workshop.clock()
    )

    assert not await workshop.database.run(stored.create, row)


async def test_forgetting_names_the_jobs_only_until_nothing_is_left(
    workshop: Workshop, joined: PostedExtra
) -> None:
    def marked(conn: sa.Connection) -> list[PostedExtra]:
        members.forget(conn, GUILD, MEMBER, pseudonym=-5)
        return list(stored.removed(conn))

    assert [one.id for one in await workshop.database.run(marked)] == [77]
    assert await workshop.database.read(stored.of_member, GUILD, MEMBER) == []
