"""Sound pictures of every kind and oddity: upright, in their colours, and of a bounded size.

One of each kind goes through a child process, the others through what that does; the hostile ones
are what shows that a child can do all of it without opening a file.
"""

from __future__ import annotations

import pytest
from PIL import Image

from bot.media.decode import decode
from bot.media.kinds import kind_of
from bot.media.pictures import PictureNote, Pictures, Source
from tests.media import pictures
from tests.media.pictures import BLUE, GREEN, RED, YELLOW, corners, saved


def opened(picture: Source) -> Image.Image:
    return Image.frombytes("RGB", (picture.width, picture.height), picture.rgb)


def decoded(data: bytes) -> Image.Image:
    return noted(data)[0]


def noted(data: bytes) -> tuple[Image.Image, tuple[PictureNote, ...]]:
    kind = kind_of(data)
    assert kind is not None
    picture, notes = decode(data, kind)
    assert picture.mode == "RGB"
    return picture, notes


def is_near(seen: object, colour: tuple[int, int, int], tolerance: int = 12) -> bool:
    assert isinstance(seen, tuple)
    return all(abs(a - b) <= tolerance for a, b in zip(seen, colour, strict=True))


def assert_upright_corners(image: Image.Image, tolerance: int = 12) -> None:
    right, bottom = image.width - 9, image.height - 9
    assert is_near(image.getpixel((8, 8)), RED, tolerance)
    assert is_near(image.getpixel((right, 8)), GREEN, tolerance)
    assert is_near(image.getpixel((8, bottom)), BLUE, tolerance)
    assert is_near(image.getpixel((right, bottom)), YELLOW, tolerance)


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        ("PNG", "RGB"),
        ("PNG", "RGBA"),
        ("PNG", "P"),
        ("JPEG", "RGB"),
        ("JPEG", "CMYK"),
        ("WEBP", "RGB"),
        ("AVIF", "RGB"),
        ("GIF", "P"),
    ],
)
async def test_each_kind_and_mode_keeps_its_colours(room: Pictures, kind: str, mode: str) -> None:
    picture = await room.decode(saved(corners(mode), kind))

    assert_upright_corners(opened(picture), tolerance=16)
    assert picture.notes == ()


async def test_heic_is_turned_upright_and_keeps_its_colours(room: Pictures, heic: bytes) -> None:
    picture = await room.decode(heic)

    assert (picture.width, picture.height) == (192, 256)
    assert_upright_corners(opened(picture), tolerance=16)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_rotated_photograph_is_turned_upright(orientation: int) -> None:
    picture = decoded(pictures.rotated_jpeg(orientation))

    assert (picture.width, picture.height) == (96, 64)
    assert_upright_corners(picture)


async def test_nothing_but_pixels_leaves(room: Pictures) -> None:
    data = pictures.jpeg_with_secrets()
    assert data.count(b"Secret") == 3

    picture = await room.decode(data)

    assert len(picture.rgb) == 3 * 96 * 64
    assert b"Secret" not in picture.rgb


async def test_broken_exif_does_not_matter(room: Pictures) -> None:
    picture = await room.decode(saved(corners(), "JPEG", exif=b"Exif\0\0MM\0*\xff\xff\xff\xff"))

    assert_upright_corners(opened(picture))


def test_sixteen_bit_grey_is_scaled_not_clipped() -> None:
    half = Image.new("I;16", (32, 32), 0x8000)

    image = decoded(saved(half, "PNG"))

    assert is_near(image.getpixel((16, 16)), (128, 128, 128), tolerance=2)


def test_sixteen_bit_colour_is_scaled_not_clipped() -> None:
    image = decoded(pictures.rgb16_png())

    assert is_near(image.getpixel((8, 8)), (255, 128, 0), tolerance=4)


