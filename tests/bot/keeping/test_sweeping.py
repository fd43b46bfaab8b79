"""Files are removed when their time is over, and the rows of their jobs stay."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.errors import PictureGone
from bot.keeping.sweeping import Retention, Sweep
from storage import jobs
from storage.jobs import Job, JobState
from tests.bot.clock import StillClock
from tests.bot.keeping.house import DAY, HOUR, keeping
from tests.bot.orders import ORDER
from tests.bot.workshop import Workshop
from tests.storage.examples import PATHS

MONTH = Retention(pictures=30 * DAY, clips=30 * DAY)


async def a_job_with_files(workshop: Workshop, number: int, state: JobState | None) -> Job:
    """An order with a clip, its files as old as the clock says; ended in a state, or open."""
    job = await workshop.order(number)
    files, source = workshop.files, workshop.files.upload(f"{job.id}.jpg")
    clip = await files.keep_clip(f"{job.id}.mp4", source)
    if state is not None:
        await workshop.database.run(ended, job, state, workshop.clock())
    for path in (source, clip):
        age(path, workshop.clock())
    return job


def ended(conn: sa.Connection, job: Job, state: JobState, now: datetime) -> None:
    for step in PATHS[state]:
        job = jobs.update(conn, job, now=now, state=step, due_at=now, keep_lease=True)
    jobs.finish(conn, job, state, now=now, paid_credits=0, due_at=None)


def age(path: Path, moment: datetime) -> None:
    os.utime(path, (moment.timestamp(), moment.timestamp()))


def kept(workshop: Workshop) -> list[str]:
    folders = (workshop.files.upload(""), workshop.files.clip(""))
    return sorted(path.name for folder in folders for path in folder.glob("*"))


async def swept(workshop: Workshop, retention: Retention = MONTH) -> list[str]:
    sweep = Sweep(workshop.database, workshop.files, retention)
    await keeping(sweep, workshop.clock).look()
    return kept(workshop)


@pytest.mark.parametrize("state", [JobState.DELIVERED, JobState.FAILED, JobState.CANCELLED])
async def test_files_of_a_job_go_when_it_ended_long_enough_ago_and_its_row_stays(
    workshop: Workshop, clock: StillClock, state: JobState
) -> None:
    job = await a_job_with_files(workshop, 1, state)

    clock.advance(30 * DAY)
    assert await swept(workshop) == ["1.jpg", "1.mp4"]

    clock.advance(timedelta(seconds=1))
    assert await swept(workshop) == []
    assert (await workshop.service.job(job.id)).picture == "1.jpg"
    with pytest.raises(PictureGone):
        await workshop.service.place_again(ORDER, job_id=job.id)


@pytest.mark.parametrize("state", [None, JobState.NEEDS_REVIEW])
async def test_files_of_a_job_that_is_open_or_under_review_stay(
    workshop: Workshop, clock: StillClock, state: JobState | None
) -> None:
    await a_job_with_files(workshop, 1, state)

    clock.advance(3000 * DAY)

    assert await swept(workshop) == ["1.jpg", "1.mp4"]


async def test_pictures_and_clips_have_their_own_times_and_none_means_for_ever(
    workshop: Workshop, clock: StillClock
) -> None:
    await a_job_with_files(workshop, 1, JobState.DELIVERED)
    clock.advance(40 * DAY)

    assert await swept(workshop, Retention(None, None)) == ["1.jpg", "1.mp4"]
    assert await swept(workshop, Retention(None, 39 * DAY)) == ["1.jpg"]
    assert await swept(workshop, Retention(41 * DAY, None)) == ["1.jpg"]
    assert await swept(workshop, Retention(39 * DAY, None)) == []


async def test_a_clip_that_came_late_is_kept_from_then_on(
    workshop: Workshop, clock: StillClock
) -> None:
    await a_job_with_files(workshop, 1, JobState.DELIVERED)
    clock.advance(40 * DAY)
    age(workshop.files.clip("1.mp4"), clock())

    assert await swept(workshop) == ["1.mp4"]


async def test_files_of_no_job_go_after_a_day_also_where_files_are_kept_for_ever(
    workshop: Workshop, clock: StillClock
) -> None:
    for name in ("zz.jpg", "zz-last.jpg", "zz.mp3"):
        await workshop.files.keep_upload(name, b"no job")
        age(workshop.files.upload(name), clock())

    clock.advance(DAY - timedelta(seconds=1))
    assert await swept(workshop, Retention(None, None)) == ["zz-last.jpg", "zz.jpg", "zz.mp3"]

    clock.advance(timedelta(seconds=1))
    assert await swept(workshop, Retention(None, None)) == []


async def test_a_sweep_is_made_once_a_night(workshop: Workshop, clock: StillClock) -> None:
    house = keeping(Sweep(workshop.database, workshop.files, MONTH), clock)
    await house.look()
    await a_job_with_files(workshop, 1, JobState.DELIVERED)
    age(workshop.files.upload("1.jpg"), clock() - DAY)
    await workshop.files.keep_upload("zz.jpg", b"no job")
    age(workshop.files.upload("zz.jpg"), clock() - DAY)

    await house.look()
    assert "zz.jpg" in kept(workshop)

    clock.advance(15 * HOUR)
    await house.look()
    assert "zz.jpg" not in kept(workshop)


async def test_any_number_of_files_is_swept(workshop: Workshop, clock: StillClock) -> None:
    await a_job_with_files(workshop, 1, None)
    put_leftovers(workshop.files.upload(""), 1_100, clock() - DAY)

    assert await swept(workshop) == ["1.jpg", "1.mp4"]


def put_leftovers(folder: Path, number: int, moment: datetime) -> None:
    for leftover in range(number):
        path = folder / f"zz{leftover}.jpg"
        path.touch()
        age(path, moment)
