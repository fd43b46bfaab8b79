"""Extras are known by their clips, from before they are posted until nothing of them is left."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from storage import extras, jobs
from storage.errors import JobNotFound
from storage.extras import PostedExtra
from storage.job_schema import job
from tests.storage.examples import GUILD, MEMBER, NOW, new_job, seconds


@pytest.fixture
def clips(conn: sa.Connection) -> tuple[str, str]:
    """The ids of two jobs whose clips are kept."""
    first, second = (
        jobs.create(conn, new_job(number, price_credits=0), now=NOW).id for number in (1, 2)
    )
    conn.execute(sa.update(job).values(clip="kept.mp4"))
    return first, second


def an_extra(number: int, job_id: str, other_id: str | None = None) -> PostedExtra:
    return PostedExtra(
        id=number, guild_id=GUILD, job_id=job_id, other_id=other_id, place_id=5, made_at=NOW
    )


def test_it_goes_with_either_clip_and_with_no_other(
    conn: sa.Connection, clips: tuple[str, str]
) -> None:
    first, second = clips
    both, alone = an_extra(1, first, second), an_extra(2, first)
    assert extras.create(conn, both)
    assert extras.create(conn, alone)

    extras.remove_of_job(conn, second)

    assert [one.id for one in extras.removed(conn)] == [1]
    assert (both.sources, alone.sources) == ((first, second), (first,))


def test_it_goes_with_its_member_from_their_guild_alone(
    conn: sa.Connection, clips: tuple[str, str]
) -> None:
    extras.create(conn, an_extra(1, clips[0]))

    extras.remove_of_member(conn, GUILD + 1, MEMBER)
    extras.remove_of_member(conn, GUILD, MEMBER + 1)
    assert extras.removed(conn) == []

    assert [one.id for one in extras.of_member(conn, GUILD, MEMBER)] == [1]
    extras.remove_of_member(conn, GUILD, MEMBER)
    assert [one.id for one in extras.removed(conn)] == [1]


@pytest.mark.parametrize("removed", [0, 1])
def test_of_a_clip_that_is_removed_none_begins(
    conn: sa.Connection, clips: tuple[str, str], removed: int
) -> None:
    conn.execute(sa.update(job).where(job.c.id == clips[removed]).values(clip=None))

    assert not extras.create(conn, an_extra(1, *clips))
    assert extras.of_member(conn, GUILD, MEMBER) == []


def test_none_is_made_of_a_job_that_is_not_there(conn: sa.Connection) -> None:
    with pytest.raises(JobNotFound):
        extras.create(conn, an_extra(1, "zzz"))


def test_its_message_is_noted_once_it_is_posted(
    conn: sa.Connection, clips: tuple[str, str]
) -> None:
    extras.create(conn, an_extra(1, clips[0]))

    assert extras.posted(conn, PostedExtra(**{**vars(an_extra(1, clips[0])), "message_id": 9}))

    assert [one.message_id for one in extras.of_member(conn, GUILD, MEMBER)] == [9]


@pytest.mark.parametrize("is_forgotten", [False, True])
def test_one_that_is_posted_after_its_clip_was_removed_is_to_go(
    conn: sa.Connection, clips: tuple[str, str], is_forgotten: bool
) -> None:
    extras.create(conn, an_extra(1, clips[0]))
    extras.remove_of_job(conn, clips[0])
    if is_forgotten:
        extras.drop(conn, an_extra(1, clips[0]))

    assert not extras.posted(conn, PostedExtra(**{**vars(an_extra(1, clips[0])), "message_id": 9}))

    assert [(one.id, one.message_id) for one in extras.removed(conn)] == [(1, 9)]


def test_a_copy_is_handed_out_until_its_extra_is_to_go(
    conn: sa.Connection, clips: tuple[str, str]
) -> None:
    extras.create(conn, an_extra(1, clips[0]))
    assert not extras.is_kept(conn, "1-x1.mp4")

    assert extras.keep(conn, 1, "1-x1.mp4")
    assert extras.is_kept(conn, "1-x1.mp4")

    extras.give_up(conn, an_extra(1, clips[0]))
    assert not extras.is_kept(conn, "1-x1.mp4")


@pytest.mark.parametrize("is_forgotten", [False, True])
def test_no_copy_is_stored_of_what_is_to_go_and_one_that_was_is_known(
    conn: sa.Connection, clips: tuple[str, str], is_forgotten: bool
) -> None:
    extras.create(conn, an_extra(1, clips[0]))
    extras.remove_of_job(conn, clips[0])
    if is_forgotten:
        extras.drop(conn, an_extra(1, clips[0]))

    assert not extras.keep(conn, 1, "1-x1.mp4")
    extras.give_up(conn, PostedExtra(**{**vars(an_extra(1, clips[0])), "file": "1-x1.mp4"}))

    assert [(one.id, one.file) for one in extras.removed(conn)] == [(1, "1-x1.mp4")]


def test_only_what_an_earlier_process_did_not_post_is_given_up(
    conn: sa.Connection, clips: tuple[str, str]
) -> None:
    for number in (1, 2):
        extras.create(conn, an_extra(number, clips[0]))
    extras.posted(conn, PostedExtra(**{**vars(an_extra(2, clips[0])), "message_id": 9}))

    extras.give_up_unposted(conn, before=NOW)
    assert extras.removed(conn) == []

    extras.give_up_unposted(conn, before=NOW + seconds(1))
    assert [one.id for one in extras.removed(conn)] == [1]


def test_looking_for_what_is_to_go_reads_nothing_else(
    conn: sa.Connection, clips: tuple[str, str]
) -> None:
    plan = conn.exec_driver_sql(
        "EXPLAIN QUERY PLAN SELECT * FROM extra WHERE is_removed ORDER BY made_at, id"
    ).all()

    assert "extra_removed" in plan[0].detail
