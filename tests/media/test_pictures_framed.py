"""What a model is sent: a JPEG of the right ratio, size and weight.

One picture of each fit is framed in a child of its own, the others with the code that it runs.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field, replace

import pytest
from PIL import Image

from bot.media.decoded import PictureNote
from bot.media.errors import PictureTooSmall
from bot.media.framing import Box, Fit, Size, Target
from bot.media.pictures import Picture, Pictures, Source
from tests.bot.frugal import PicturesHere
from tests.media.pictures import BLUE, GREEN, RED, YELLOW, corners, noise, saved
from tests.providers.local.pictures import SAMPLE, person

WIDE = Target(ratio=16 / 9, largest_ratio=2.5, max_bytes=4 * 2**20)
TALL = replace(WIDE, ratio=9 / 16)
OWN = replace(WIDE, ratio=None)


@pytest.fixture
def here() -> Pictures:
    return PicturesHere()


def source(image: Image.Image) -> Source:
    return Source(*image.size, image.convert("RGB").tobytes())


def opened(picture: Picture) -> Image.Image:
    image = Image.open(io.BytesIO(picture.jpeg))
    assert (image.format, image.mode, image.size) == (
        "JPEG",
        "RGB",
        (picture.width, picture.height),
    )
    return image


def is_near(seen: object, colour: tuple[int, int, int], tolerance: int = 12) -> bool:
    assert isinstance(seen, tuple)
    return all(abs(a - b) <= tolerance for a, b in zip(seen, colour, strict=True))


async def test_a_picture_of_the_models_ratio_is_sent_whole(room: Pictures) -> None:
    picture = await room.frame(source(corners(size=(1280, 720))), WIDE)

    image = opened(picture)
    assert (picture.width, picture.height) == (1280, 720)
    assert (picture.fit, picture.inset, picture.notes) == (None, None, ())
    assert is_near(image.getpixel((2, 2)), RED)
    assert is_near(image.getpixel((1277, 2)), GREEN)
    assert is_near(image.getpixel((2, 717)), BLUE)
    assert is_near(image.getpixel((1277, 717)), YELLOW)


async def test_a_picture_of_nearly_the_ratio_is_cropped(room: Pictures) -> None:
    photo = Image.open(SAMPLE).resize((1600, 1200))

    picture = await room.frame(source(photo), WIDE)

    assert (picture.fit, picture.inset) == (Fit.CROP, None)
    assert (picture.width, picture.height) == (1600, 900)


async def test_a_picture_of_quite_another_ratio_is_padded_and_lies_where_its_inset_says(
    room: Pictures,
) -> None:
    picture = await room.frame(source(corners(size=(1400, 700))), TALL)

    assert (picture.fit, picture.width, picture.height) == (Fit.PAD, 1400, 2488)
    assert picture.inset == Box(0, 894, 1400, 700)
    image = opened(picture)
    assert is_near(image.getpixel((4, 898)), RED)
    assert is_near(image.getpixel((1395, 1590)), YELLOW)
    assert not is_near(image.getpixel((4, 800)), RED, tolerance=40)


async def test_a_crop_that_would_cut_a_face_becomes_padding_unless_it_was_chosen(
    room: Pictures,
) -> None:
    closeup = source(Image.fromarray(person(1200, 900, face_x=600, face_y=450, size=500)))

    unasked = await room.frame(closeup, WIDE)
    chosen = await room.frame(closeup, WIDE, Fit.CROP)

    assert unasked.fit is Fit.PAD
    assert chosen.fit is Fit.CROP


async def test_padding_can_be_chosen(here: Pictures) -> None:
    picture = await here.frame(source(corners(size=(1600, 1200))), WIDE, Fit.PAD)

    assert (picture.fit, picture.inset) == (Fit.PAD, Box(266, 0, 1600, 1200))


async def test_a_plain_edge_goes_on_in_the_padding(here: Pictures) -> None:
    drawing = Image.new("RGB", (1000, 1000), (250, 240, 220))
    drawing.paste(RED, (400, 400, 600, 600))

    image = opened(await here.frame(source(drawing), WIDE))

    assert all(is_near(image.getpixel((x, 500)), (250, 240, 220), 3) for x in (2, 380, 395, 1700))


@pytest.mark.parametrize(
    ("size", "sent"), [((1500, 1000), (1500, 1000)), ((2000, 400), (2000, 800))]
)
async def test_a_clip_that_follows_its_picture_has_its_ratio_as_far_as_the_model_goes(
    here: Pictures, size: tuple[int, int], sent: tuple[int, int]
) -> None:
    picture = await here.frame(source(corners(size=size)), OWN)

    assert (picture.width, picture.height) == sent


async def test_a_small_picture_is_enlarged_and_the_member_told(here: Pictures) -> None:
    picture = await here.frame(source(corners(size=(320, 180))), WIDE)

    assert (picture.width, picture.height) == (1024, 576)
    assert picture.notes == (PictureNote.SMALL,)


async def test_what_is_known_of_the_source_is_said_too(here: Pictures) -> None:
    moving = replace(source(corners(size=(320, 180))), notes=(PictureNote.FIRST_FRAME,))

    picture = await here.frame(moving, WIDE)

    assert picture.notes == (PictureNote.FIRST_FRAME, PictureNote.SMALL)


@pytest.mark.parametrize("size", [(255, 143), (96, 64)])
async def test_a_picture_that_would_have_to_grow_too_far_is_refused(
    here: Pictures, size: tuple[int, int]
) -> None:
    with pytest.raises(PictureTooSmall):
        await here.frame(source(corners(size=size)), OWN)


async def test_a_small_picture_is_refused_for_a_crop_that_would_show_little(here: Pictures) -> None:
    small = source(corners(size=(150, 600)))

    with pytest.raises(PictureTooSmall):
        await here.frame(small, WIDE, Fit.CROP)
    assert (await here.frame(small, WIDE)).fit is Fit.PAD


@dataclass
class Remembers:
    """Fills what it enlarges with green, and remembers the sizes."""

    asked: list[tuple[Size, Size]] = field(default_factory=list)
    name: str = "remembers"

    async def upscale(self, rgb: bytes, size: Size, target: Size) -> bytes:
        assert len(rgb) == 3 * size[0] * size[1]
        self.asked.append((size, target))
        return bytes(GREEN) * (target[0] * target[1])


async def test_the_upscaler_is_asked_for_no_more_than_the_frame_needs() -> None:
    upscaler = Remembers()

    picture = await Pictures(upscaler=upscaler).frame(source(corners(size=(512, 384))), WIDE)

    assert upscaler.asked == [((512, 384), (1024, 768))]
    assert (picture.width, picture.height) == (1024, 576)
    assert is_near(opened(picture).getpixel((500, 300)), GREEN)


async def test_a_picture_is_as_light_as_the_model_wants_it(here: Pictures) -> None:
    grain = source(noise(1200))

    rich = await here.frame(grain, OWN)
    lean = await here.frame(grain, replace(OWN, max_bytes=900_000))
    smaller = await here.frame(grain, replace(OWN, max_bytes=300_000))

    assert 900_000 < len(rich.jpeg) <= OWN.max_bytes
    assert len(lean.jpeg) <= 900_000
    assert (lean.width, lean.height) == (1200, 1200)
    assert len(smaller.jpeg) <= 300_000
    assert smaller.width < 1200


async def test_the_inset_shrinks_with_a_picture_made_lighter(here: Pictures) -> None:
    grain = source(noise(1200))

    picture = await here.frame(grain, replace(WIDE, max_bytes=250_000))

    assert picture.inset is not None
    assert picture.width < 2133
    assert abs(picture.inset.width - picture.inset.height) <= 1
    assert picture.inset.height == picture.height
    assert abs(2 * picture.inset.x + picture.inset.width - picture.width) <= 2


async def test_a_picture_made_lighter_is_no_narrower_than_the_model_takes(here: Pictures) -> None:
    strip = Image.merge("RGB", [Image.effect_noise((1595, 638), 120) for _ in "rgb"])

    picture = await here.frame(source(strip), replace(OWN, max_bytes=500_000))

    assert picture.width < 1595
    assert picture.width <= 2.5 * picture.height


async def test_another_picture_of_the_same_clip_gets_the_same_size(here: Pictures) -> None:
    both = replace(WIDE, ratio=960 / 541, size=(960, 541))

    frames = [
        await here.frame(source(corners(size=size)), both, fit)
        for size, fit in [
            ((1280, 720), None),
            ((320, 180), None),
            ((1400, 700), Fit.CROP),
            ((400, 700), Fit.PAD),
        ]
    ]

    assert {(picture.width, picture.height) for picture in frames} == {(960, 541)}
    assert frames[3].inset == Box(325, 0, 309, 541)


async def test_where_the_size_is_given_a_picture_is_made_lighter_in_no_other_way(
    room: Pictures,
) -> None:
    fixed = replace(OWN, ratio=1.0, size=(1200, 1200), max_bytes=400_000)

    picture = await room.frame(source(noise(1200)), fixed)

    assert (picture.width, picture.height) == (1200, 1200)
    assert len(picture.jpeg) <= 400_000


async def test_nothing_but_pixels_is_sent(room: Pictures) -> None:
    picture = await room.frame(source(corners(size=(1280, 720))), WIDE)

    assert b"Exif" not in picture.jpeg
    assert set(opened(picture).info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


async def test_an_upload_is_decoded_and_framed_at_once(room: Pictures) -> None:
    picture = await room.prepare(saved(corners(size=(720, 1280)), "WEBP"), TALL)

    assert (picture.width, picture.height, picture.fit) == (720, 1280, None)
