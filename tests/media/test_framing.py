"""Sizes of frames, whatever the picture and the model."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as some

from bot.media.framing import Fit, Target, frame_size, growth, inset, is_too_small, natural_fit

sides = some.integers(8, 2560)
ratios = some.floats(0.25, 4)
fits = some.sampled_from(Fit)


@given(sides, sides, ratios, fits)
def test_a_frame_has_the_ratio_and_is_neither_too_small_nor_too_large(
    width: int, height: int, ratio: float, fit: Fit
) -> None:
    wide, high = frame_size((width, height), ratio, fit)

    assert max(wide, high) <= 2560
    assert max(wide, high) >= 1024
    assert min(wide, high) >= 576
    assert abs(wide - high * ratio) <= 1 + ratio


@given(sides, sides, some.floats(1, 4), fits)
def test_whole_pixels_never_make_a_frame_narrower_than_was_asked_for(
    width: int, height: int, ratio: float, fit: Fit
) -> None:
    wide, high = frame_size((width, height), ratio, fit)
    narrow, tall = frame_size((width, height), 1 / ratio, fit)

    assert 1 <= wide / high <= ratio + 1e-6
    assert 1 <= tall / narrow <= ratio + 1e-6


@given(sides, sides, ratios)
def test_a_padded_picture_lies_whole_within_its_frame_and_touches_two_edges(
    width: int, height: int, ratio: float
) -> None:
    frame = frame_size((width, height), ratio, Fit.PAD)
    box = inset((width, height), frame)

    assert box.x >= 0
    assert box.y >= 0
    assert box.x + box.width <= frame[0]
    assert box.y + box.height <= frame[1]
    assert box.width == frame[0] or box.height == frame[1]


def test_a_large_picture_keeps_its_pixels() -> None:
    assert frame_size((1920, 1080), 16 / 9, None) == (1920, 1080)
    assert frame_size((2000, 1500), 1.0, Fit.CROP) == (1500, 1500)
    assert frame_size((2000, 1500), 1.0, Fit.PAD) == (2000, 2000)


def test_a_picture_grows_just_so_far_that_its_frame_has_the_least_size() -> None:
    assert growth((1024, 576), 16 / 9, None) == 1
    assert growth((512, 288), 16 / 9, None) == 2
    assert growth((512, 512), 16 / 9, Fit.CROP) == 2
    assert growth((512, 512), 16 / 9, Fit.PAD) == 1.125
    assert growth((512, 512), 1, None) == 2


def test_a_picture_is_cropped_where_that_costs_less_than_a_third_and_else_padded() -> None:
    assert natural_fit((1600, 900), 16 / 9) is None
    assert natural_fit((1595, 900), 16 / 9) is None
    assert natural_fit((1600, 1200), 16 / 9) is Fit.CROP
    assert natural_fit((1000, 1000), 16 / 9) is Fit.PAD
    assert natural_fit((900, 1600), 16 / 9) is Fit.PAD


def test_a_small_picture_is_padded_where_a_crop_would_have_to_grow_too_far() -> None:
    assert natural_fit((256, 192), 16 / 9) is Fit.CROP
    assert natural_fit((240, 180), 16 / 9) is Fit.PAD


def test_four_times_is_the_most_a_picture_grows() -> None:
    assert not is_too_small((256, 144), 16 / 9, None)
    assert not is_too_small((256, 500), 16 / 9, Fit.CROP)
    assert is_too_small((255, 500), 16 / 9, Fit.CROP)
    assert not is_too_small((255, 500), 16 / 9, Fit.PAD)


def test_without_a_ratio_a_frame_has_the_pictures_own_as_far_as_the_model_takes_it() -> None:
    follows = Target(ratio=None, largest_ratio=2.5, max_bytes=2**20)

    assert follows.ratio_for((300, 200)) == 1.5
    assert follows.ratio_for((1000, 200)) == 2.5
    assert follows.ratio_for((200, 1000)) == 0.4
