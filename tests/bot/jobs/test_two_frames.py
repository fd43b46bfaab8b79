"""The picture a clip begins with and the one it ends on, framed as one clip needs them."""

from __future__ import annotations

import io
from dataclasses import replace
from functools import cache

import pytest
from PIL import Image

from bot.jobs.order import Uploads
from bot.jobs.uploads import Preparation
from bot.media.decoded import PictureNote
from bot.media.framing import Fit
from providers.model import Shape
from tests.bot.frugal import PicturesHere
from tests.bot.orders import ORDER, picture, upload
from tests.bot.workshop import Workshop
from tests.providers.local.pictures import SAMPLE
from tests.scripted import PLAIN

WIDE_CLIPS = replace(PLAIN, shapes=(Shape.LANDSCAPE,))
WIDE, TALL = picture((1280, 720)), picture((600, 1200))


@pytest.fixture
def preparation(workshop: Workshop) -> Preparation:
    return Preparation(PicturesHere(), workshop.bench.ffmpeg, workshop.files)


@cache
def photo(size: tuple[int, int]) -> bytes:
    """An ordinary one, which may lose a little."""
    file = io.BytesIO()
    with Image.open(SAMPLE) as image:
        image.resize(size).save(file, "PNG", compress_level=1)
    return file.getvalue()


def pair(first: bytes, last: bytes) -> Uploads:
    return Uploads(picture=upload(first), last_frame=upload(last))


def size_of(jpeg: bytes | None) -> tuple[int, int]:
    assert jpeg is not None
    with Image.open(io.BytesIO(jpeg)) as image:
        return image.size


@pytest.mark.parametrize("last", [picture((1920, 1080)), picture((640, 360)), TALL])
async def test_both_have_the_same_size(preparation: Preparation, last: bytes) -> None:
    ready = await preparation.prepare(ORDER, pair(WIDE, last), WIDE_CLIPS)

    assert size_of(ready.picture) == size_of(ready.last_frame) == (1280, 720)


async def test_both_have_the_same_size_where_the_clip_follows_the_first(
    preparation: Preparation,
) -> None:
    ready = await preparation.prepare(ORDER, pair(picture((1031, 687)), TALL), PLAIN)

    assert size_of(ready.last_frame) == size_of(ready.picture)


async def test_an_ordinary_photo_is_cropped_at_either_end(preparation: Preparation) -> None:
    both = pair(photo((1200, 900)), photo((1024, 768)))

    ways = await preparation.prepare_ways(ORDER, both, WIDE_CLIPS)

    assert list(ways) == ["crop", "pad"]


async def test_where_the_last_has_to_be_padded_the_first_is_too(preparation: Preparation) -> None:
    both = pair(photo((1200, 900)), TALL)

    ready = await preparation.prepare(ORDER, both, WIDE_CLIPS)
    ways = await preparation.prepare_ways(ORDER, both, WIDE_CLIPS)

    assert ready.inset is not None
    assert size_of(ready.picture) == size_of(ready.last_frame)
    assert list(ways) == ["pad", "crop"]
    assert ways["crop"].inset is None
    assert size_of(ways["crop"].picture) == size_of(ways["crop"].last_frame)


async def test_what_was_asked_for_is_done_to_both(preparation: Preparation) -> None:
    cropped = replace(ORDER, fit=Fit.CROP)

    ready = await preparation.prepare(cropped, pair(photo((1200, 900)), TALL), WIDE_CLIPS)

    assert ready.inset is None


async def test_what_is_to_be_said_of_the_last_is_said_once(preparation: Preparation) -> None:
    small = picture((320, 180))

    ready = await preparation.prepare(ORDER, pair(WIDE, small), WIDE_CLIPS)
    twice = await preparation.prepare(ORDER, pair(small, small), WIDE_CLIPS)

    assert ready.notes == twice.notes == (PictureNote.SMALL,)
