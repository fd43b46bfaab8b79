"""What the commands offer while a member types: only what can be made, with its price."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import discord
import pytest
from discord.app_commands import Namespace

from bot.discord.client import ZoetropeClient
from bot.discord.completion import Completion
from tests.bot.discord.club import Club
from tests.bot.discord.offers import FILM, SINGER, WORDS, catalogue, extreme_model, offering
from tests.scripted import FANCY, PLAIN

FILM_LINE = "Film 2 · about 8.4 credits/s · 5 s = 42 credits"
PLAIN_LINE = "Plain · 0.75 credits/s · 3 s = 3 credits"
FANCY_LINE = "Fancy XL · 5 credits/s · 5 s = 25 credits"
SINGER_LINE = "Singer · 1 credit/s · 5 s = 5 credits"
WORDS_LINE = "Words · 20 credits a clip · 4 s = 20 credits"


@pytest.fixture
async def full(club: Club) -> Club:
    """A club with models that can do different things."""
    await club.offer(PLAIN, FANCY, FILM, SINGER, WORDS)
    return club


@pytest.mark.parametrize(
    ("command", "lines"),
    [
        ("animate", [PLAIN_LINE, FANCY_LINE, FILM_LINE, SINGER_LINE]),
        ("create", [FILM_LINE, SINGER_LINE, WORDS_LINE]),
        ("models", [PLAIN_LINE, FANCY_LINE, FILM_LINE, SINGER_LINE, WORDS_LINE]),
    ],
)
async def test_a_command_offers_the_models_it_can_use(
    full: Club, command: str, lines: list[str]
) -> None:
    assert await full.offered(command, "model") == lines


@pytest.mark.parametrize(
    ("typed", "keys"),
    [
        ("fi", ["scripted/film-2"]),
        (" FILM_2 ", ["scripted/film-2"]),
        ("king", ["scripted/film-2"]),
        ("sora", []),
    ],
)
async def test_a_model_is_found_by_any_of_its_names(
    full: Club, typed: str, keys: list[str]
) -> None:
    for command in ("animate", "models"):
        assert [key for _, key in await full.choices(command, "model", typed)] == keys


@pytest.mark.parametrize(
    ("filled", "lines"),
    [
        ({"sound": True}, ["Film 2 · about 12.6 credits/s · 5 s = 63 credits", SINGER_LINE]),
        ({"sound": False}, [PLAIN_LINE, FANCY_LINE, FILM_LINE]),
        ({"resolution": "1080p"}, ["Film 2 · about 17 credits/s · 5 s = 85 credits"]),
        ({"negative_prompt": "blur"}, [FILM_LINE]),
        ({"seed": 7}, [PLAIN_LINE, FANCY_LINE]),
        ({"seconds": 4}, ["Plain · 0.75 credits/s · 4 s = 3 credits", "4 s = 34 credits"]),
        ({"shape": "square"}, [PLAIN_LINE, SINGER_LINE]),
        ({"prompt": "x" * 3_000}, [FILM_LINE]),
    ],
)
async def test_the_models_offered_make_all_that_is_typed_already(
    full: Club, filled: dict[str, Any], lines: list[str]
) -> None:
    offered = await full.offered("animate", "model", **filled)

    assert [line.endswith(end) for line, end in zip(offered, lines, strict=True)] == [
        True for _ in lines
    ]


async def test_a_slip_in_another_option_hides_no_model(full: Club) -> None:
    offered = await full.offered("animate", "model", "plain", resolution="10", shape="wi")

    assert offered == [PLAIN_LINE]


@pytest.mark.parametrize("model", ["fil", "sora", "", "  ", "scripted/words-1"])
@pytest.mark.parametrize("option", ["seconds", "shape", "resolution"])
async def test_of_a_model_that_cannot_be_used_nothing_is_offered(
    full: Club, option: str, model: str
) -> None:
    await full.offer(FILM, WORDS)

    offered = await full.offered("animate", option, model=model)

    if model.strip():
        assert offered == []
    else:
        assert (offered == []) == (option == "shape")


async def test_lengths_are_offered_with_the_price_of_what_is_chosen_so_far(full: Club) -> None:
    plain = await full.choices("animate", "seconds")
    silent = await full.offered("animate", "seconds", "10", model="film_2")
    loud = await full.offered("animate", "seconds", "10", model="Film 2", sound=True)
    sharp = await full.offered("animate", "seconds", "10", model="film-2", resolution="1080")

    assert plain == [
        ("2 s · 2 credits", 2),
        ("3 s · 3 credits", 3),
        ("4 s · 3 credits", 4),
        ("5 s · 4 credits", 5),
    ]
    assert (silent, loud, sharp) == (
        ["10 s · 84 credits"],
        ["10 s · 126 credits"],
        ["10 s · 170 credits"],
    )


async def test_typed_digits_narrow_the_lengths(full: Club) -> None:
    ones = await full.choices("animate", "seconds", "1", model="film-2")
    none = await full.choices("animate", "seconds", "31", model="film-2")

    assert [seconds for _, seconds in ones] == list(range(10, 20))
    assert none == []


async def test_of_many_lengths_the_shortest_and_the_longest_are_offered(full: Club) -> None:
    shown = [seconds for _, seconds in await full.choices("animate", "seconds", model="film-2")]

    assert len(shown) == len(set(shown)) == 25
    assert (shown[0], shown[-1]) == (2, 30)
    assert shown == sorted(shown)


async def test_files_that_discord_tells_of_are_counted_in(full: Club) -> None:
    """simcord leaves them out; Discord may send the id of a file, and no more of it."""
    files = {"image": 1, "last_frame": 2}
    offered = Completion(from_picture=True)

    models = await offered.model(typing_in(full, files), "")
    resolutions = await offered.resolution(typing_in(full, files, model="film-2"), "")
    lengths = await offered.seconds(typing_in(full, files, model="film-2", resolution="1080p"), "")
    singers = await offered.model(typing_in(full, {"audio": 3}), "")

    assert [choice.value for choice in models] == ["scripted/film-2"]
    assert [choice.value for choice in resolutions] == ["720p"]
    assert lengths == []
    assert [choice.value for choice in singers] == ["scripted/film-2", "scripted/singer-1"]


def typing_in(
    club: Club, files: dict[str, int], **words: str
) -> discord.Interaction[ZoetropeClient]:
    """What is read of an interaction while a member types."""
    options: list[Any] = [
        {"name": name, "type": 11, "value": str(number)} for name, number in files.items()
    ]
    options += [{"name": name, "type": 3, "value": word} for name, word in words.items()]
    interaction: Any = SimpleNamespace(
        id=1,
        guild_id=club.guild.id,
        channel_id=club.channel.id,
        user=club.member,
        client=club.client,
        _state=None,
        guild=None,
    )
    interaction.namespace = Namespace(interaction, {}, options)
    return cast("discord.Interaction[ZoetropeClient]", interaction)


async def test_shapes_are_offered_in_words(full: Club) -> None:
    of_picture = await full.choices("animate", "shape", model="plain-1")
    of_words = await full.choices("create", "shape", model="film-2")
    following = await full.choices("animate", "shape", model="film-2")

    assert of_picture == [("wide 16:9", "16:9"), ("tall 9:16", "9:16"), ("square 1:1", "1:1")]
    assert of_words == [("tall 9:16", "9:16"), ("wide 16:9", "16:9"), ("cinema 21:9", "21:9")]
    assert following == []


@pytest.mark.parametrize(
    ("typed", "shapes"),
    [
        ("TALL", ["9:16"]),
        ("portrait", ["9:16"]),
        ("16", ["16:9", "9:16"]),
        ("1280x720", ["16:9"]),
        ("21:9", []),
        ("round", []),
    ],
)
async def test_a_shape_is_understood_however_it_is_typed(
    full: Club, typed: str, shapes: list[str]
) -> None:
    choices = await full.choices("animate", "shape", typed, model="plain-1")

    assert [shape for _, shape in choices] == shapes


@pytest.mark.parametrize(
    ("filled", "typed", "lines"),
    [
        ({}, "", ["720p · about 8.4 credits/s", "1080p with sound · about 17 credits/s"]),
        (
            {"sound": True},
            "",
            ["720p with sound · about 12.6 credits/s", "1080p with sound · about 17 credits/s"],
        ),
        ({"sound": False}, "", ["720p · about 8.4 credits/s"]),
        ({}, "10", ["1080p with sound · about 17 credits/s"]),
        ({}, "4k", []),
    ],
)
async def test_resolutions_are_offered_with_the_price_of_a_second(
    full: Club, filled: dict[str, Any], typed: str, lines: list[str]
) -> None:
    assert await full.offered("animate", "resolution", typed, model="film-2", **filled) == lines


async def test_a_model_without_a_choice_of_resolution_offers_none(full: Club) -> None:
    assert await full.offered("animate", "resolution", model="plain-1") == []


async def test_where_no_model_makes_such_clips_nothing_is_offered(club: Club) -> None:
    for option in ("model", "seconds", "shape", "resolution"):
        assert await club.offered("create", option) == []


async def test_of_many_models_each_provider_shows_its_first(club: Club) -> None:
    many = offering(*(extreme_model(number) for number in range(60)), provider="many")
    club.client.service.catalogue = catalogue(many, offering(PLAIN, provider="small"))

    for command in ("animate", "models"):
        offered = await club.choices(command, "model")

        assert len(offered) == 25
        assert [key.partition("/")[0] for _, key in offered[:3]] == ["many", "small", "many"]
        assert all(len(name) <= 100 and len(key) <= 100 for name, key in offered)
        assert offered[0][0].endswith("… · about 90,000 credits/s · 5 s = 450,000 credits")


async def test_extreme_models_break_no_list(club: Club) -> None:
    club.client.service.catalogue = catalogue(offering(extreme_model(15)))

    for option in ("seconds", "shape", "resolution"):
        offered = await club.choices("animate", option)

        assert 1 < len(offered) <= 25
        assert all(1 <= len(name) <= 100 and len(str(value)) <= 100 for name, value in offered)


async def test_a_name_that_discord_does_not_take_is_left_out(club: Club) -> None:
    club.client.service.catalogue = catalogue(offering(replace(PLAIN, id="x" * 100), FANCY))

    for command in ("animate", "models"):
        assert await club.offered(command, "model") == [FANCY_LINE]
