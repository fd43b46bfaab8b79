"""/create: from words alone to a clip in a thread."""

from __future__ import annotations

import pytest

from bot import errors
from storage.jobs import JobState
from tests.bot.discord.club import Club, labels, texts
from tests.bot.discord.offers import FILM, SINGER, WORDS, silence
from tests.scripted import PLAIN

AGAIN, PROMPT = "Again · 20 credits", "New prompt …"


@pytest.fixture
async def painters(club: Club) -> Club:
    """A club with models that need no picture."""
    await club.offer(PLAIN, WORDS, FILM, SINGER)
    return club


async def test_words_alone_become_a_clip_in_a_thread(painters: Club, clip_bytes: bytes) -> None:
    result = await painters.create(model="words-1", shape="square", seconds=8, seed=5)
    await painters.finish()

    assert result.response is not None
    assert "**Words · 8 s · 1:1** · 20 credits\n> a fox in the snow" in result.response.content
    card = painters.posts[-1]
    assert await card.attachments[0].read() == clip_bytes
    assert "Words · 8 s · 1:1 · seed 5 · 20 credits paid" in texts(card)
    (request,) = painters.workshop.provider.requests
    assert (request.picture, request.shape, request.seed) == (None, "1:1", 5)


async def test_by_default_the_cheapest_model_for_words_runs_in_its_first_shape(
    painters: Club,
) -> None:
    await painters.offer(PLAIN, FILM, WORDS)

    result = await painters.create()

    assert result.response is not None
    assert "**Words · 4 s · 16:9** · 20 credits" in result.response.content


async def test_a_name_from_elsewhere_is_understood_and_the_member_told_which_model_runs(
    painters: Club,
) -> None:
    result = await painters.create(model="film_2", resolution="1080p")

    assert result.response is not None
    assert "**Film 2 · 5 s · 9:16 · 1080p · sound** · 85 credits" in result.response.content
    assert [(note.ephemeral, note.content) for note in result.followups] == [
        (True, "“film_2” is no model here; the nearest one runs: **Film 2**.")
    ]


async def test_all_that_was_asked_for_reaches_the_provider(painters: Club) -> None:
    await painters.create(
        model="film-2",
        seconds=9,
        shape="cinema",
        resolution="720",
        sound=True,
        negative_prompt="blur",
        audio=("rain.wav", silence(1.5)),
    )
    await painters.finish()

    (request,) = painters.workshop.provider.requests
    assert (request.seconds, request.shape, request.resolution, request.sound) == (
        9,
        "21:9",
        "720p",
        True,
    )
    assert request.negative_prompt == "blur"
    assert request.audio is not None
    (job,) = await painters.jobs()
    assert (job.state, job.paid_credits) == (JobState.DELIVERED, 114)


async def test_a_sound_that_is_too_long_is_cut_and_the_member_told(painters: Club) -> None:
    result = await painters.create(model="film-2", audio=("rain.wav", silence(3)))

    assert [note.content for note in result.followups] == [
        "Your audio file is longer than the model takes; I use its first 1 s."
    ]


async def test_where_no_model_makes_clips_from_words_alone_that_is_said(club: Club) -> None:
    said = await club.assert_refused(await club.create())

    assert said == "No model here makes clips from words alone. Use `/animate` with a picture."
    assert isinstance(club.error(), errors.NoModel)


@pytest.mark.parametrize(
    ("options", "error", "sentence"),
    [
        ({"model": "Plain"}, errors.UnsupportedOption, "These do: Words, Film 2, Singer."),
        ({"model": "Singer"}, errors.AudioMissing, "into the `audio` option"),
        ({"model": "Words", "sound": True}, errors.UnsupportedOption, "Words makes no sound."),
        ({"model": "Words", "shape": "tall"}, errors.UnsupportedShape, "It makes 16:9, 1:1."),
        ({"model": "Words", "resolution": "4k"}, errors.UnsupportedResolution, "no choice"),
        ({"model": "Film 2", "seed": 1}, errors.UnsupportedOption, "These do: Words."),
        (
            {"model": "Film 2", "negative_prompt": "x" * 21},
            errors.NegativePromptTooLong,
            "has 21 characters, and this model takes 20",
        ),
        (
            {"model": "Film 2", "resolution": "1080p", "sound": False},
            errors.UnsupportedCombination,
            "1080p with sound",
        ),
    ],
)
async def test_what_a_model_lacks_is_refused_in_private(
    painters: Club, options: dict[str, object], error: type[Exception], sentence: str
) -> None:
    result = await painters.create(**options)

    assert sentence in await painters.assert_refused(result)
    assert isinstance(painters.error(), error)


async def test_again_and_a_new_prompt_need_no_picture(painters: Club) -> None:
    await painters.create(model="words-1", shape="square")
    await painters.finish()
    card = painters.posts[-1]
    assert labels(card) == [AGAIN, PROMPT, "More …"]

    await painters.member.click(card, label=AGAIN)
    shown = await painters.member.click(card, label=PROMPT)
    await painters.member.submit_modal(shown, {"prompt": "a bear"})
    await painters.finish()

    assert shown.modal is not None
    assert shown.modal["title"] == "New prompt, same settings"
    assert shown.modal["components"][0]["label"] == "What should be seen?"
    jobs = await painters.jobs()
    assert [(job.prompt, job.shape, job.state) for job in jobs] == [
        ("a bear", "1:1", JobState.DELIVERED),
        ("a fox in the snow", "1:1", JobState.DELIVERED),
        ("a fox in the snow", "1:1", JobState.DELIVERED),
    ]


async def test_a_prompt_of_discords_full_length_can_be_ordered_and_changed(
    painters: Club,
) -> None:
    await painters.create(model="film-2", prompt="y" * 6_000)
    await painters.finish()

    shown = await painters.member.click(painters.posts[-1], label=PROMPT)

    assert shown.modal is not None
    (label,) = shown.modal["components"]
    assert label["description"] == (
        "The clip costs 42 credits. The old prompt is cut, it has no room here."
    )
    assert label["component"]["value"] == "y" * 4_000
