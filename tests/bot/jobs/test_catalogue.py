from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.errors import NoModel, UnknownModel
from bot.jobs.catalogue import Catalogue, to_credits
from providers.base import ProviderSettings
from providers.model import Need
from tests.scripted import FANCY, PLAIN, ScriptedProvider


@pytest.fixture
def provider(tmp_path: Path) -> ScriptedProvider:
    return ScriptedProvider(ProviderSettings(), tmp_path)


@pytest.fixture
def catalogue(provider: ScriptedProvider) -> Catalogue:
    """The plain model at 0.75 credits a second, and the fancy one at 5."""
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
    assert catalogue.find("Plain", from_picture=True).price(seconds) == credits


def test_the_cheapest_model_is_the_default(catalogue: Catalogue) -> None:
    assert catalogue.find(None, from_picture=True).key == "scripted/plain-1"


@pytest.mark.parametrize(
    "name",
    ["scripted/Fancy-XL", "scripted/fancy-xl", "Fancy-XL", "fancy-xl", "Fancy XL", " FANCY xl "],
)
def test_a_model_is_found_by_key_id_or_name_in_any_case(catalogue: Catalogue, name: str) -> None:
    assert catalogue.find(name, from_picture=True).model.name == "Fancy XL"


@pytest.mark.parametrize("name", ["", "fancy", "other/Fancy-XL", "sora"])
def test_an_unknown_model_is_refused_with_the_known_ones(catalogue: Catalogue, name: str) -> None:
    with pytest.raises(UnknownModel) as refused:
        catalogue.find(name, from_picture=True)

    assert refused.value.asked == name
    assert refused.value.known == ("Plain", "Fancy XL")


def test_a_deployment_without_models_has_no_default() -> None:
    with pytest.raises(NoModel):
        Catalogue([], credit_microdollars=10_000).find(None, from_picture=True)


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
    assert [choice.model.name for choice in catalogue.matching(text, from_picture=True)] == names


def test_a_model_is_called_by_its_id_once_it_is_no_longer_offered(catalogue: Catalogue) -> None:
    assert catalogue.name_of("scripted", "Fancy-XL") == "Fancy XL"
    assert catalogue.name_of("scripted", "retired-2") == "retired-2"


def test_the_owner_may_choose_another_default(provider: ScriptedProvider) -> None:
    catalogue = Catalogue([provider], credit_microdollars=10_000, default_model="fancy-xl")

    assert catalogue.find(None, from_picture=True).model.name == "Fancy XL"


def test_a_clip_from_words_alone_has_the_cheapest_model_that_makes_them(
    provider: ScriptedProvider,
) -> None:
    provider.models = (PLAIN, replace(FANCY, picture=Need.OPTIONAL, aliases=("plainer",)))
    catalogue = Catalogue([provider], credit_microdollars=10_000, default_model="plain")

    assert catalogue.find(None, from_picture=False).model.name == "Fancy XL"
    assert [one.model.name for one in catalogue.matching("", from_picture=False)] == ["Fancy XL"]
    assert [one.model.name for one in catalogue.matching("plainer", from_picture=True)] == [
        "Fancy XL"
    ]


def test_a_deployment_that_makes_none_from_words_alone_says_so(catalogue: Catalogue) -> None:
    with pytest.raises(NoModel):
        catalogue.find(None, from_picture=False)


def test_an_alias_finds_the_model_that_can_do_what_is_asked(provider: ScriptedProvider) -> None:
    provider.models = (
        replace(PLAIN, aliases=("kling3",)),
        replace(FANCY, picture=Need.NEVER, aliases=("kling3",)),
    )
    catalogue = Catalogue([provider], credit_microdollars=10_000)

    assert catalogue.find("Kling3", from_picture=True).model.name == "Plain"
    assert catalogue.find("kling3", from_picture=False).model.name == "Fancy XL"
