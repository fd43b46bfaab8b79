"""What cannot be made is said in plain sentences, with what to do instead."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.extra_words import EXTRA_SENTENCES, MENU, called, made_of, posted_words
from bot.jobs.extra import Extra, Join, Loop, Made, Moving, Poster, Trim
from bot.jobs.extra_errors import (
    AlreadySilent,
    BeingPosted,
    ClipGone,
    ExtraRefused,
    NoNumber,
    NoOtherClip,
    NotPosted,
    StillMaking,
    TooHard,
    TookTooLong,
    TooLarge,
)
from bot.media.extras.errors import (
    ExtraError,
    MomentOutside,
    NothingLeft,
    TooLongTogether,
    TooShortToLoop,
)
from bot.media.extras.stills import Preview
from bot.messages import sentence

SAID: dict[Exception, str] = {
    ClipGone(): "no longer kept, so nothing can be made of it. Order a new one.",
    BeingPosted(): "Press again in a few seconds.",
    NoOtherClip(): "Order another one first.",
    StillMaking(): "Wait until that is posted, and try again.",
    TookTooLong(): "Try again later, or with a shorter clip.",
    TooHard(): "Try another extra, or a shorter clip.",
    TooLarge(): "Trim the clip first, and try again.",
    NotPosted(): "ask a moderator to let me send messages and attach files.",
    AlreadySilent(): "Choose something else, or add yours with “Sound …”.",
    NoNumber("x" * 4000, "2.5"): f"“{'x' * 40}” is no number of seconds. Write one like 2.5.",
    MomentOutside(9, 4.96): "has no second 9: it is 5.0 s long.",
    NothingLeft(0.5): "leaves less than 0.5 s. Let it end later, or begin earlier.",
    TooShortToLoop(5, 1.6): "can fade for 0.2 to 1.6 s. Choose a length between.",
    TooShortToLoop(0.4, 0): "is only 0.4 s long, too short to loop.",
    TooLongTogether(139.5, 120): "a clip may be 120 s. Trim one of them first.",
}


@pytest.mark.parametrize("error", SAID, ids=lambda error: type(error).__name__)
def test_a_sentence_says_what_is_wrong_and_what_to_do(error: Exception) -> None:
    words = sentence(error) or ""

    assert SAID[error] in words
    assert re.fullmatch(r"\S.*[.]", words)
    assert len(words) < 250


def test_every_error_of_extras_is_worded() -> None:
    errors = {*ExtraRefused.__subclasses__(), *ExtraError.__subclasses__()}
    assert set(EXTRA_SENTENCES) == {*map(type, SAID)} == errors


@pytest.mark.parametrize(
    ("extra", "seconds", "words"),
    [
        (Loop(1), 4.04, "**Seamless loop** · 4.0 s\n-# job 3f · for <@30>"),
        (Poster(1.5), None, "**Poster**\n-# job 3f · for <@30>"),
        (Join("4g"), 9.5, "**Two clips joined** · 9.5 s\n-# jobs 3f and 4g · for <@30>"),
    ],
)
def test_what_is_posted_says_what_it_is(extra: Extra, seconds: float | None, words: str) -> None:
    made = Made(extra=extra, path=Path("x"), name="x", seconds=seconds)

    assert posted_words(made, "3f", 30) == words


@pytest.mark.parametrize(("extra", "jobs"), [(Trim(0, 1), ("3f",)), (Join("4g"), ("3f", "4g"))])
def test_what_is_posted_names_the_jobs_it_is_made_of(extra: Extra, jobs: tuple[str, ...]) -> None:
    made = Made(extra=extra, path=Path("x"), name="x", seconds=1, was_cut=True)

    assert made_of(posted_words(made, "3f", 30)) == jobs
    assert made_of(f"> {posted_words(made, '3f', 30)}".replace("\n", "\n> ")) == ()


def test_a_sound_that_was_cut_is_told() -> None:
    made = Made(extra=Trim(0, 1), path=Path("x"), name="x", seconds=1, was_cut=True)

    assert posted_words(made, "3f", 30).endswith(" · the sound was longer, and fades out")


def test_the_menu_fits_into_discords_limits_and_previews_are_called_what_they_are() -> None:
    assert all(len(text) <= 100 for entry in MENU for text in entry)
    assert [called(Moving(kind)) for kind in Preview] == ["WebP preview", "GIF"]
