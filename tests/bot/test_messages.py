"""Every error a member can meet has a sentence that says what is wrong and what to do."""

from __future__ import annotations

import re

import pytest

from bot import errors
from bot.cap_words import CAP_SENTENCES
from bot.desk_words import DESK_SENTENCES
from bot.extra_words import EXTRA_SENTENCES
from bot.jobs.outcomes import Outcome
from bot.media import errors as media
from bot.messages import SENTENCES, in_credits, in_lengths, sentence
from bot.outcome_words import failure_sentence
from bot.shield_words import SHIELD_SENTENCES
from providers.model import Variant
from storage import errors as storage
from storage.age import AgeRule

ADVICE: dict[Exception, str] = {
    errors.PictureMissing(): "Put one into the `image` option",
    errors.PictureUnavailable(): "Send the command again",
    errors.PictureGone("3f"): "Send the command again with them",
    errors.PromptEmpty(): "Say what should move, for example",
    errors.PromptTooLong(
        2400, 2000
    ): "has 2,400 characters, and this model takes 2,000. Shorten it",
    errors.UnknownModel("sora", ("Plain", "Fancy XL")): "Choose one of: Plain, Fancy XL.",
    errors.UnsupportedSeconds(7, "Fancy XL", (5, 10)): "It makes 5, 10 s.",
    errors.UnsupportedShape("1:1", "Fancy XL", ("16:9",)): "It makes 16:9.",
    errors.UnsupportedResolution("8k", "Fancy XL", ("720p", "1080p")): "It makes 720p, 1080p.",
    errors.UnsupportedOption(errors.Option.LAST_FRAME, "Plain", ("Fancy XL",)): "do: Fancy XL.",
    errors.UnsupportedCombination(
        "Fancy XL", (Variant(microdollars=1, resolution="720p", sound=True, last_frame=True),)
    ): "It makes: 720p with sound and a last frame.",
    errors.NoModel(from_picture=False): "Use `/animate` with a picture.",
    errors.AudioMissing("Singing"): "Put an MP3 or WAV file into the `audio` option",
    errors.AudioUnavailable(): "Send the command again",
    errors.NegativePromptTooLong(30, 20): "has 30 characters, and this model takes 20. Shorten it",
    errors.PriceChanged(3, 4): "from 3 credits to 4 credits since that was shown to you",
    errors.SeedOutOfRange(2**31 - 1): "a whole number from 0 to 2,147,483,647",
    errors.NotInServer(): "Use this command in one of its channels",
    errors.MissingPermissions(("Attach Files",)): "Attach Files. Ask a moderator",
    errors.NotAllowed("a moderator"): "Only a moderator can do that.",
    errors.BadChoice("a price is 1 to 10000 percent, not 0"): "not 0. Nothing was changed.",
    errors.MembersUnknown(): "Name members instead, up to 25 at once",
    errors.NoSuchMonth("2026-13"): "Write one that has begun, like 2026-05.",
    errors.ExportTooLarge(10 * 2**20): "Ask the owner of the bot for a copy",
    errors.NowhereToAsk(): "one of them chooses it with `/budget log`",
    errors.ForbiddenPrompt(): "Change the prompt and try again. Nothing was charged.",
    errors.WrongChannelAge(AgeRule.NEVER_RESTRICTED): "Use another channel.",
    errors.NoWord(): "there is nothing to look for",
    errors.AmountOutOfRange(1, 1_000_000): "a whole number from 1 to 1,000,000",
    media.NotAPicture(): "Send a PNG, JPEG, WebP, AVIF, HEIC or GIF file",
    media.UnsupportedPicture("TIFF"): "Save the picture as PNG",
    media.DamagedPicture("broken chunk at 0x3f"): "save a new copy, and send that",
    media.PictureTooHeavy(30 * 2**20, 25 * 2**20): "over 25 MiB. Save the picture smaller",
    media.PictureTooBig(20_000, 20_000): "Make it at most 50 megapixels",
    media.PictureTooSmall(1, 1): "Send one of at least 256 × 256",
    media.PictureTooNarrow(5_000, 10): "Crop it",
    media.PictureTooHard("killed by signal 9"): "Save it as a plain JPEG or PNG",
    media.NotASound(): "Send an MP3, WAV, M4A, OGG or FLAC file",
    media.DamagedSound("broken frame at 0x3f"): "Save a new copy and send that",
    media.SoundTooHeavy(30 * 2**20, 25 * 2**20): "over 25 MiB. Send a shorter one",
    media.SoundTooShort(0.5, 1.0): "Send one of at least a second",
    storage.BooksDoNotBalance([]): "nothing was charged. Tell a moderator.",
    storage.NotEnoughCredits(price=50, available=20): "30 credits missing. A moderator can",
    errors.NoRoom(): "nothing was ordered or charged. Try again tomorrow",
    errors.Restarting(): "give me a minute and send that again",
    errors.Outdated(): "Run the command again",
    storage.NotWritten("disk full"): "nothing was ordered or charged. Tell a moderator.",
    storage.NotRead("disk full"): "look anything up at the moment, so nothing was ordered",
    storage.DraftGone("3f"): "Send the command again; nothing was charged.",
    storage.DraftUsed("3f"): "nothing more was charged. Look at it with `/jobs`.",
    storage.JobNotFound("3f"): "Order a new one with `/animate` or `/create`",
}
INSIDE = r"[A-Z][a-z]+[A-Z]|[{}_<>]|None|Error|0x|\b3f\b"
"""Class names, ids, unfilled gaps and the decoder's own words."""
WORDS = pytest.mark.parametrize("error", ADVICE, ids=lambda error: type(error).__name__)


