"""What a command may ask for: an order becomes one job with its hold, or nothing at all."""

from __future__ import annotations

import asyncio
import io
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from bot.errors import (
    OrderError,
    PromptEmpty,
    PromptTooLong,
    SeedOutOfRange,
    UnknownModel,
    UnsupportedSeconds,
    UnsupportedShape,
)
from bot.jobs.options import SEED_LIMIT
from bot.jobs.service import REPLY_GRACE
from bot.media.errors import DamagedPicture, NotAPicture, PictureError, PictureTooSmall
from bot.media.pictures import PictureNote
from storage import visits
from storage.books import check_books
from storage.database import Database
from storage.errors import DatabaseClosed, JobNotFound, NotEnoughCredits
from storage.jobs import JobState
from tests.bot.orders import ORDER, PICTURE, UPLOADS, picture, pictured
from tests.bot.workshop import Workshop


def kept_files(folder: Path) -> list[str]:
    return sorted(file.name for file in (folder / "files").rglob("*") if file.is_file())


async def assert_nothing_happened(workshop: Workshop, folder: Path) -> None:
    assert kept_files(folder) == []
    assert (await workshop.account()).held == 0
    assert await workshop.database.read(visits.next_due) is None
    assert await workshop.database.read(check_books) == []


async def test_an_order_becomes_a_job_with_its_hold_and_its_picture(workshop: Workshop) -> None:
    placed = await workshop.service.place(ORDER, UPLOADS)

    job = placed.job
    assert (job.state, job.seconds, job.shape, job.price_credits) == ("queued", 3, "16:9", 3)
    assert (placed.choice.key, placed.notes) == ("scripted/plain-1", ())
    assert (await workshop.account()).held == 3
    with Image.open(io.BytesIO(await workshop.picture(job))) as kept:
        assert kept.format == "JPEG"
        assert round(kept.width / kept.height, 2) == 1.78


async def test_what_a_member_chooses_is_what_is_ordered(workshop: Workshop) -> None:
    order = replace(ORDER, prompt="  rain ", model="fancy xl", seconds=10, shape="16:9", seed=0)

    job = (await workshop.service.place(order, UPLOADS)).job

    assert (job.model, job.seconds, job.shape, job.seed) == ("Fancy-XL", 10, "16:9", 0)
    assert (job.prompt, job.price_credits) == ("rain", 50)


async def test_the_shape_follows_the_picture(workshop: Workshop) -> None:
    tall = await workshop.service.place(ORDER, pictured(picture((400, 800))))
    square = await workshop.service.place(
        replace(ORDER, interaction_id=78), pictured(picture((500, 500)))
    )

    assert (tall.job.shape, square.job.shape) == ("9:16", "1:1")


async def test_a_seed_is_drawn_where_none_is_given(workshop: Workshop) -> None:
    seeds = set()
    for interaction_id in range(4):
        order = replace(ORDER, interaction_id=interaction_id + 1)
        seeds.add((await workshop.service.place(order, UPLOADS)).job.seed)

    assert len(seeds) == 4
    assert all(0 <= seed <= SEED_LIMIT for seed in seeds)


async def test_a_member_is_told_that_only_the_first_frame_of_an_animation_is_used(
    workshop: Workshop,
) -> None:
    file = io.BytesIO()
    frames = [Image.new("RGB", (256, 256), (shade, 0, 0)) for shade in (50, 150, 250)]
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:])

    placed = await workshop.service.place(ORDER, pictured(file.getvalue()))

    assert PictureNote.FIRST_FRAME in placed.notes


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"prompt": ""}, PromptEmpty),
        ({"prompt": " \n\t "}, PromptEmpty),
        ({"prompt": "x" * 201}, PromptTooLong),
        ({"model": "sora"}, UnknownModel),
        ({"seconds": 6}, UnsupportedSeconds),
        ({"seconds": -3}, UnsupportedSeconds),
        ({"model": "Fancy XL", "shape": "1:1"}, UnsupportedShape),
        ({"shape": "4:3"}, UnsupportedShape),
        ({"seed": -1}, SeedOutOfRange),
        ({"seed": SEED_LIMIT + 1}, SeedOutOfRange),
    ],
)
async def test_an_order_that_cannot_be_made_leaves_nothing_behind(
    workshop: Workshop, tmp_path: Path, changes: dict[str, object], error: type[OrderError]
) -> None:
    with pytest.raises(error):
        # The changes are of any field, so of any type.
        await workshop.service.place(replace(ORDER, **changes), UPLOADS)  # type: ignore[arg-type]

    await assert_nothing_happened(workshop, tmp_path)


