from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import UnknownModel, UnsupportedSeconds, UnsupportedShape
from bot.jobs.catalogue import Catalogue, to_credits
from providers.base import ProviderSettings, Shape
from tests.scripted import ScriptedProvider


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    """The plain model at 0.75 credits a second, and the fancy one at 5."""
    provider = ScriptedProvider(ProviderSettings(), tmp_path)
    return Catalogue([provider], credit_microdollars=10_000)


@pytest.mark.parametrize(
    ("microdollars", "credits"),
    [(0, 0), (1, 1), (9_999, 1), (10_000, 1), (10_001, 2), (22_500, 3)],
)
def test_a_price_is_rounded_up_to_a_whole_credit(microdollars: int, credits: int) -> None:
    assert to_credits(microdollars, 10_000) == credits


@pytest.mark.parametrize(("seconds", "credits"), [(1, 1), (2, 2), (3, 3), (4, 3), (5, 4)])
def test_a_quote_is_rounded_once_and_not_every_second(
    catalogue: Catalogue, seconds: int, credits: int
) -> None:
    assert catalogue.find("Plain").price(seconds) == credits


def test_the_first_model_is_the_default(catalogue: Catalogue) -> None:
    assert catalogue.find(None).key == "scripted/plain-1"


@pytest.mark.parametrize(
    "name",
    ["scripted/Fancy-XL", "scripted/fancy-xl", "Fancy-XL", "fancy-xl", "Fancy XL", " FANCY xl "],
)
def test_a_model_is_found_by_key_id_or_name_in_any_case(catalogue: Catalogue, name: str) -> None:
    assert catalogue.find(name).model.name == "Fancy XL"


@pytest.mark.parametrize("name", ["", "fancy", "other/Fancy-XL", "sora"])
def test_an_unknown_model_is_refused_with_the_known_ones(catalogue: Catalogue, name: str) -> None:
    with pytest.raises(UnknownModel) as refused:
        catalogue.find(name)

    assert refused.value.asked == name
    assert refused.value.known == ("Plain", "Fancy XL")


def test_a_deployment_without_models_has_no_default() -> None:
    with pytest.raises(UnknownModel):
        Catalogue([], credit_microdollars=10_000).find(None)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", ["Plain", "Fancy XL"]),
        ("XL", ["Fancy XL"]),
        ("fancy-x", ["Fancy XL"]),
        (" Scripted/ ", ["Plain", "Fancy XL"]),
        ("zz", []),
    ],
)
def test_typing_narrows_the_models_by_key_and_name(
    catalogue: Catalogue, text: str, names: list[str]
) -> None:
    assert [choice.model.name for choice in catalogue.matching(text)] == names


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
def test_the_default_shape_is_the_nearest_to_the_picture(
    catalogue: Catalogue, ratio: float, shape: Shape
) -> None:
    assert catalogue.find("Plain").shape_or_nearest(None, ratio=ratio) is shape


def test_a_model_of_one_shape_takes_every_picture(catalogue: Catalogue) -> None:
    fancy = catalogue.find("Fancy XL")

    assert fancy.shape_or_nearest(None, ratio=0.1) is Shape.LANDSCAPE


def test_a_shape_is_only_taken_if_the_model_makes_it(catalogue: Catalogue) -> None:
    assert catalogue.find("Plain").shape_or_nearest("1:1", ratio=2.0) is Shape.SQUARE
    with pytest.raises(UnsupportedShape) as refused:
        catalogue.find("Fancy XL").shape_or_nearest("1:1", ratio=1.0)

    assert refused.value.offered == ("16:9",)


def test_a_length_is_only_taken_if_the_model_makes_it(catalogue: Catalogue) -> None:
    fancy = catalogue.find("Fancy XL")

    assert fancy.seconds_or_default(None) == 5
    assert fancy.seconds_or_default(10) == 10
    with pytest.raises(UnsupportedSeconds) as refused:
        fancy.seconds_or_default(7)
    assert refused.value.offered == (5, 10)


def test_a_model_is_called_by_its_id_once_it_is_no_longer_offered(catalogue: Catalogue) -> None:
    assert catalogue.name_of("scripted", "Fancy-XL") == "Fancy XL"
    assert catalogue.name_of("scripted", "retired-2") == "retired-2"
