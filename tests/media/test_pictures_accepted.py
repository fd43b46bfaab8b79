from __future__ import annotations

import pytest
from PIL import Image

from bot.media.pictures import PictureNote, Pictures, Source
from tests.media import pictures
from tests.media.pictures import BLUE, GREEN, RED, YELLOW, corners, saved


@pytest.fixture
def room() -> Pictures:
    return Pictures()


def opened(picture: Source) -> Image.Image:
    return Image.frombytes("RGB", (picture.width, picture.height), picture.rgb)


def is_near(seen: object, colour: tuple[int, int, int], tolerance: int = 12) -> bool:
    assert isinstance(seen, tuple)
    return all(abs(a - b) <= tolerance for a, b in zip(seen, colour, strict=True))


def assert_upright_corners(picture: Source, tolerance: int = 12) -> None:
    image = opened(picture)
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

    assert_upright_corners(picture, tolerance=16)
    assert picture.notes == ()


async def test_heic_is_turned_upright_and_keeps_its_colours(room: Pictures, heic: bytes) -> None:
    picture = await room.decode(heic)

    assert (picture.width, picture.height) == (192, 256)
    assert_upright_corners(picture, tolerance=16)


@pytest.mark.parametrize("orientation", range(1, 9))
async def test_a_rotated_photograph_is_turned_upright(room: Pictures, orientation: int) -> None:
    picture = await room.decode(pictures.rotated_jpeg(orientation))

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

    assert_upright_corners(picture)


async def test_sixteen_bit_grey_is_scaled_not_clipped(room: Pictures) -> None:
    half = Image.new("I;16", (32, 32), 0x8000)

    image = opened(await room.decode(saved(half, "PNG")))

    assert is_near(image.getpixel((16, 16)), (128, 128, 128), tolerance=2)


async def test_sixteen_bit_colour_is_scaled_not_clipped(room: Pictures) -> None:
    image = opened(await room.decode(pictures.rgb16_png()))

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
async def test_white_stays_white_in_every_grey_mode(room: Pictures, image: Image.Image) -> None:
    seen = opened(await room.decode(saved(image, "PNG"))).getpixel((8, 8))

    assert is_near(seen, (255, 255, 255), tolerance=3)


async def test_transparency_becomes_white(room: Pictures) -> None:
    image = Image.new("RGBA", (32, 32), (0, 0, 0, 0))
    image.paste((*RED, 255), (0, 0, 16, 32))

    seen = opened(await room.decode(saved(image, "PNG")))

    assert is_near(seen.getpixel((4, 16)), RED)
    assert is_near(seen.getpixel((28, 16)), (255, 255, 255))


async def test_a_white_drawing_on_nothing_stays_visible(room: Pictures) -> None:
    image = Image.new("RGBA", (32, 32), (0, 0, 0, 0))
    image.paste((255, 255, 255, 255), (0, 0, 16, 32))

    seen = opened(await room.decode(saved(image, "PNG")))

    assert is_near(seen.getpixel((4, 16)), (255, 255, 255))
    assert is_near(seen.getpixel((28, 16)), (49, 51, 56))


async def test_a_picture_of_nothing_at_all_is_white(room: Pictures) -> None:
    image = Image.new("RGBA", (32, 32), (0, 0, 0, 0))

    seen = opened(await room.decode(saved(image, "PNG")))

    assert is_near(seen.getpixel((16, 16)), (255, 255, 255))


async def test_a_transparent_palette_colour_becomes_white(room: Pictures) -> None:
    image = Image.new("P", (32, 32), 0)
    image.putpalette([*RED, *GREEN])
    image.paste(1, (0, 0, 16, 32))

    seen = opened(await room.decode(saved(image, "PNG", transparency=0)))

    assert is_near(seen.getpixel((4, 16)), GREEN)
    assert is_near(seen.getpixel((28, 16)), (255, 255, 255))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
async def test_an_embedded_profile_is_converted_to_srgb(room: Pictures, kind: str) -> None:
    profile = pictures.profile_with_red_and_green_swapped()
    red = Image.new("RGB", (32, 32), (255, 0, 0))

    image = opened(await room.decode(saved(red, kind, icc_profile=profile)))

    assert is_near(image.getpixel((16, 16)), (0, 255, 0))


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
async def test_a_broken_or_foreign_profile_is_ignored(room: Pictures, mode: str) -> None:
    image = Image.new("RGB", (32, 32), (128, 128, 128)).convert(mode)

    broken = await room.decode(saved(image, "JPEG", icc_profile=b"no profile at all"))
    foreign = await room.decode(
        saved(image, "JPEG", icc_profile=pictures.profile_with_red_and_green_swapped())
    )

    assert is_near(opened(broken).getpixel((16, 16)), (128, 128, 128))
    assert is_near(opened(foreign).getpixel((16, 16)), (128, 128, 128))


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP", "AVIF"])
async def test_of_an_animation_the_first_frame_is_used_and_noted(room: Pictures, kind: str) -> None:
    picture = await room.decode(pictures.animated(kind))

    assert picture.notes[0] is PictureNote.FIRST_FRAME
    assert is_near(opened(picture).getpixel((16, 16)), RED)


async def test_a_photograph_with_a_second_picture_inside_is_no_animation(room: Pictures) -> None:
    two = saved(corners(), "MPO", save_all=True, append_images=[Image.new("RGB", (96, 64))])

    picture = await room.decode(two)

    assert picture.notes == ()
    assert_upright_corners(picture)


async def test_what_hides_behind_the_picture_is_dropped(room: Pictures) -> None:
    picture = await room.decode(saved(corners(), "JPEG") + b"PK\3\4<script>alert(1)</script>")

    assert b"script" not in picture.rgb
    assert_upright_corners(picture)


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
async def test_a_large_picture_is_shrunk_to_2560(room: Pictures, kind: str) -> None:
    picture = await room.decode(saved(corners(size=(2000, 6000)), kind))

    assert (picture.width, picture.height) == (853, 2560)
    assert_upright_corners(picture)


async def test_a_small_picture_is_not_enlarged(room: Pictures) -> None:
    picture = await room.decode(saved(corners(size=(80, 8)), "PNG"))

    assert (picture.width, picture.height) == (80, 8)
