"""Whether a model can make what was ordered, decided before any credit is set aside.

What it lacks is refused by naming the models that have it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.errors import (
    AudioMissing,
    NegativePromptTooLong,
    Option,
    PromptEmpty,
    PromptTooLong,
    SeedOutOfRange,
    UnsupportedCombination,
    UnsupportedOption,
    UnsupportedResolution,
    UnsupportedSeconds,
    UnsupportedShape,
)
from bot.jobs.catalogue import Catalogue, Choice
from bot.jobs.order import Given, Order
from bot.media.framing import Target
from providers.model import Need, Shape, Variant, VideoModel

SEED_LIMIT = 2**31 - 1
NEAR_ENOUGH = 1.2
"""By what factor a shape may differ from the one asked for."""

_SHAPE_WORDS = {"wide": "16:9", "landscape": "16:9", "tall": "9:16", "portrait": "9:16"} | {
    "square": "1:1",
    "cinema": "21:9",
}
_RATIO = re.compile(r"(\d{1,5}(?:\.\d+)?)\s*[:x×/]\s*(\d{1,5}(?:\.\d+)?)")


@dataclass(frozen=True)
class Checked:
    """An order that its model can make."""

    choice: Choice
    variant: Variant
    seconds: int

    @property
    def price_credits(self) -> int:
        """The quote."""
        return self.choice.price(self.seconds, self.variant)

    @property
    def provider_microdollars(self) -> int:
        """What the provider asks for it."""
        return self.variant.price_microdollars(self.seconds)


def check(catalogue: Catalogue, order: Order, given: Given) -> Checked:
    """Compare an order with what the model declares. Raises the narrowest OrderError."""
    choice = catalogue.find(order.model, from_picture=given.picture)
    model = choice.model
    _check_words(model, order)
    asked = {
        Option.PICTURE: given.picture,
        Option.WORDS_ALONE: not given.picture,
        Option.LAST_FRAME: given.last_frame,
        Option.AUDIO: given.audio,
        Option.NEGATIVE_PROMPT: bool(order.negative_prompt),
        Option.SEED: order.seed is not None,
        Option.SOUND: order.sound is True,
        Option.SILENCE: order.sound is False,
    }
    for option, is_asked in asked.items():
        if is_asked and not HAS[option](model):
            raise UnsupportedOption(option, model.name, _having(catalogue, option, asked))
    if model.audio is Need.REQUIRED and not given.audio:
        raise AudioMissing(model.name)
    if order.seed is not None and not 0 <= order.seed <= SEED_LIMIT:
        raise SeedOutOfRange(SEED_LIMIT)
    variant = variant_for(
        model,
        resolution=order.resolution,
        sound=order.sound,
        last_frame=given.last_frame,
    )
    seconds = _seconds(model, order.seconds)
    shape_for(model, order.shape, ratio=1.0 if given.picture else None)
    return Checked(choice, variant, seconds)


HAS: Mapping[Option, Callable[[VideoModel], bool]] = {
    Option.PICTURE: lambda model: model.picture is not Need.NEVER,
    Option.WORDS_ALONE: lambda model: model.picture is not Need.REQUIRED,
    Option.LAST_FRAME: lambda model: any(variant.last_frame for variant in model.variants),
    Option.AUDIO: lambda model: model.audio is not Need.NEVER,
    Option.NEGATIVE_PROMPT: lambda model: model.max_negative_chars > 0,
    Option.SEED: lambda model: model.takes_seed,
    Option.SOUND: lambda model: any(variant.sound for variant in model.variants),
    Option.SILENCE: lambda model: any(not variant.sound for variant in model.variants),
}


def variant_for(
    model: VideoModel, *, resolution: str | None, sound: bool | None, last_frame: bool
) -> Variant:
    """The first variant that has all that was asked for.

    Raises UnsupportedResolution, or UnsupportedCombination where each alone could be had.
    """
    wanted = resolution.strip().casefold().removesuffix("p") if resolution else None
    resolutions = tuple(dict.fromkeys(one.resolution for one in model.variants if one.resolution))
    if wanted and wanted not in {one.casefold().removesuffix("p") for one in resolutions}:
        raise UnsupportedResolution(resolution or "", model.name, resolutions)
    for variant in model.variants:
        if (
            wanted in {None, variant.resolution.casefold().removesuffix("p")}
            and sound in {None, variant.sound}
            and (variant.last_frame or not last_frame)
        ):
            return variant
    raise UnsupportedCombination(model.name, model.variants)


def shape_for(model: VideoModel, asked: str | None, *, ratio: float | None) -> Shape | None:
    """The shape of a clip: exactly what was asked for, or the nearest if it is near enough.

    `ratio` is the picture's, or None for a clip from words alone. By default a shape as near the
    picture's as can be; None where the clip follows the picture. Raises UnsupportedShape.
    """
    offered = model.text_shapes if ratio is None else model.shapes
    if not asked:
        if not offered:
            return None
        return offered[0] if ratio is None else _nearest(offered, ratio)
    wanted = _ratio(asked)
    if offered and wanted:
        shape = _nearest(offered, wanted)
        if max(shape.ratio / wanted, wanted / shape.ratio) <= NEAR_ENOUGH:
            return shape
    raise UnsupportedShape(asked, model.name, tuple(offered))


def is_other_shape(asked: str, shape: Shape) -> bool:
    """Whether a shape is only the nearest to the one asked for."""
    return abs((_ratio(asked) or 0) - shape.ratio) > 0.01


def _ratio(asked: str) -> float | None:
    """Width divided by height of "16:9", "1280x720" or "wide"; None of anything else."""
    words = asked.strip().casefold()
    found = _RATIO.fullmatch(_SHAPE_WORDS.get(words, words))
    if found is None or not (float(found[1]) and float(found[2])):
        return None
    return float(found[1]) / float(found[2])


def target_for(model: VideoModel, shape: Shape | None) -> Target:
    """The frame a model takes for a clip of a shape; None: of the picture's own."""
    return Target(
        ratio=shape.ratio if shape else None,
        largest_ratio=model.largest_ratio,
        max_bytes=model.max_picture_bytes,
    )


def utf16_length(text: str) -> int:
    """Characters as the strictest provider counts them: an emoji is two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _check_words(model: VideoModel, order: Order) -> None:
    # Discord takes a prompt of invisible characters, and no thread named like that.
    if not any(letter.isprintable() and not letter.isspace() for letter in order.prompt):
        raise PromptEmpty
    length = utf16_length(order.prompt.strip())
    if length > model.max_prompt_chars:
        raise PromptTooLong(length, model.max_prompt_chars)
    length = utf16_length(order.negative_prompt or "")
    if 0 < model.max_negative_chars < length:
        raise NegativePromptTooLong(length, model.max_negative_chars)


def _seconds(model: VideoModel, asked: int | None) -> int:
    if asked is None:
        return model.default_seconds
    if asked not in model.seconds:
        raise UnsupportedSeconds(asked, model.name, model.seconds)
    return asked


def _nearest(shapes: tuple[Shape, ...], ratio: float) -> Shape:
    # Ratios compare as factors: 2:1 is as far from 1:1 as 1:2 is.
    return min(shapes, key=lambda shape: max(shape.ratio / ratio, ratio / shape.ratio))


def _having(catalogue: Catalogue, option: Option, asked: Mapping[Option, bool]) -> tuple[str, ...]:
    """The models that have the option and everything else that was asked for."""
    wanted = [option, *(other for other, is_asked in asked.items() if is_asked)]
    return tuple(
        choice.model.name
        for choice in catalogue.choices
        if all(HAS[one](choice.model) for one in wanted)
    )
