"""Which part of a picture a crop keeps."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from bot.media.frame_crop import Crop, Cropper
from tests.providers.local.pictures import SAMPLE, person


@pytest.fixture(scope="module")
def cropper() -> Cropper:
    return Cropper()


def with_face(width: int, height: int, x: int, y: int, size: int = 110) -> Image.Image:
    return Image.fromarray(person(width, height, face_x=x, face_y=y, size=size))


def holds(crop: Crop, x: int, y: int, reach: int) -> bool:
    box = crop.box
    return (
        box.x <= x - reach
        and x + reach <= box.x + box.width
        and box.y <= y - reach
        and y + reach <= box.y + box.height
    )


@pytest.mark.parametrize("x", [80, 400, 720])
def test_a_crop_to_a_square_moves_aside_for_a_face(cropper: Cropper, x: int) -> None:
    crop = cropper.best(with_face(800, 600, x, 300), 1.0)

    assert crop.is_good
    assert (crop.box.width, crop.box.height) == (600, 600)
    assert holds(crop, x, 300, 55)


@pytest.mark.parametrize("y", [110, 480])
def test_a_wide_crop_moves_up_and_down_for_a_face(cropper: Cropper, y: int) -> None:
    crop = cropper.best(with_face(800, 600, 400, y), 16 / 9)

    assert crop.is_good
    assert (crop.box.width, crop.box.height) == (800, 450)
    assert holds(crop, 400, y, 55)


def test_a_crop_too_low_for_a_face_is_not_good(cropper: Cropper) -> None:
    assert not cropper.best(with_face(800, 600, 400, 300, size=330), 16 / 9).is_good


def test_faces_too_far_apart_make_no_good_crop(cropper: Cropper) -> None:
    picture = with_face(1000, 700, 100, 300)
    picture.paste(picture.crop((0, 100, 200, 500)), (800, 100))

    assert not cropper.best(picture, 1.0).is_good


def test_without_a_face_a_crop_follows_what_stands_out(cropper: Cropper) -> None:
    ground = np.full((600, 900, 3), (90, 120, 150), np.uint8)
    ground += np.random.default_rng(1).integers(0, 6, ground.shape, np.uint8)
    picture = Image.fromarray(ground)
    ImageDraw.Draw(picture).ellipse((760, 250, 860, 350), fill=(220, 60, 40))

    crop = cropper.best(picture, 1.0)

    assert crop.is_good
    assert crop.box.x >= 250


def test_a_picture_of_nothing_is_cropped_a_little_above_the_middle(cropper: Cropper) -> None:
    crop = cropper.best(Image.new("RGB", (900, 900), (90, 120, 150)), 1.5)

    assert crop.is_good
    assert 60 <= crop.box.y <= 120


def test_words_at_the_edges_of_a_drawing_are_not_cut_off(cropper: Cropper) -> None:
    page = Image.new("RGB", (900, 640), "white")
    draw = ImageDraw.Draw(page)
    for y in (8, 600):
        draw.text((60, y), "words that somebody wants to read", fill="black", font_size=30)

    assert not cropper.best(page, 16 / 9).is_good


def test_an_ordinary_photo_may_be_cropped(cropper: Cropper) -> None:
    with Image.open(SAMPLE) as image:
        photo = image.convert("RGB").filter(ImageFilter.SHARPEN)

    assert cropper.best(photo, 16 / 9).is_good


@pytest.mark.parametrize("burnt", ["white", "black"])
def test_a_photo_with_a_burnt_sky_or_a_night_is_no_drawing(cropper: Cropper, burnt: str) -> None:
    with Image.open(SAMPLE) as image:
        photo = image.convert("RGB").resize((1200, 900))
    photo.paste(burnt, (0, 0, 1200, 190))
    photo.paste(burnt, (0, 0, 150, 900))

    assert cropper.best(photo, 16 / 9).is_good


def test_a_page_saved_as_a_jpeg_is_a_page(cropper: Cropper) -> None:
    page = Image.new("RGB", (900, 640), "white")
    draw = ImageDraw.Draw(page)
    for y in (8, 600):
        draw.text((60, y), "words that somebody wants to read", fill="navy", font_size=30)
    file = io.BytesIO()
    page.save(file, "JPEG", quality=75)

    assert not cropper.best(Image.open(file).convert("RGB"), 16 / 9).is_good
