"""What the doctor says of prices: the range, where they come from, and how to correct them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.jobs.prices import read_prices, repriced
from bot.owner.checkup import Mark
from bot.owner.doctor import examine
from bot.owner.money import dollars
from bot.owner.pricing import price_entries
from providers import load_providers
from providers.model import PriceNote, Variant
from tests.bot.owner.shop import bought_from, found, shop
from tests.scripted import FANCY, PLAIN

LISTED = PriceNote("the shop's price list", date(2026, 2, 1))
GUESS = PriceNote("our guess", date(2026, 3, 1), is_assumed=True)
LISTED_ONE = replace(PLAIN, price_note=LISTED)
GUESSED = replace(
    FANCY,
    id="many-2",
    price_note=GUESS,
    variants=(
        Variant(microdollars=100_000, resolution="720p", sound=True),
        Variant(microdollars=60_000, resolution="480p"),
        Variant(microdollars=150_000, resolution="720p"),
        Variant(microdollars=60_000, resolution="480p", sound=True),
    ),
)


async def test_the_cheapest_and_the_dearest_second_are_told() -> None:
    checkup = await bought_from(models=(LISTED_ONE, GUESSED))

    models = found(checkup, "shop", "models")
    assert models.text == (
        "2 models; a second costs from $0.0075 (plain-1) to $0.15 (many-2 720p)."
    )
    assert models.facts["dearest_microdollars_per_second"] == 150_000


async def test_a_price_of_a_clip_is_compared_by_its_usual_length() -> None:
    clips = replace(PLAIN, variants=(Variant(microdollars=200_000, is_per_clip=True),))

    checkup = await bought_from(models=(clips,))

    assert "1 model; a second costs $0.066667 (plain-1)" in found(checkup, "shop", "models").text


async def test_each_price_says_where_it_comes_from_and_of_when() -> None:
    checkup = await bought_from(models=(LISTED_ONE, GUESSED))

    listed, assumed = found(checkup, "shop", "prices"), found(checkup, "shop", "assumed_prices")
    assert listed.text == "1 price: the shop's price list, 2026-02-01."
    assert (listed.facts["source"], listed.facts["as_of"]) == (LISTED.source, "2026-02-01")
    assert assumed.mark is Mark.WARNING
    assert "many-2" in assumed.text
    assert checkup.is_healthy


async def test_the_line_that_sets_assumed_prices_keeps_what_was_set(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PRICES", "shop/plain-1=0.02,")

    checkup = await bought_from(models=(LISTED_ONE, GUESSED))

    assert checkup.prices_line == (
        "PRICES=shop/plain-1=0.02, shop/many-2@720p-sound=0.15, "
        "shop/many-2@720p+sound=0.10, shop/many-2@480p=0.06"
    )


async def test_once_that_line_is_set_nothing_is_assumed(monkeypatch: pytest.MonkeyPatch) -> None:
    before = await bought_from(models=(LISTED_ONE, GUESSED))
    monkeypatch.setenv("PRICES", before.prices_line.removeprefix("PRICES="))

    after = await bought_from(models=(LISTED_ONE, GUESSED))

    assert after.prices_line == ""
    assert found(after, "shop", "own_prices").text == "1 price of your own, by PRICES: many-2."
    assert found(after, "shop", "models") == found(before, "shop", "models")


@pytest.mark.parametrize("name", load_providers())
def test_the_entries_of_every_model_say_just_its_prices(
    name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    kind = load_providers()[name]
    provider = kind(kind.Settings.model_construct(), tmp_path_factory.mktemp(name))
    models = {(name, model.id): model for model in provider.models}

    overrides = read_prices(
        ", ".join(entry for model in models.values() for entry in price_entries(name, model))
    )

    said = repriced(models, overrides)
    assert {key: model.variants for key, model in said.items()} == {
        key: model.variants for key, model in models.items()
    }


async def test_prices_that_are_overridden_and_models_taken_off_are_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PRICES", "shop/plain-1=0.5, shop/Fancy-XL=off, other/many-2=off")

    checkup = await bought_from(models=(LISTED_ONE, FANCY, GUESSED))

    assert found(checkup, "shop", "own_prices").text == "1 price of your own, by PRICES: plain-1."
    assert found(checkup, "shop", "hidden").text.endswith("whole or in part: Fancy-XL.")
    assert found(checkup, "shop", "models").facts["models"] == 2
    assert "“other”, which is no provider here" in found(checkup, "The bot", "prices").text


async def test_a_provider_whose_models_are_all_taken_off_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PRICES", "shop/plain-1=off")

    checkup = await bought_from(models=(PLAIN,))

    assert found(checkup, "shop", "models").mark is Mark.WARNING
    assert found(checkup, "shop", "balance").mark is Mark.GOOD


@pytest.mark.parametrize(
    "setting", [("PRICES", "shop/plain-9=0.5"), ("DEFAULT_MODEL", "shop/plain-9")]
)
async def test_a_setting_that_names_no_model_is_broken_and_the_rest_is_told(
    monkeypatch: pytest.MonkeyPatch, setting: tuple[str, str]
) -> None:
    monkeypatch.setenv(*setting)

    checkup = await examine(shop() | {"local": load_providers()["local"]})

    trouble = found(checkup, "The bot", "prices")
    assert trouble.mark is Mark.BROKEN
    assert "plain-9" in trouble.text
    assert found(checkup, "shop", "models").facts["models"] == 2


@pytest.mark.parametrize(
    ("microdollars", "printed"),
    [
        (0, "$0.00"),
        (7_500, "$0.0075"),
        (1_200_000, "$1.20"),
        (-1, "-$0.000001"),
        (-12_340_000, "-$12.34"),
        (99_999_999_999, "$99999.999999"),
    ],
)
def test_no_digit_of_an_amount_is_lost_in_print(microdollars: int, printed: str) -> None:
    assert dollars(microdollars) == printed
