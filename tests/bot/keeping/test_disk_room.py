"""Before a file is written there is room for it, or it is not written at all."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.errors import NoRoom
from bot.jobs.files import DiskUse, JobFiles
from bot.jobs.service import JobService
from bot.jobs.uploads import Preparation
from bot.keeping.disk_budget import DiskBudget
from bot.keeping.spending import Spending
from storage import jobs
from storage.jobs import JobState
from tests.bot.clock import StillClock
from tests.bot.frugal import PicturesHere
from tests.bot.keeping.house import DAY
from tests.bot.keeping.test_disk_budget import SIZE, a_clip, age, budget, clips
from tests.bot.orders import ORDER, UPLOADS
from tests.bot.workshop import GUILD, MEMBER, Workshop


def within(workshop: Workshop, size_bytes: int | None) -> DiskBudget:
    """Let files take so much, and a twentieth of it more with clips that are due."""
    kept = budget(workshop, Spending(), size_bytes)
    workshop.files.stay_within(kept)
    return kept


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "source.mp4"
    path.write_bytes(bytes(SIZE))
    return path


async def used(workshop: Workshop) -> int:
    return (await workshop.files.use()).total_bytes


async def test_room_is_made_before_the_file_is_written(
    workshop: Workshop, clock: StillClock, source: Path
) -> None:
    for number in (1, 2):
        await a_clip(workshop, number, JobState.DELIVERED)
        clock.advance(DAY)
    clock.advance(DAY)
    within(workshop, 2 * SIZE)

    await workshop.files.keep_extra("3.mp4", source)

    assert clips(workshop) == ["2.mp4", "3.mp4"]


async def test_what_finds_no_room_is_not_written_and_not_counted(workshop: Workshop) -> None:
    within(workshop, 2 * SIZE)
    await workshop.files.keep_upload("1.jpg", bytes(SIZE))

    with pytest.raises(NoRoom):
        await workshop.files.keep_upload("2.jpg", bytes(SIZE + 1))
    assert await used(workshop) == SIZE

    await workshop.files.keep_upload("3.jpg", bytes(SIZE))
    assert await used(workshop) == 2 * SIZE


async def test_many_at_once_do_not_take_the_same_room(workshop: Workshop) -> None:
    within(workshop, 4 * SIZE)

    came = await asyncio.gather(
        *(workshop.files.keep_upload(f"{number}.jpg", bytes(SIZE)) for number in range(10)),
        return_exceptions=True,
    )

    assert [type(each) for each in came].count(NoRoom) == 6
    assert await used(workshop) == 4 * SIZE


async def test_a_clip_that_is_due_is_never_refused_and_all_else_is(
    workshop: Workshop, source: Path
) -> None:
    within(workshop, 40 * SIZE)
    await workshop.files.keep_upload("1.jpg", bytes(40 * SIZE))

    with pytest.raises(NoRoom):
        await workshop.files.keep_upload("2.jpg", bytes(SIZE))
    with pytest.raises(NoRoom):
        await workshop.files.keep_extra("2-x3.mp4", source)
    await workshop.files.keep_clip("1.mp4", source)
    await workshop.files.keep_clip("2.mp4", source)
    await workshop.files.keep_clip("3.mp4", source)

    assert clips(workshop) == ["1.mp4", "2.mp4", "3.mp4"]


async def test_the_disk_is_looked_at_once_and_then_only_where_it_may_be_full(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = []

    async def use(files: JobFiles) -> DiskUse:
        looks.append(files)
        return await look(files)

    look = JobFiles.use
    monkeypatch.setattr(JobFiles, "use", use)
    within(workshop, 10 * SIZE)

    for number in range(10):
        await workshop.files.keep_upload(f"{number}.jpg", bytes(SIZE))
    assert len(looks) == 1

    workshop.files.upload("0.jpg").unlink()
    await workshop.files.keep_upload("10.jpg", bytes(SIZE))
    assert len(looks) == 2


async def test_a_file_that_could_not_be_written_takes_no_room_for_long(
    workshop: Workshop, source: Path
) -> None:
    within(workshop, 2 * SIZE)
    workshop.files.clip("1.mp4").mkdir(parents=True)

    with pytest.raises(OSError, match="directory"):
        await workshop.files.keep_extra("1.mp4", source)
    await workshop.files.keep_upload("2.jpg", bytes(2 * SIZE))

    assert await used(workshop) == 2 * SIZE


async def test_without_a_budget_any_file_is_taken(workshop: Workshop) -> None:
    within(workshop, None)

    await workshop.files.keep_upload("1.jpg", bytes(SIZE))

    assert await used(workshop) == SIZE


@pytest.mark.parametrize("as_preview", [False, True])
async def test_an_order_whose_picture_finds_no_room_is_refused_and_leaves_nothing(
    workshop: Workshop, clock: StillClock, as_preview: bool
) -> None:
    service = JobService(
        workshop.database,
        workshop.bench.catalogue,
        Preparation(PicturesHere(), workshop.bench.ffmpeg, workshop.files),
        clock=clock,
        wake_worker=lambda: None,
    )
    within(workshop, 10)

    with pytest.raises(NoRoom):
        await (service.drafts.preview if as_preview else service.place)(ORDER, UPLOADS)

    assert await workshop.database.read(jobs.of_member, GUILD, MEMBER, limit=9) == []
    assert await workshop.files.uploads() == []


async def test_a_clip_is_delivered_although_the_budget_is_spent_on_what_must_stay(
    workshop: Workshop, clock: StillClock
) -> None:
    await workshop.enrich(100)
    job = await workshop.visit_until(JobState.RUNNING, await workshop.order())
    blocking = workshop.files.clip("9.mp4")
    blocking.parent.mkdir(parents=True, exist_ok=True)
    blocking.write_bytes(bytes(100 * SIZE))
    age(blocking, clock())
    within(workshop, 50 * SIZE)

    assert (await workshop.visit_all(job)).state is JobState.DELIVERED
