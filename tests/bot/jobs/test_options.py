"""What a model lacks is refused before any credit is held, by naming the models that have it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.errors import (
    AudioMissing,
    NegativePromptTooLong,
    Option,
    OrderError,
    PromptTooLong,
    UnsupportedCombination,
    UnsupportedOption,
    UnsupportedResolution,
    UnsupportedSeconds,
    UnsupportedShape,
)
from bot.jobs.catalogue import Catalogue
from bot.jobs.options import Checked, check, is_other_shape, shape_for, target_for, utf16_length
from bot.jobs.order import Given, Order
from bot.media.framing import Fit, frame_size
from bot.messages import sentence
from providers.base import ProviderSettings
from providers.model import Need, Shape, Variant
from tests.bot.orders import ORDER
from tests.scripted import PLAIN, ScriptedProvider

SIMPLE = replace(PLAIN, id="simple", name="Simple", takes_seed=False)
RICH = replace(
    PLAIN,
    id="rich",
    name="Rich",
    picture=Need.OPTIONAL,
    audio=Need.OPTIONAL,
    longest_audio_seconds=10,
    max_negative_chars=20,
    text_shapes=(Shape.LANDSCAPE, Shape.PORTRAIT),
    variants=(
        Variant(microdollars=10_000, resolution="720p"),
        Variant(microdollars=20_000, resolution="720p", sound=True),
        Variant(microdollars=30_000, resolution="1080p", last_frame=True),
        Variant(microdollars=40_000, resolution="1080p", sound=True),
    ),
)
WORDS = replace(
    PLAIN,
    id="words",
    name="Words",
    picture=Need.NEVER,
    variants=(Variant(microdollars=1, sound=True),),
)
SINGING = replace(PLAIN, id="singing", name="Singing", audio=Need.REQUIRED)
FOLLOWING = replace(PLAIN, id="following", name="Following", shapes=())
WIDE = replace(PLAIN, id="wide", name="Wide", shapes=(Shape.LANDSCAPE, Shape.CINEMA))


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    provider = ScriptedProvider(ProviderSettings(), tmp_path)
    provider.models = (SIMPLE, RICH, WORDS, SINGING, FOLLOWING, WIDE)
    return Catalogue([provider], credit_microdollars=10_000)


def given(**files: bool) -> Given:
    return Given(**{"picture": True, "last_frame": False, "audio": False, **files})


def order(model: str, **changes: Any) -> Order:
    return replace(ORDER, model=model, **changes)


def checked(catalogue: Catalogue, model: str, files: Given | None = None, **asked: Any) -> Checked:
    return check(catalogue, order(model, **asked), files or given())


@pytest.mark.parametrize(
    ("model", "files", "asked", "option", "having"),
    [
        ("simple", {"last_frame": True}, {}, Option.LAST_FRAME, ("Rich",)),
        ("simple", {"audio": True}, {}, Option.AUDIO, ("Rich", "Singing")),
        ("simple", {}, {"negative_prompt": "blur"}, Option.NEGATIVE_PROMPT, ("Rich",)),
        ("simple", {}, {"seed": 1}, Option.SEED, ("Rich", "Singing", "Following", "Wide")),
        ("simple", {}, {"sound": True}, Option.SOUND, ("Rich",)),
        ("words", {"picture": False}, {"sound": False}, Option.SILENCE, ("Rich",)),
        ("simple", {"picture": False}, {}, Option.WORDS_ALONE, ("Rich", "Words")),
        ("words", {}, {}, Option.PICTURE, ("Simple", "Rich", "Singing", "Following", "Wide")),
        ("simple", {"audio": True}, {"seed": 1}, Option.AUDIO, ("Rich", "Singing")),
    ],
)
def test_an_option_a_model_lacks_is_refused_with_the_models_that_have_it(
    catalogue: Catalogue,
    model: str,
    files: dict[str, bool],
    asked: dict[str, Any],
    option: Option,
    having: tuple[str, ...],
) -> None:
    with pytest.raises(UnsupportedOption) as refused:
        checked(catalogue, model, given(**files), **asked)

    assert (refused.value.option, refused.value.having) == (option, having)
    assert all(name in (sentence(refused.value) or "") for name in having)


def test_where_no_model_has_an_option_the_refusal_says_that(catalogue: Catalogue) -> None:
    with pytest.raises(UnsupportedOption) as refused:
        checked(catalogue, "words", given(picture=False, audio=True), seed=3, sound=False)

    assert (sentence(refused.value) or "").endswith("These do: Rich.")
    with pytest.raises(UnsupportedOption) as refused:
        checked(catalogue, "simple", given(picture=False, last_frame=True), sound=False, seed=1)
    assert refused.value.having == ("Rich",)


@pytest.mark.parametrize(
    ("files", "asked", "variant"),
    [
        ({}, {}, 0),
        ({}, {"sound": True}, 1),
        ({}, {"sound": False}, 0),
        ({}, {"resolution": "1080p"}, 2),
        ({}, {"resolution": "1080"}, 2),
        ({}, {"resolution": " 1080P "}, 2),
        ({}, {"resolution": "1080p", "sound": True}, 3),
        ({"last_frame": True}, {}, 2),
        ({"last_frame": True}, {"sound": False, "resolution": "1080p"}, 2),
    ],
)
def test_the_first_variant_that_has_all_is_taken_at_its_price(
    catalogue: Catalogue, files: dict[str, bool], asked: dict[str, Any], variant: int
) -> None:
    taken = checked(catalogue, "rich", given(**files), **asked)

    assert taken.variant is RICH.variants[variant]
    assert taken.price_credits == 3 * (variant + 1)


@pytest.mark.parametrize(
    ("files", "asked", "error"),
    [
        ({}, {"resolution": "4k"}, UnsupportedResolution),
        ({"last_frame": True}, {"resolution": "720p"}, UnsupportedCombination),
        ({"last_frame": True}, {"sound": True}, UnsupportedCombination),
        ({}, {"negative_prompt": "x" * 21}, NegativePromptTooLong),
        ({}, {"prompt": "🦊" * 101}, PromptTooLong),
        ({}, {"seconds": 9}, UnsupportedSeconds),
        ({}, {"shape": "4:3"}, UnsupportedShape),
    ],
)
def test_what_a_model_cannot_make_is_refused_in_words(
    catalogue: Catalogue, files: dict[str, bool], asked: dict[str, Any], error: type[OrderError]
) -> None:
    with pytest.raises(error) as refused:
        checked(catalogue, "rich", given(**files), **asked)

    assert sentence(refused.value)


def test_a_model_that_follows_a_sound_needs_one(catalogue: Catalogue) -> None:
    with pytest.raises(AudioMissing):
        checked(catalogue, "singing")

    assert checked(catalogue, "singing", given(audio=True)).variant is SINGING.variants[0]


def test_a_model_without_resolutions_leaves_no_choice(catalogue: Catalogue) -> None:
    with pytest.raises(UnsupportedResolution) as refused:
        checked(catalogue, "simple", resolution="720p")

    assert "leaves no choice" in (sentence(refused.value) or "")


@pytest.mark.parametrize(
    ("ratio", "shape"),
    [
        (16 / 9, Shape.LANDSCAPE),
        (4 / 3, Shape.LANDSCAPE),
        (1.3, Shape.SQUARE),
        (1.0, Shape.SQUARE),
        (3 / 4, Shape.PORTRAIT),
        (9 / 16, Shape.PORTRAIT),
        (10.0, Shape.LANDSCAPE),
        (0.1, Shape.PORTRAIT),
    ],
)
def test_the_default_shape_is_the_nearest_to_the_picture(ratio: float, shape: Shape) -> None:
    assert shape_for(PLAIN, None, ratio=ratio) is shape


def test_a_clip_may_follow_the_picture_and_then_takes_no_shape() -> None:
    assert shape_for(FOLLOWING, None, ratio=1.3) is None
    with pytest.raises(UnsupportedShape) as refused:
        shape_for(FOLLOWING, "1:1", ratio=1.3)
    assert "shape of your picture" in (sentence(refused.value) or "")


def test_a_clip_from_words_alone_has_the_first_of_its_own_shapes() -> None:
    assert shape_for(RICH, None, ratio=None) is Shape.LANDSCAPE
    assert shape_for(RICH, "9:16", ratio=None) is Shape.PORTRAIT
    with pytest.raises(UnsupportedShape):
        shape_for(RICH, "1:1", ratio=None)


@pytest.mark.parametrize(
    ("asked", "shape", "is_other"),
    [
        ("16:9", Shape.LANDSCAPE, False),
        ("1920x1080", Shape.LANDSCAPE, False),
        ("1280:768", Shape.LANDSCAPE, True),
        ("1280×720", Shape.LANDSCAPE, False),
        ("wide", Shape.LANDSCAPE, False),
        ("Cinema", Shape.CINEMA, False),
        ("2.39:1", Shape.CINEMA, True),
    ],
)
def test_a_shape_is_understood_however_it_is_written(
    asked: str, shape: Shape, is_other: bool
) -> None:
    assert shape_for(WIDE, asked, ratio=1.0) is shape
    assert is_other_shape(asked, shape) is is_other


@pytest.mark.parametrize("asked", ["9:16", "tall", "1:0", "0:1", "very wide", "16:9:4", "1e3:1"])
def test_a_shape_that_is_far_from_any_is_refused(asked: str) -> None:
    with pytest.raises(UnsupportedShape):
        shape_for(WIDE, asked, ratio=1.0)


def test_a_frame_has_the_shape_of_the_clip_and_the_limits_of_the_model() -> None:
    strict = replace(PLAIN, largest_ratio=2.5, max_picture_bytes=5_000_000)

    target = target_for(strict, Shape.PHOTO)

    assert (target.ratio, target.max_bytes) == (1.5, 5_000_000)


@pytest.mark.parametrize("size", [(5000, 403), (403, 5000), (1601, 523), (2560, 801)])
def test_a_frame_is_never_narrower_than_the_model_takes(size: tuple[int, int]) -> None:
    target = target_for(replace(PLAIN, largest_ratio=2.5), None)

    for fit in Fit:
        width, height = frame_size(size, target.ratio_for(size), fit)
        assert max(width, height) <= 2.5 * min(width, height)


def test_where_the_clip_follows_the_picture_its_frame_does_too() -> None:
    assert target_for(PLAIN, None).ratio is None


def test_characters_count_as_the_strictest_provider_counts_them() -> None:
    assert [utf16_length(text) for text in ("", "fox", "🦊", "né", "\ud800")] == [0, 3, 2, 2, 1]
