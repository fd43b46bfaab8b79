"""/models: what each model does and costs, in pages that fit into a message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import discord
import pytest
from discord import ui
from simcord import InteractionResult

from bot import errors
from bot.discord.views.model_facts import entry, whole
from bot.discord.views.models import ModelCard, ModelsCard
from bot.discord.views.pages import pages
from bot.discord.views.prices import price_source
from bot.jobs.catalogue import Catalogue
from bot.playground.message import Flag
from bot.playground.message_rules import Draft, shape_of
from providers.model import PriceNote, VideoModel
from tests.bot.discord.club import Club, labels, texts
from tests.bot.discord.offers import (
    FILM,
    SINGER,
    WORDS,
    catalogue,
    extreme_model,
    offering,
)
from tests.scripted import FANCY, PLAIN


def shown(result: InteractionResult) -> discord.Message:
    """The message of a private answer."""
    assert result.response is not None
    assert result.response.ephemeral
    return result.response.message


def listed(model: VideoModel) -> str:
    return entry(catalogue(offering(model)).choices[0])


def card(model: VideoModel) -> str:
    return whole(catalogue(offering(model)).choices[0])


def assert_discord_takes(view: ui.LayoutView) -> None:
    """Fail unless the card is within Discord's limits, as the playground knows them."""
    components = view.to_components()  # type: ignore[no-untyped-call]  # discord.py's
    shape_of(Draft(components=components, flags=Flag.COMPONENTS_V2))


async def test_models_lists_every_model_with_what_it_does_and_costs(club: Club) -> None:
    message = shown(await club.member.slash(club.channel, "models"))

    assert texts(message).strip().splitlines() == [
        "## Models you can use here",
        "### Scripted",
        "**Plain** `scripted/plain-1`",
        "Moves a little.",
        "-# from a picture · 2–5 s · 16:9, 9:16, 1:1",
        "-# seed",
        "-# **0.75 credits** a second · 5 s cost **4 credits**",
        "**Fancy XL** `scripted/Fancy-XL`",
        "Moves a lot.",
        "-# from a picture · 5, 10 s · 16:9",
        "-# seed",
        "-# **5 credits** a second · 5 s cost **25 credits**",
        "-# Choose one with the `model` option of `/animate` or `/create`. You pay for clips, "
        "never for failures.",
    ]
    assert labels(message) == []


def test_a_model_that_does_much_says_so_in_the_list() -> None:
    assert listed(FILM).splitlines()[2:] == [
        "-# from a picture or words alone · 2–30 s · "
        "your picture's shape (words alone: 9:16, 16:9, 21:9) · 720p, 1080p",
        "-# sound on request · last frame · audio file taken · negative prompt",
        "-# about **8.4–17 credits** a second · 5 s cost **42 credits**",
    ]


def test_a_card_tells_all_of_a_model() -> None:
    assert card(FILM).splitlines() == [
        "### Film 2",
        "`scripted/film-2`",
        "Does almost everything.",
        "",
        "**Made from** a picture or words alone",
        "**Length** 2–30 s; 5 s unless you choose",
        "**Shape** your picture's shape (words alone: 9:16, 16:9, 21:9)",
        "**Resolution** 720p, 1080p",
        "**Sound** on request",
        "**Last frame** taken",
        "**Audio file** taken, at most 1 s of it",
        "**Negative prompt** up to 20 characters",
        "**Seed** not taken",
        "**Prompt** up to 6,000 characters",
        "**Also known as** film_2, film-king",
        "",
        "**Price**",
        "720p · with or without a last frame · about 8.4 credits/s · 5 s = 42 credits",
        "720p with sound · with or without a last frame · about 12.6 credits/s · 5 s = 63 credits",
        "1080p with sound · no last frame · about 17 credits/s · 5 s = 85 credits",
        "-# About: nobody has published it (our guess, 2026-09).",
    ]


def test_a_card_tells_what_a_model_lacks() -> None:
    said = card(WORDS)

    for line in (
        "**Made from** words alone",
        "**Length** 4, 8 s; 4 s unless you choose",
        "**Shape** 16:9, 1:1",
        "**Resolution** the model's own",
        "**Sound** never",
        "**Last frame** not taken",
        "**Audio file** not taken",
        "**Negative prompt** not taken",
        "**Seed** taken",
        "**Price**\n20 credits a clip",
        "-# Price of 2026-09, from the price list.",
    ):
        assert f"\n{line}\n" in f"{said}\n"


def test_a_sound_that_cannot_be_turned_off_or_is_on_by_default_is_said() -> None:
    silent_last = tuple(sorted(FILM.variants, key=lambda variant: not variant.sound))

    assert "**Sound** always\n" in card(SINGER)
    assert "**Audio file** needed, at most 10 s of it\n" in card(SINGER)
    assert "**Sound** unless you turn it off\n" in card(replace(FILM, variants=silent_last))


def test_many_prices_are_told_from_the_cheapest_to_the_dearest() -> None:
    many = tuple(
        replace(FILM.variants[0], microdollars=number * 10_000, resolution=f"{number}p")
        for number in range(40, 20, -1)
    )

    assert "**Price**\nabout **21–40 credits** a second · 5 s cost **200 credits**\n" in card(
        replace(FILM, variants=many)
    )


def test_a_price_of_the_owner_needs_no_date() -> None:
    assert price_source(PriceNote("PRICES", None)) == "Price set by the owner."


async def test_one_model_is_shown_when_it_is_named(club: Club) -> None:
    await club.offer(PLAIN, WORDS, FILM)

    message = shown(await club.member.slash(club.channel, "models", model="film_2"))

    assert texts(message).strip() == card(FILM)
    assert labels(message) == ["All models"]


