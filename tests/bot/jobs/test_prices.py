"""The owner's own prices: one line of settings that cannot be misread or misspelt unnoticed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.errors import UnknownModel
from bot.jobs.catalogue import Catalogue
from bot.jobs.prices import PriceOverride, read_prices
from providers.base import ProviderSettings
from providers.model import Variant, VideoModel
from tests.scripted import FANCY, PLAIN, ScriptedProvider

VARIANTS = (
    Variant(microdollars=100_000, resolution="720p"),
    Variant(microdollars=150_000, resolution="720p", sound=True),
    Variant(microdollars=200_000, resolution="1080p"),
)


def offered(folder: Path, prices: str) -> dict[str, VideoModel]:
    provider = ScriptedProvider(ProviderSettings(), folder)
    provider.models = (PLAIN, replace(FANCY, variants=VARIANTS))
    catalogue = Catalogue([provider], credit_microdollars=10_000, prices=read_prices(prices))
    return {choice.model.id: choice.model for choice in catalogue.choices}


def microdollars(model: VideoModel) -> list[int]:
    return [variant.microdollars for variant in model.variants]


def test_nothing_set_changes_nothing(tmp_path: Path) -> None:
    assert offered(tmp_path, "")["plain-1"] == PLAIN


@pytest.mark.parametrize(
    ("entry", "prices"),
    [
        ("scripted/Fancy-XL=0.3", [300_000, 300_000, 300_000]),
        ("scripted/Fancy-XL@720p=0.3", [300_000, 300_000, 200_000]),
        ("scripted/Fancy-XL+sound=0.3", [100_000, 300_000, 200_000]),
        ("scripted/Fancy-XL@1080p-sound = 0.3", [100_000, 150_000, 300_000]),
        ("scripted/Fancy-XL@720p=off", [200_000]),
        ("scripted/Fancy-XL=0, scripted/Fancy-XL+sound=1.25", [0, 1_250_000, 0]),
    ],
)
def test_a_price_covers_the_variants_it_names(
    tmp_path: Path, entry: str, prices: list[int]
) -> None:
    assert microdollars(offered(tmp_path, entry)["Fancy-XL"]) == prices


def test_an_owners_price_is_no_assumption_of_ours(tmp_path: Path) -> None:
    note = offered(tmp_path, "scripted/Fancy-XL=0.3")["Fancy-XL"].price_note

    assert (note.source, note.as_of, note.is_assumed) == ("PRICES", None, False)


def test_a_price_of_one_variant_leaves_the_others_what_they_were(tmp_path: Path) -> None:
    assert (
        offered(tmp_path, "scripted/Fancy-XL@720p=0.3")["Fancy-XL"].price_note == FANCY.price_note
    )
    both = "scripted/Fancy-XL@720p=0.3, scripted/Fancy-XL@1080p=off"
    assert offered(tmp_path, both)["Fancy-XL"].price_note.source == "PRICES"


def test_a_model_that_is_off_is_not_offered(tmp_path: Path) -> None:
    assert set(offered(tmp_path, "scripted/Fancy-XL=off")) == {"plain-1"}


@pytest.mark.parametrize(
    "entry",
    ["scripted/Fancy=0.3", "scripted/plain-1@720p=1", "scripted/plain-1+sound=1"],
)
def test_a_price_of_something_that_is_not_there_is_refused(tmp_path: Path, entry: str) -> None:
    with pytest.raises(UnknownModel):
        offered(tmp_path, entry)


def test_a_price_of_a_provider_without_a_key_waits_for_it(tmp_path: Path) -> None:
    assert set(offered(tmp_path, "elsewhere/model-1=0.3")) == {"plain-1", "Fancy-XL"}


@pytest.mark.parametrize(
    "text",
    [
        "gen4.5=0.12",
        "runway/gen4.5",
        "runway/gen4.5=cheap",
        "runway/gen4.5=-1",
        "a/b=1.2.3",
        "a/b=101",
        "a/b@=1",
        "/b=1",
    ],
)
def test_what_cannot_be_read_is_refused_with_the_entry(text: str) -> None:
    with pytest.raises(ValueError, match=r"/|="):
        read_prices(text)


def test_entries_may_stand_on_lines_of_their_own() -> None:
    assert read_prices("runway/gen4.5=0.12,\n  kling/kling-3.0@1080p+sound=0.168,\n") == (
        PriceOverride("runway", "gen4.5", None, None, 120_000),
        PriceOverride("kling", "kling-3.0", "1080p", True, 168_000),
    )