async def test_the_longest_prompt_and_the_largest_seed_are_taken(workshop: Workshop) -> None:
    order = replace(ORDER, prompt="x" * 200, seed=SEED_LIMIT)

    job = (await workshop.service.place(order, UPLOADS)).job

    assert (len(job.prompt), job.seed) == (200, SEED_LIMIT)


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", NotAPicture),
        (b"just some text", NotAPicture),
        (PICTURE[:60], DamagedPicture),
        (picture((1, 1)), PictureTooSmall),
    ],
)
async def test_a_picture_that_cannot_be_used_leaves_nothing_behind(
    workshop: Workshop, tmp_path: Path, data: bytes, error: type[PictureError]
) -> None:
    with pytest.raises(error):
        await workshop.service.place(ORDER, pictured(data))

    await assert_nothing_happened(workshop, tmp_path)


async def test_too_few_credits_leave_nothing_behind_and_say_how_many_are_missing(
    workshop: Workshop, tmp_path: Path
) -> None:
    first = replace(ORDER, model="Fancy XL", seconds=10)
    await workshop.service.place(first, UPLOADS)
    await workshop.service.place(replace(first, interaction_id=78), UPLOADS)

    with pytest.raises(NotEnoughCredits) as refused:
        await workshop.service.place(replace(first, interaction_id=79), UPLOADS)

    assert (refused.value.price, refused.value.available, refused.value.missing) == (50, 0, 50)
    assert (await workshop.account()).held == 100
    assert kept_files(tmp_path) == ["2d.jpg", "2e.jpg"]
    with pytest.raises(JobNotFound):
        await workshop.service.job("2f")


async def test_orders_at_once_never_hold_more_than_there_is(workshop: Workshop) -> None:
    orders = [
        replace(ORDER, interaction_id=100 + number, model="Fancy XL", seconds=10)
        for number in range(5)
    ]

    results = await asyncio.gather(
        *(workshop.service.place(order, UPLOADS) for order in orders), return_exceptions=True
    )

    assert sorted(type(result).__name__ for result in results) == [
        *["NotEnoughCredits"] * 3,
        *["Placed"] * 2,
    ]
    assert (await workshop.account()).available == 0


async def test_a_repeated_interaction_gets_its_first_job_and_holds_once(
    workshop: Workshop,
) -> None:
    first = await workshop.service.place(ORDER, UPLOADS)
    second = await workshop.service.place(replace(ORDER, seconds=5), UPLOADS)

    assert second.job == first.job
    assert (await workshop.account()).held == 3


async def test_an_interaction_that_arrives_many_times_at_once_is_one_job(
    workshop: Workshop,
) -> None:
    placed = await asyncio.gather(*(workshop.service.place(ORDER, UPLOADS) for _ in range(5)))

    assert {one.job.id for one in placed} == {"2d"}
    assert (await workshop.account()).held == 3
    assert await workshop.files.read_upload("2d.jpg")


async def test_a_repeat_that_fails_leaves_the_first_job_its_picture(
    workshop: Workshop, tmp_path: Path
) -> None:
    async with Database.open(f"sqlite:///{tmp_path}/other.db") as database:
        workshop.open(database)
        first = await workshop.service.place(ORDER, UPLOADS)

    with pytest.raises(DatabaseClosed):
        await workshop.service.place(ORDER, UPLOADS)

    assert await workshop.picture(first.job)


async def test_the_worker_waits_for_the_reply_to_be_in_place(workshop: Workshop) -> None:
    job = (await workshop.service.place(ORDER, UPLOADS)).job
    assert job.due_at == workshop.clock() + REPLY_GRACE
    assert workshop.wake_ups == 0

    await workshop.service.start(job)

    assert workshop.wake_ups == 1
    assert await workshop.database.read(visits.next_due) == workshop.clock()


async def test_a_job_starts_by_itself_when_its_command_died_before_the_reply(
    workshop: Workshop,
) -> None:
    job = (await workshop.service.place(ORDER, UPLOADS)).job

    await workshop.visit_all(job)

    await workshop.assert_settled(job, JobState.DELIVERED, paid=3)