async def test_a_model_that_is_not_there_is_named_in_the_refusal(club: Club) -> None:
    result = await club.member.slash(club.channel, "models", model="sora")

    assert result.response is not None
    assert result.response.content == (
        "There is no model called “sora” here. Choose one of: Plain, Fancy XL."
    )
    assert isinstance(club.error(), errors.UnknownModel)


async def test_from_the_list_to_a_model_and_back_after_a_restart(club: Club) -> None:
    message = shown(await club.member.slash(club.channel, "models"))
    await club.restart()

    opened = shown(
        await club.member.select(message, ["scripted/Fancy-XL"], custom_id="zoetrope:models:model")
    )
    assert texts(opened).strip() == card(FANCY)
    await club.restart()
    back = shown(await club.member.click(opened, label="All models"))

    assert opened.id == back.id == message.id
    assert texts(back) == texts(message)


def two_providers() -> Catalogue:
    """A list of three pages: two providers, the second of which begins on the third page."""
    many = [replace(PLAIN, id=f"m{number}", name=f"M{number}") for number in range(18)]
    return catalogue(offering(*many, provider="many"), offering(FANCY, provider="small"))


async def test_many_models_are_turned_over_page_by_page(club: Club) -> None:
    club.client.service.catalogue = two_providers()

    message = shown(await club.member.slash(club.channel, "models"))
    seen = [texts(message)]
    turned = [labels(message)]
    for label in ("Page 2 ▶", "Page 3 ▶"):
        message = shown(await club.member.click(message, label=label))
        seen.append(texts(message))
        turned.append(labels(message))

    assert turned == [["Page 2 ▶"], ["◀ Page 1", "Page 3 ▶"], ["◀ Page 2"]]
    assert [words.count("`many/") for words in seen] == [8, 8, 2]
    assert [words.count("### Many\n") for words in seen] == [1, 1, 1]
    assert "-# Page 3 of 3" in seen[2]
    assert "### Small\n**Fancy XL**" in seen[2]
    back = await club.member.click(message, label="◀ Page 2")
    assert texts(shown(back)) == seen[1]


async def test_a_provider_is_gone_to_at_once(club: Club) -> None:
    club.client.service.catalogue = two_providers()
    message = shown(await club.member.slash(club.channel, "models"))

    small = shown(
        await club.member.select(message, ["small"], custom_id="zoetrope:models:provider")
    )
    assert "-# Page 3 of 3" in texts(small)

    many = await club.member.select(small, ["many"], custom_id="zoetrope:models:provider")
    assert "-# Page 1 of 3" in texts(shown(many))


async def test_a_page_that_is_no_more_becomes_the_nearest(club: Club) -> None:
    club.client.service.catalogue = two_providers()
    message = shown(await club.member.slash(club.channel, "models"))
    second = shown(await club.member.click(message, label="Page 2 ▶"))
    club.client.service.catalogue = catalogue(offering(PLAIN, provider="many"))

    last = shown(await club.member.click(second, label="Page 3 ▶"))

    assert texts(last).count("**Plain**") == 1
    assert labels(last) == []


async def test_a_provider_that_is_no_more_leads_to_the_first_page(club: Club) -> None:
    club.client.service.catalogue = two_providers()
    message = shown(await club.member.slash(club.channel, "models"))
    club.client.service.catalogue = catalogue(offering(PLAIN, provider="many"))

    first = await club.member.select(message, ["small"], custom_id="zoetrope:models:provider")

    assert texts(shown(first)).count("**Plain**") == 1


async def test_a_model_that_is_no_more_is_named_in_the_refusal(club: Club) -> None:
    message = shown(await club.member.slash(club.channel, "models"))
    club.client.service.catalogue = catalogue(offering(PLAIN))

    result = await club.member.select(
        message, ["scripted/Fancy-XL"], custom_id="zoetrope:models:model"
    )

    assert result.response is not None
    assert result.response.content == (
        "There is no model called “scripted/Fancy-XL” here. Choose one of: Plain."
    )


async def test_a_bot_without_models_says_so(club: Club) -> None:
    club.client.service.catalogue = catalogue()

    message = shown(await club.member.slash(club.channel, "models"))

    assert texts(message).endswith("There is no model here yet.")


PROVIDERS = [
    offering(*(extreme_model(number) for number in range(start, start + 15)), provider=name)
    for start, name in enumerate(("first", "second", "p" * 60, "fourth"))
]


NAMELESS = offering(replace(PLAIN, id="x" * 150))


@pytest.mark.parametrize("providers", [PROVIDERS, PROVIDERS[:1], [offering(PLAIN)], [NAMELESS]])
def test_discord_takes_every_page_and_every_card(providers: Sequence[object]) -> None:
    everything = catalogue(*providers)  # type: ignore[arg-type]  # of any field
    sheets = pages(everything.choices)

    assert [choice for page in sheets for choice in page] == list(everything.choices)
    for number in range(1, len(sheets) + 1):
        assert_discord_takes(ModelsCard(everything, number))
    for choice in everything.choices:
        assert_discord_takes(ModelCard(everything, choice))


async def test_extreme_models_can_be_looked_at_one_after_another(club: Club) -> None:
    club.client.service.catalogue = catalogue(*PROVIDERS[:1])
    message = shown(await club.member.slash(club.channel, "models"))
    key = club.client.service.catalogue.choices[0].key

    opened = await club.member.select(message, [key], custom_id="zoetrope:models:model")

    assert texts(shown(opened)).startswith("\n### Model 0 WWW")
