"""Pictures and clips take no more of the disk than the owner allows, and nothing needed goes."""

from __future__ import annotations

import math
import os
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from bot.errors import NoRoom
from bot.jobs.service import JobService
from bot.jobs.uploads import Preparation
from bot.keeping.chores import make_housekeeping
from bot.keeping.disk_budget import RESERVE_SHARE, DiskBudget
from bot.keeping.spending import Spending
from storage import jobs
from storage.jobs import Job, JobState
from tests.bot.clock import StillClock
from tests.bot.frugal import PicturesHere
from tests.bot.keeping.house import DAY, HOUR, keeping
from tests.bot.orders import ORDER, UPLOADS
from tests.bot.workshop import GUILD, MEMBER, Workshop
from tests.storage.examples import PATHS

SIZE = 1000


async def a_clip(workshop: Workshop, number: int, state: JobState | None) -> str:
    """The clip of a job that ended now, or is still open."""
    job = await workshop.order(number)
    await workshop.files.drop_upload(f"{job.id}.jpg")
    clip = workshop.files.clip(f"{job.id}.mp4")
    clip.parent.mkdir(parents=True, exist_ok=True)
    clip.write_bytes(bytes(SIZE))
    age(clip, workshop.clock())
    if state is not None:
        await workshop.database.run(ended, job, state, workshop.clock())
    return clip.name


def ended(conn: sa.Connection, job: Job, state: JobState, now: datetime) -> None:
    for step in PATHS[state]:
        job = jobs.update(conn, job, now=now, state=step, due_at=now, keep_lease=True)
    jobs.finish(conn, job, state, now=now, paid_credits=0, due_at=None)


def age(path: Path, moment: datetime) -> None:
    os.utime(path, (moment.timestamp(), moment.timestamp()))


def clips(workshop: Workshop) -> list[str]:
    return sorted(path.name for path in workshop.files.clip("").glob("*"))


def budget(workshop: Workshop, spending: Spending, size_bytes: int | None) -> DiskBudget:
    """A budget of which so much is no reserve."""
    all_of_it = None if size_bytes is None else math.ceil(size_bytes / (1 - RESERVE_SHARE))
    return DiskBudget(
        workshop.database,
        workshop.files,
        spending,
        clock=workshop.clock,
        budget_bytes=all_of_it,
    )


@pytest.fixture
def spending() -> Spending:
    return Spending()


async def test_the_oldest_go_first_and_no_more_than_has_to(
    workshop: Workshop, clock: StillClock, spending: Spending
) -> None:
    for number in (3, 1, 2):
        await a_clip(workshop, number, JobState.DELIVERED)
        clock.advance(HOUR)
    clock.advance(DAY)

    await keeping(budget(workshop, spending, 2 * SIZE), clock).look()

    assert clips(workshop) == ["1.mp4", "2.mp4"]
    spending.check()


async def test_pictures_and_clips_are_one_heap(
    workshop: Workshop, clock: StillClock, spending: Spending
) -> None:
    await a_clip(workshop, 1, JobState.DELIVERED)
    await workshop.files.keep_upload("1.jpg", bytes(SIZE))
    age(workshop.files.upload("1.jpg"), clock() - HOUR)
    clock.advance(2 * DAY)

    await keeping(budget(workshop, spending, SIZE), clock).look()

    assert clips(workshop) == ["1.mp4"]
    assert await workshop.files.uploads() == []


async def test_without_a_budget_everything_stays(
    workshop: Workshop, clock: StillClock, spending: Spending
) -> None:
    await a_clip(workshop, 1, JobState.DELIVERED)
    clock.advance(300 * DAY)

    await keeping(budget(workshop, spending, None), clock).look()

    assert clips(workshop) == ["1.mp4"]
    spending.check()


@pytest.mark.parametrize("state", [None, JobState.NEEDS_REVIEW])
async def test_a_clip_that_may_still_be_delivered_or_reviewed_stays_and_orders_stop(
    workshop: Workshop, clock: StillClock, spending: Spending, state: JobState | None
) -> None:
    await a_clip(workshop, 1, state)
    clock.advance(300 * DAY)

    with capture_logs() as events:
        await keeping(budget(workshop, spending, SIZE - 1), clock).look()

    assert clips(workshop) == ["1.mp4"]
    with pytest.raises(NoRoom):
        spending.check()
    [event] = events
    assert (event["log_level"], event["next"]) == ("error", "raise DISK_BUDGET_GB")


async def test_nothing_goes_within_a_day_and_orders_are_taken_again_after_it(
    workshop: Workshop, clock: StillClock, spending: Spending
) -> None:
    await a_clip(workshop, 1, JobState.DELIVERED)
    house = keeping(budget(workshop, spending, SIZE - 1), clock)

    clock.advance(DAY)
    await house.look()
    assert clips(workshop) == ["1.mp4"]
    with pytest.raises(NoRoom):
        spending.check()

    clock.advance(timedelta(seconds=1))
    with capture_logs() as events:
        await house.look()
    assert clips(workshop) == []
    spending.check()
    assert [event["event"] for event in events] == [
        "removed the oldest files to keep to the disk budget",
        "the disk budget is kept again: orders are taken",
    ]


async def test_the_owner_is_told_once_that_the_disk_is_full(
    workshop: Workshop, clock: StillClock, spending: Spending
) -> None:
    await a_clip(workshop, 1, None)
    house = keeping(budget(workshop, spending, SIZE - 1), clock)
    await house.look()

    with capture_logs() as events:
        await house.look()

    assert events == []


async def test_a_new_clip_that_is_too_much_pushes_an_old_one_out(
    workshop: Workshop, clock: StillClock, spending: Spending
) -> None:
    await a_clip(workshop, 1, JobState.DELIVERED)
    clock.advance(2 * DAY)
    house = keeping(budget(workshop, spending, SIZE), clock)
    await house.look()
    assert clips(workshop) == ["1.mp4"]

    await a_clip(workshop, 2, JobState.DELIVERED)
    await house.look()

    assert clips(workshop) == ["2.mp4"]


async def test_a_deployment_keeps_to_the_budget_its_owner_set(
    workshop: Workshop, clock: StillClock, spending: Spending
) -> None:
    await a_clip(workshop, 1, JobState.DELIVERED)
    clock.advance(2 * DAY)
    house = make_housekeeping(
        workshop.settings.model_copy(update={"disk_budget_gb": Decimal("0.0000005")}),
        workshop.database,
        workshop.files,
        spending,
        clock=clock,
    )

    await house.look()

    assert clips(workshop) == []


async def test_an_order_is_refused_and_nothing_is_left_behind(
    workshop: Workshop, clock: StillClock, spending: Spending
) -> None:
    service = JobService(
        workshop.database,
        workshop.bench.catalogue,
        Preparation(PicturesHere(), workshop.bench.ffmpeg, workshop.files),
        clock=clock,
        wake_worker=lambda: None,
        spending=spending,
    )
    await a_clip(workshop, 1, None)
    await keeping(budget(workshop, spending, SIZE - 1), clock).look()

    with pytest.raises(NoRoom):
        await service.place(ORDER, UPLOADS)
    with pytest.raises(NoRoom):
        await service.drafts.preview(ORDER, UPLOADS)

    listed = await workshop.database.read(jobs.of_member, GUILD, MEMBER, limit=9)
    assert [job.id for job in listed] == ["1"]
    assert await workshop.files.uploads() == []
