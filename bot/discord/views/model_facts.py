"""What a model can do, in words: shortly for a list, and wholly for a card of its own."""

from __future__ import annotations

from collections.abc import Iterator

from bot.discord.views.prices import about, length_line, price_source, quality, rate, rates
from bot.discord.views.text import cut
from bot.jobs.catalogue import Choice
from bot.messages import in_credits, in_lengths
from providers.model import Need, Shape, VideoModel

SHAPE_WORDS = {
    Shape.CINEMA: "cinema",
    Shape.LANDSCAPE: "wide",
    Shape.PHOTO: "photo",
    Shape.CLASSIC: "classic",
    Shape.SQUARE: "square",
    Shape.CLASSIC_TALL: "tall classic",
    Shape.PHOTO_TALL: "tall photo",
    Shape.PORTRAIT: "tall",
}
MOST_PRICES = 16
ENTRY_CHARS = 700
ALIASES_CHARS = 120
CARD_CHARS = 3500
"""Below the 4,000 characters Discord takes in one message, with room for what stands around it."""


def shape_words(shape: Shape) -> str:
    """A shape as people call it, "wide 16:9"."""
    return f"{SHAPE_WORDS[shape]} {shape}"


def entry(choice: Choice) -> str:
    """A model in four lines, for a list."""
    model = choice.model
    able = [
        f"from {_made_from(model)}",
        in_lengths(model.seconds),
        _shapes(model),
        ", ".join(_resolutions(model)),
    ]
    takes = [
        f"sound {_sound(model)}" if _sound(model) != "never" else "",
        "last frame" if _takes_last_frame(model) else "",
        "" if model.audio is Need.NEVER else f"audio file {_need(model.audio)}",
        "negative prompt" if model.max_negative_chars else "",
        "seed" if model.takes_seed else "",
    ]
    facts = [" · ".join(filter(None, line)) for line in (able, takes)]
    lines = [
        f"**{cut(model.name, 100)}** `{cut(choice.key, 100)}`",
        cut(model.summary, 200),
        *(f"-# {line}" for line in facts if line),
        f"-# {_price(choice)}",
    ]
    return cut("\n".join(lines), ENTRY_CHARS)


def whole(choice: Choice) -> str:
    """All there is to know of a model before choosing it."""
    model = choice.model
    facts = "\n".join(f"**{name}** {said}" for name, said in _facts(model))
    prices = "\n".join(_prices(choice))
    lines = [
        f"### {cut(model.name, 200)}\n`{cut(choice.key, 200)}`\n{cut(model.summary, 400)}\n",
        f"{cut(facts, 1500)}\n",
        f"**Price**\n{cut(prices, 1100)}",
        f"-# {cut(price_source(model.price_note), 200)}",
    ]
    return cut("\n".join(lines), CARD_CHARS)


def _facts(model: VideoModel) -> Iterator[tuple[str, str]]:
    yield "Made from", _made_from(model)
    yield "Length", f"{in_lengths(model.seconds)}; {model.default_seconds} s unless you choose"
    yield "Shape", _shapes(model)
    yield "Resolution", ", ".join(_resolutions(model)) or "the model's own"
    yield "Sound", _sound(model)
    yield "Last frame", "taken" if _takes_last_frame(model) else "not taken"
    yield "Audio file", _audio(model)
    yield "Negative prompt", _characters(model.max_negative_chars)
    yield "Seed", "taken" if model.takes_seed else "not taken"
    yield "Prompt", _characters(model.max_prompt_chars)
    if model.aliases:
        yield "Also known as", cut(", ".join(model.aliases), ALIASES_CHARS)


def _made_from(model: VideoModel) -> str:
    return {
        Need.REQUIRED: "a picture",
        Need.OPTIONAL: "a picture or words alone",
        Need.NEVER: "words alone",
    }[model.picture]


def _shapes(model: VideoModel) -> str:
    of_picture = ", ".join(model.shapes) or "your picture's shape"
    of_words = ", ".join(model.text_shapes) or "the model's own shape"
    match model.picture:
        case Need.REQUIRED:
            return of_picture
        case Need.NEVER:
            return of_words
        case _ if of_picture == of_words:
            return of_picture
        case _:
            return f"{of_picture} (words alone: {of_words})"


def _resolutions(model: VideoModel) -> list[str]:
    return list(dict.fromkeys(one.resolution for one in model.variants if one.resolution))


def _sound(model: VideoModel) -> str:
    heard = {variant.sound for variant in model.variants}
    if heard == {True}:
        return "always"
    if heard == {False}:
        return "never"
    return "unless you turn it off" if model.variants[0].sound else "on request"


def _takes_last_frame(model: VideoModel) -> bool:
    return any(variant.last_frame for variant in model.variants)


def _audio(model: VideoModel) -> str:
    if model.audio is Need.NEVER:
        return "not taken"
    return f"{_need(model.audio)}, at most {model.longest_audio_seconds} s of it"


def _need(need: Need) -> str:
    return "needed" if need is Need.REQUIRED else "taken"


def _characters(most: int) -> str:
    return f"up to {most:,} characters" if most else "not taken"


def _price(choice: Choice) -> str:
    model, seconds = choice.model, choice.compared_seconds
    amounts, unit = rates(choice, model.variants)
    if unit == "a clip":
        return f"{about(choice)}**{amounts}** a clip"
    compared = in_credits(choice.price(seconds))
    return f"{about(choice)}**{amounts}** a second · {seconds} s cost **{compared}**"


def _prices(choice: Choice) -> Iterator[str]:
    """A line for each variant, or one for all where these are too many to read."""
    model, seconds = choice.model, choice.compared_seconds
    if len(model.variants) > MOST_PRICES:
        yield _price(choice)
        return
    takes_last_frame = {variant.last_frame for variant in model.variants}
    for variant in model.variants:
        words = [quality(variant)]
        if len(takes_last_frame) > 1:
            words.append("with or without a last frame" if variant.last_frame else "no last frame")
        words.append(rate(choice, variant))
        if not variant.is_per_clip:
            words.append(length_line(choice, seconds, variant, " = "))
        yield " · ".join(filter(None, words))