@pytest.mark.parametrize(
    "image",
    [
        Image.new("1", (16, 16), 1),
        Image.new("L", (16, 16), 255),
        Image.new("LA", (16, 16), (255, 255)),
        Image.new("I;16", (16, 16), 0xFFFF),
    ],
    ids=lambda image: image.mode,
)
def test_white_stays_white_in_every_grey_mode(image: Image.Image) -> None:
    seen = decoded(saved(image, "PNG")).getpixel((8, 8))

    assert is_near(seen, (255, 255, 255), tolerance=3)


def test_transparency_becomes_white() -> None:
    image = Image.new("RGBA", (32, 32), (0, 0, 0, 0))
    image.paste((*RED, 255), (0, 0, 16, 32))

    seen = decoded(saved(image, "PNG"))

    assert is_near(seen.getpixel((4, 16)), RED)
    assert is_near(seen.getpixel((28, 16)), (255, 255, 255))


def test_a_white_drawing_on_nothing_stays_visible() -> None:
    image = Image.new("RGBA", (32, 32), (0, 0, 0, 0))
    image.paste((255, 255, 255, 255), (0, 0, 16, 32))

    seen = decoded(saved(image, "PNG"))

    assert is_near(seen.getpixel((4, 16)), (255, 255, 255))
    assert is_near(seen.getpixel((28, 16)), (49, 51, 56))


def test_a_picture_of_nothing_at_all_is_white() -> None:
    image = Image.new("RGBA", (32, 32), (0, 0, 0, 0))

    seen = decoded(saved(image, "PNG"))

    assert is_near(seen.getpixel((16, 16)), (255, 255, 255))


def test_a_transparent_palette_colour_becomes_white() -> None:
    image = Image.new("P", (32, 32), 0)
    image.putpalette([*RED, *GREEN])
    image.paste(1, (0, 0, 16, 32))

    seen = decoded(saved(image, "PNG", transparency=0))

    assert is_near(seen.getpixel((4, 16)), GREEN)
    assert is_near(seen.getpixel((28, 16)), (255, 255, 255))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_an_embedded_profile_is_converted_to_srgb(kind: str) -> None:
    profile = pictures.profile_with_red_and_green_swapped()
    red = Image.new("RGB", (32, 32), (255, 0, 0))

    image = decoded(saved(red, kind, icc_profile=profile))

    assert is_near(image.getpixel((16, 16)), (0, 255, 0))


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_a_broken_or_foreign_profile_is_ignored(mode: str) -> None:
    image = Image.new("RGB", (32, 32), (128, 128, 128)).convert(mode)

    broken = decoded(saved(image, "JPEG", icc_profile=b"no profile at all"))
    foreign = decoded(
        saved(image, "JPEG", icc_profile=pictures.profile_with_red_and_green_swapped())
    )

    assert is_near(broken.getpixel((16, 16)), (128, 128, 128))
    assert is_near(foreign.getpixel((16, 16)), (128, 128, 128))


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP", "AVIF"])
def test_of_an_animation_the_first_frame_is_used_and_noted(kind: str) -> None:
    picture, notes = noted(pictures.animated(kind))

    assert notes[0] is PictureNote.FIRST_FRAME
    assert is_near(picture.getpixel((16, 16)), RED)


def test_a_photograph_with_a_second_picture_inside_is_no_animation() -> None:
    two = saved(corners(), "MPO", save_all=True, append_images=[Image.new("RGB", (96, 64))])

    picture, notes = noted(two)

    assert notes == ()
    assert_upright_corners(picture)


async def test_what_hides_behind_the_picture_is_dropped(room: Pictures) -> None:
    picture = await room.decode(saved(corners(), "JPEG") + b"PK\3\4<script>alert(1)</script>")

    assert b"script" not in picture.rgb
    assert_upright_corners(opened(picture))


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_large_picture_is_shrunk_to_2560(kind: str) -> None:
    picture = decoded(saved(corners(size=(1000, 3000)), kind))

    assert (picture.width, picture.height) == (853, 2560)
    assert_upright_corners(picture)


def test_a_small_picture_is_not_enlarged() -> None:
    picture = decoded(saved(corners(size=(80, 8)), "PNG"))

    assert (picture.width, picture.height) == (80, 8)
