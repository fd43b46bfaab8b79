"""Which pictures are said to be flat or blurred."""

from __future__ import annotations

import pytest
from PIL import Image, ImageDraw, ImageFilter

from bot.media.decoded import PictureNote
from bot.media.frame_notes import notes_on
from tests.media.pictures import corners, noise
from tests.providers.local.pictures import SAMPLE


@pytest.fixture(scope="module")
def photo() -> Image.Image:
    with Image.open(SAMPLE) as image:
        return image.convert("RGB")


def test_nothing_is_said_of_a_good_photo(photo: Image.Image) -> None:
    assert notes_on(photo) == ()


@pytest.mark.parametrize("picture", [corners(), corners(size=(1024, 1024)), noise(300)])
def test_nothing_is_said_of_sharp_drawings(picture: Image.Image) -> None:
    assert notes_on(picture.convert("RGB")) == ()


def test_nothing_is_said_of_a_few_words_on_white() -> None:
    page = Image.new("RGB", (900, 600), "white")
    ImageDraw.Draw(page).text((100, 250), "a few words", fill="black", font_size=60)

    assert notes_on(page) == ()


def test_a_blurred_photo_is_noted(photo: Image.Image) -> None:
    blurred = photo.filter(ImageFilter.GaussianBlur(max(photo.size) / 200))

    assert notes_on(blurred) == (PictureNote.BLURRED,)


def test_softness_at_twelve_megapixels_is_not_noted(photo: Image.Image) -> None:
    large = photo.resize((2560, 2560 * photo.height // photo.width), Image.Resampling.BICUBIC)

    assert notes_on(large) == ()


def test_a_photo_without_contrast_is_noted(photo: Image.Image) -> None:
    flat = photo.point(lambda value: 120 + value // 12)

    assert notes_on(flat) == (PictureNote.LOW_CONTRAST,)


def test_a_picture_of_one_colour_is_flat_and_not_blurred() -> None:
    assert notes_on(Image.new("RGB", (64, 64), "teal")) == (PictureNote.LOW_CONTRAST,)
