from __future__ import annotations

import random
import tracemalloc
from dataclasses import replace

import pytest
from PIL import Image

from bot.media.decode import decode
from bot.media.errors import (
    DamagedPicture,
    NotAPicture,
    PictureTooBig,
    PictureTooHard,
    PictureTooHeavy,
    PictureTooNarrow,
    PictureTooSmall,
    UnsupportedPicture,
)
from bot.media.pictures import LIMITS, MAX_PICTURE_BYTES, Pictures
from tests.media import pictures
from tests.media.pictures import corners, noise, saved


@pytest.mark.parametrize(
    "data",
    [b"", b"a text that somebody renamed to picture.png", random.Random(7).randbytes(5000)],
    ids=["empty", "text", "random"],
)
async def test_what_is_no_picture_is_refused_as_such(room: Pictures, data: bytes) -> None:
    with pytest.raises(NotAPicture):
        await room.decode(data)


@pytest.mark.parametrize(
    ("data", "format"),
    [
        (saved(corners(), "TIFF"), "TIFF"),
        (saved(corners(), "BMP"), "BMP"),
        (saved(corners(), "ICO"), "ICO"),
        (saved(corners(), "EPS"), "EPS"),
        (saved(corners(), "PDF"), "PDF"),
        (saved(corners(), "JPEG2000"), "JPEG 2000"),
        (b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>', "SVG"),
        (b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41", "video"),
    ],
)
async def test_an_unsupported_kind_is_named(room: Pictures, data: bytes, format: str) -> None:
    with pytest.raises(UnsupportedPicture) as refusal:
        await room.decode(data)

    assert refusal.value.format == format


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "GIF"])
def test_a_truncated_picture_is_damaged(kind: str) -> None:
    data = saved(noise(128), kind)

    with pytest.raises(DamagedPicture):
        decode(data[: len(data) * 2 // 3], kind)


async def test_a_truncated_heic_is_damaged(room: Pictures, heic: bytes) -> None:
    with pytest.raises(DamagedPicture):
        await room.decode(heic[: len(heic) - 200])


async def test_a_bomb_of_text_is_damaged(room: Pictures) -> None:
    with pytest.raises(DamagedPicture) as refusal:
        await room.decode(pictures.text_bomb())

    assert refusal.value.detail


async def test_a_file_over_25_mib_is_too_heavy(room: Pictures) -> None:
    data = saved(corners(), "JPEG").ljust(MAX_PICTURE_BYTES + 1, b"\0")

    with pytest.raises(PictureTooHeavy) as refusal:
        await room.decode(data)

    assert (refusal.value.size_bytes, refusal.value.limit_bytes) == (26_214_401, 26_214_400)


@pytest.mark.parametrize(
    ("size", "error"),
    [
        ((7_072, 7_072), PictureTooBig),
        ((16_385, 2_000), PictureTooBig),
        ((65_000, 1), PictureTooSmall),
        ((1, 1), PictureTooSmall),
        ((200, 7), PictureTooSmall),
        ((881, 88), PictureTooNarrow),
        ((88, 881), PictureTooNarrow),
    ],
)
def test_a_wrong_size_is_refused_before_a_pixel_is_decoded(
    size: tuple[int, int],
    error: type[PictureTooBig | PictureTooSmall | PictureTooNarrow],
) -> None:
    without_pixels = pictures.png(*size, pictures.png_chunk(b"IDAT", b""))

    with pytest.raises(error) as refusal:
        decode(without_pixels, "PNG")

    assert (refusal.value.width, refusal.value.height) == size


@pytest.mark.parametrize(
    ("size", "error"),
    [
        ((20_000, 20_000), PictureTooBig),
        ((12_000, 12_000), PictureTooBig),
        ((200, 7), PictureTooSmall),
        ((88, 881), PictureTooNarrow),
    ],
)
async def test_a_wrong_size_is_told_by_the_child(
    size: tuple[int, int],
    error: type[PictureTooBig | PictureTooSmall | PictureTooNarrow],
) -> None:
    tight = Pictures(limits=replace(LIMITS, memory_bytes=200 * 1024**2))

    with pytest.raises(error) as refusal:
        await tight.decode(pictures.whole_png(*size))

    assert (refusal.value.width, refusal.value.height) == size


async def test_a_bomb_takes_no_memory_here(room: Pictures) -> None:
    huge = pictures.whole_png(20_000, 20_000)

    tracemalloc.start()
    with pytest.raises(PictureTooBig):
        await room.decode(huge)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak_bytes < 4 * 1024**2


async def test_a_header_of_two_billion_pixels_a_side_is_refused(room: Pictures) -> None:
    with pytest.raises((PictureTooBig, DamagedPicture)):
        await room.decode(pictures.png(2**31 - 1, 2**31 - 1, bits=8))


async def test_a_picture_that_needs_too_much_memory_is_too_hard() -> None:
    tight = Pictures(limits=replace(LIMITS, memory_bytes=100 * 1024**2))

    with pytest.raises(PictureTooHard):
        await tight.decode(pictures.whole_png(7_000, 7_000))


async def test_a_picture_that_takes_too_long_is_too_hard(bomb: bytes) -> None:
    tight = Pictures(limits=replace(LIMITS, wall_seconds=0.5))

    with pytest.raises(PictureTooHard):
        await tight.decode(bomb)


async def test_an_answer_longer_than_allowed_is_too_hard() -> None:
    tight = Pictures(limits=replace(LIMITS, output_bytes=1000))

    with pytest.raises(PictureTooHard):
        await tight.decode(saved(noise(256), "PNG"))


async def test_after_a_refusal_the_next_picture_is_served(room: Pictures) -> None:
    with pytest.raises(DamagedPicture) as refusal:
        await room.decode(b"GIF89a")
    assert refusal.value.detail

    picture = await room.decode(saved(Image.new("L", (16, 16)), "PNG"))

    assert (picture.width, picture.height) == (16, 16)
