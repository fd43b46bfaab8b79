"""Error and outcome to the sentence a member reads: what is wrong, and what to do about it.

A new error or outcome gets its sentence here; a test finds the ones that have none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, assert_never

from bot import errors
from bot.cap_words import CAP_SENTENCES
from bot.cap_words import in_credits as in_credits
from bot.desk_words import DESK_SENTENCES
from bot.extra_words import EXTRA_SENTENCES
from bot.jobs.order import Note, RefusalCosts, RunsAs, ShapeInstead, SoundCut
from bot.media import errors as media
from bot.media.pictures import PictureNote
from bot.shield_words import SHIELD_SENTENCES, wrong_age
from storage.errors import (
    BooksDoNotBalance,
    DraftGone,
    DraftUsed,
    JobNotFound,
    NotEnoughCredits,
    NotRead,
    NotWritten,
)

KINDS = "PNG, JPEG, WebP, AVIF, HEIC or GIF"


def in_lengths(seconds: tuple[int, ...]) -> str:
    """Clip lengths as a member reads them: a range where there is no gap."""
    if len(seconds) > 2 and seconds[-1] - seconds[0] == len(seconds) - 1:
        return f"{seconds[0]}–{seconds[-1]} s"
    return ", ".join(str(length) for length in seconds) + " s"


def sentence(error: Exception) -> str | None:
    """What a member reads for an error, or None where only an operator can help."""
    for kind in type(error).__mro__:
        words = SENTENCES.get(kind)
        if words is not None:
            return words(error) if callable(words) else words.format(e=error)
    return None


def note_sentence(note: Note) -> str:
    """What a member is told of an order that goes ahead."""
    match note:
        case PictureNote.FIRST_FRAME:
            return "Your picture is an animation; I use its first frame."
        case PictureNote.SMALL:
            return "Your picture is small, so I enlarged it; a larger one would look sharper."
        case PictureNote.LOW_CONTRAST:
            return "Your picture has little contrast; the clip may look flat."
        case PictureNote.BLURRED:
            return "Your picture is blurred; a sharper one would make a better clip."
        case RunsAs(asked=asked, model=model):
            return f"“{_short(asked)}” is no model here; the nearest one runs: **{model}**."
        case ShapeInstead(asked=asked, shape=shape):
            return f"The model does not make “{_short(asked)}”; the nearest it makes is {shape}."
        case SoundCut(seconds=seconds):
            return f"Your audio file is longer than the model takes; I use its first {seconds} s."
        case RefusalCosts(credits=credits):
            return (
                "If the model's safety check refuses this, it still costs "
                f"{in_credits(credits)}; the moderators chose so."
            )
        case _:
            assert_never(note)


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"


def _unsupported(error: errors.UnsupportedOption) -> str:
    lacking = f"{error.model} {LACKING[error.option]}."
    if not error.having:
        return f"{lacking} No model here does."
    return f"{lacking} These do: {_listed(error.having)}."


def _listed(names: tuple[str, ...]) -> str:
    shown = ", ".join(names[:NAMES_SHOWN])
    return f"{shown} and {len(names) - NAMES_SHOWN} more" if len(names) > NAMES_SHOWN else shown


def _combination(error: errors.UnsupportedCombination) -> str:
    offered = (
        " ".join(
            part
            for part in (
                variant.resolution,
                "with sound" if variant.sound else "without sound",
                "and a last frame" if variant.last_frame else "",
            )
            if part
        )
        for variant in error.offered
    )
    return f"{error.model} cannot make that combination. It makes: {'; '.join(offered)}."


def _not_enough(error: NotEnoughCredits) -> str:
    return (
        f"This clip costs {in_credits(error.price)} and you have "
        f"{in_credits(error.available)} available: {in_credits(error.missing)} missing. "
        "A moderator can give you more with `/budget grant`."
    )


NAMES_SHOWN = 12

LACKING: Mapping[errors.Option, str] = {
    errors.Option.PICTURE: "makes clips from words alone and takes no picture",
    errors.Option.WORDS_ALONE: "cannot make a clip from words alone",
    errors.Option.LAST_FRAME: "takes no last frame",
    errors.Option.AUDIO: "takes no audio file",
    errors.Option.NEGATIVE_PROMPT: "takes no negative prompt",
    errors.Option.SEED: "takes no seed",
    errors.Option.SOUND: "makes no sound",
    errors.Option.SILENCE: "always makes sound",
}

SENTENCES: Mapping[type[BaseException], str | Callable[[Any], str]] = {
    **DESK_SENTENCES,
    **EXTRA_SENTENCES,
    **SHIELD_SENTENCES,
    errors.PictureMissing: (
        "There is no picture. Put one into the `image` option and send the command again."
    ),
    errors.PictureUnavailable: (
        "I could not download your picture from Discord. Send the command again."
    ),
    errors.PictureGone: (
        "The files of that clip are no longer kept. Send the command again with them."
    ),
    media.NotAPicture: f"That file is not a picture I can read. Send a {KINDS} file.",
    media.UnsupportedPicture: (
        f"I do not take {{e.format}} files. Save the picture as {KINDS} and send it again."
    ),
    media.DamagedPicture: (
        "That picture is damaged or was cut short. Open it on your device, save a new copy, "
        "and send that."
    ),
    media.PictureTooHeavy: lambda e: (
        f"That file is over {e.limit_bytes // 2**20} MiB. Save the picture smaller and send it "
        "again."
    ),
    media.PictureTooBig: (
        "That picture is {e.width:,} × {e.height:,} pixels, more than I can take. "
        "Make it at most 50 megapixels and 16,384 pixels a side."
    ),
    media.PictureTooSmall: (
        "That picture is only {e.width} × {e.height} pixels. Send one of at least 256 × 256; "
        "1,024 or more a side looks good."
    ),
    media.PictureTooNarrow: (
        "That picture is a strip of {e.width:,} × {e.height:,} pixels. Crop it so that its long "
        "side is at most ten times the short one."
    ),
    media.PictureTooHard: (
        "That picture took too much work to open. Save it as a plain JPEG or PNG and send it again."
    ),
    errors.PriceChanged: lambda e: (
        f"The price has changed from {in_credits(e.shown)} to {in_credits(e.price)} since that was "
        "shown to you. Nothing was charged; press again if you want it for that."
    ),
    errors.PromptEmpty: (
        "The prompt is empty. Say what should move, for example `slow zoom in, light snow`."
    ),
    errors.PromptTooLong: (
        "The prompt has {e.length:,} characters, and this model takes {e.limit:,}. Shorten it."
    ),
    errors.UnknownModel: lambda e: (
        f"There is no model called “{_short(e.asked)}” here. Choose one of: {_listed(e.known)}."
    ),
    errors.NoModel: lambda e: (
        "There is no model here yet. Tell a moderator."
        if e.from_picture
        else "No model here makes clips from words alone. Use `/animate` with a picture."
    ),
    errors.UnsupportedSeconds: lambda e: (
        f"{e.model} cannot make {e.asked:,} s. It makes {in_lengths(e.offered)}."
    ),
    errors.UnsupportedShape: lambda e: (
        f"{e.model} cannot make “{_short(e.asked)}”. It makes {', '.join(e.offered)}."
        if e.offered
        else f"With {e.model} the clip has the shape of your picture. Leave `shape` out, or crop "
        "the picture."
    ),
    errors.UnsupportedResolution: lambda e: (
        f"{e.model} cannot make “{_short(e.asked)}”. It makes {', '.join(e.offered)}."
        if e.offered
        else f"{e.model} leaves no choice of resolution. Leave `resolution` out."
    ),
    errors.UnsupportedOption: _unsupported,
    errors.UnsupportedCombination: _combination,
    errors.AudioMissing: (
        "{e.model} follows a sound. Put an MP3 or WAV file into the `audio` option, or choose "
        "another model."
    ),
    errors.AudioUnavailable: (
        "I could not download your audio file from Discord. Send the command again."
    ),
    errors.NegativePromptTooLong: (
        "The negative prompt has {e.length:,} characters, and this model takes {e.limit:,}. "
        "Shorten it."
    ),
    media.NotASound: "That audio file is none I can read. Send an MP3, WAV, M4A, OGG or FLAC file.",
    media.DamagedSound: (
        "That audio file is damaged or was cut short. Save a new copy and send that."
    ),
    media.SoundTooHeavy: lambda e: (
        f"That audio file is over {e.limit_bytes // 2**20} MiB. Send a shorter one."
    ),
    media.SoundTooShort: "That audio file is too short. Send one of at least a second.",
    errors.SeedOutOfRange: "The seed must be a whole number from 0 to {e.limit:,}.",
    errors.BadChoice: "That cannot be: {e}. Nothing was changed.",
    errors.MembersUnknown: (
        "Discord does not tell me who has a role, so nothing was done. Name members instead, up to "
        "25 at once; or let the owner turn on “Server Members Intent” in the developer portal."
    ),
    errors.NowhereToAsk: (
        "The moderators have chosen no channel where I could ask them, or I cannot write there. "
        "Ask them yourself: one of them chooses it with `/budget log`, or gives you credits with "
        "`/budget grant`."
    ),
    errors.ForbiddenPrompt: (
        "Your prompt has a word in it that the moderators do not allow here. Change the prompt "
        "and try again. Nothing was charged."
    ),
    errors.WrongChannelAge: lambda e: wrong_age(e.rule),
    errors.NoWord: "That has no letter or digit in it, so there is nothing to look for. Try again.",
    errors.AmountOutOfRange: "The amount must be a whole number from {e.least:,} to {e.most:,}.",
    errors.NoSuchMonth: lambda e: (
        f"I know no month “{_short(e.asked)}”. Write one that has begun, like 2026-05."
    ),
    errors.ExportTooLarge: lambda e: (
        f"The entries of that month are more than the {e.limit_bytes // 2**20} MiB that may be "
        "attached here. Ask the owner of the bot for a copy of the database."
    ),
    errors.NotInServer: ("I only work inside a server. Use this command in one of its channels."),
    errors.MissingPermissions: lambda e: (
        f"I lack permissions in this channel: {', '.join(e.names)}. "
        "Ask a moderator to give me these, or use another channel."
    ),
    errors.NotAllowed: "Only {e.needed} can do that.",
    errors.NoRoom: (
        "I have no room for another clip at the moment, so nothing was ordered or charged. "
        "Try again tomorrow, or tell a moderator."
    ),
    errors.Restarting: (
        "I am being restarted; give me a minute and send that again. Nothing was charged."
    ),
    errors.Outdated: (
        "I have changed since that was shown to you, and no longer know it. Run the command again."
    ),
    BooksDoNotBalance: (
        "Credits are being checked, so nothing can be ordered for now; nothing was charged. "
        "Tell a moderator."
    ),
    NotEnoughCredits: _not_enough,
    **CAP_SENTENCES,
    NotWritten: (
        "I cannot write anything down at the moment, so nothing was ordered or charged. "
        "Tell a moderator."
    ),
    NotRead: (
        "I cannot look anything up at the moment, so nothing was ordered or charged. "
        "Tell a moderator."
    ),
    DraftGone: "That preview is no longer kept. Send the command again; nothing was charged.",
    DraftUsed: (
        "That preview has become a clip already, or is becoming one; nothing more was charged. "
        "Look at it with `/jobs`."
    ),
    JobNotFound: ("I do not know that job any more. Order a new one with `/animate` or `/create`."),
}