def narrowest(base: type[Exception]) -> set[type[Exception]]:
    """The classes at the tips of an error tree."""
    below = base.__subclasses__()
    return {base} if not below else set().union(*(narrowest(kind) for kind in below))


def test_every_error_of_the_bot_and_of_pictures_is_worded_here() -> None:
    narrow = narrowest(errors.BotError) | narrowest(media.PictureError)
    assert narrow | narrowest(media.SoundError) <= {*map(type, ADVICE)}


def test_no_sentence_is_left_over() -> None:
    elsewhere = {*CAP_SENTENCES, *DESK_SENTENCES, *EXTRA_SENTENCES, *SHIELD_SENTENCES}
    assert set(SENTENCES) - elsewhere == {*map(type, ADVICE)}


@WORDS
def test_a_sentence_says_what_to_do(error: Exception) -> None:
    assert ADVICE[error] in (sentence(error) or "")


@WORDS
def test_a_sentence_reads_as_prose_and_names_nothing_from_inside(error: Exception) -> None:
    words = sentence(error) or ""

    assert re.fullmatch(r"[A-Z].*[.]", words)
    assert len(words) < 250
    assert not re.search(INSIDE, re.sub("WebP|MiB", "", words))


@pytest.mark.parametrize(
    "error",
    [
        ValueError("x"),
        storage.StaleFence("3f"),
        media.MediaError(),
    ],
)
def test_what_only_an_operator_can_help_with_has_no_sentence(error: Exception) -> None:
    assert sentence(error) is None


def test_a_new_kind_of_a_known_error_is_worded_like_it() -> None:
    class PromptEmptyAgain(errors.PromptEmpty):
        """A subclass nobody wrote a sentence for."""

    assert sentence(PromptEmptyAgain()) == sentence(errors.PromptEmpty())


def test_what_a_member_typed_is_not_repeated_at_length() -> None:
    words = sentence(errors.UnknownModel("x" * 4000, ("Plain",))) or ""

    assert "x" * 39 + "…" in words
    assert "x" * 40 not in words


@pytest.mark.parametrize("outcome", Outcome)
def test_every_end_of_a_job_is_worded(outcome: Outcome) -> None:
    words = failure_sentence(outcome)

    assert re.fullmatch(r"[A-Z].*[.]", words)
    assert outcome.name not in words


@pytest.mark.parametrize(
    ("outcome", "advice"),
    [
        (Outcome.REFUSED, "Change them and try again"),
        (Outcome.BAD_INPUT, "Try another picture"),
        (Outcome.PROVIDER_FAULT, "Try again"),
        (Outcome.OWNER_OUT_OF_CREDIT, "Tell a moderator, or use another model"),
        (Outcome.NOT_PLAYABLE, "Try again"),
        (Outcome.TOO_LARGE, "Order a shorter one"),
        (Outcome.TIMED_OUT, "Try again"),
        (Outcome.LOST, "Try again"),
    ],
)
def test_a_failure_says_what_to_do(outcome: Outcome, advice: str) -> None:
    assert advice in failure_sentence(outcome)


@pytest.mark.parametrize(
    ("amount", "words"), [(0, "0 credits"), (1, "1 credit"), (12_000, "12,000 credits")]
)
def test_an_amount_is_said_with_its_unit(amount: int, words: str) -> None:
    assert in_credits(amount) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [((5,), "5 s"), ((5, 6), "5, 6 s"), ((2, 3, 4), "2–4 s"), ((5, 8, 10), "5, 8, 10 s")],
)
def test_lengths_without_a_gap_are_said_as_a_range(seconds: tuple[int, ...], words: str) -> None:
    assert in_lengths(seconds) == words
