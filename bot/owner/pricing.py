"""What is to be known about the prices of one provider's models."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from bot.jobs.prices import PriceOverride
from bot.owner.checkup import Finding, Mark
from bot.owner.money import dollars, plain_dollars
from providers.model import PriceNote, Variant, VideoModel


@dataclass(frozen=True)
class Tag:
    """What one second costs of one variant of a model."""

    model: VideoModel
    variant: Variant

    @property
    def microdollars(self) -> Fraction:
        """Of a second; where a clip has one price, of a second of a clip as long as usual."""
        seconds = self.model.default_seconds
        return Fraction(self.variant.price_microdollars(seconds), seconds)

    def __str__(self) -> str:
        form = [self.model.id, self.variant.resolution, "with sound" if self.variant.sound else ""]
        words = " ".join(filter(None, form)) if len(self.model.variants) > 1 else self.model.id
        return f"{dollars(round(self.microdollars))} ({words})"


def price_findings(
    provider: str, models: Sequence[VideoModel], overrides: Sequence[PriceOverride]
) -> Iterator[Finding]:
    """Say what the models on offer cost, and how we know."""
    hidden = {
        one.model_id for one in overrides if one.provider == provider and one.microdollars is None
    }
    if not models:
        text = "It offers no model: PRICES takes every one off the list."
        yield Finding(Mark.WARNING, "models", text, {"models": 0})
        return
    yield _range(models)
    for note in dict.fromkeys(model.price_note for model in models):
        yield _source(note, [model for model in models if model.price_note == note])
    if hidden:
        text = f"Taken off the list by PRICES, whole or in part: {', '.join(sorted(hidden))}."
        yield Finding(Mark.NOTE, "hidden", text)


def cheapest_clip(models: Sequence[VideoModel]) -> tuple[VideoModel, int] | None:
    """The model whose clip, ordered without any option, costs least, and that in micro-dollars."""
    prices = [
        (model, model.variants[0].price_microdollars(model.default_seconds)) for model in models
    ]
    return min(prices, key=lambda price: price[1], default=None)


def price_entries(provider: str, model: VideoModel) -> Iterator[str]:
    """The entries of PRICES that say a model's prices as they are now, as few as will do."""
    key = f"{provider}/{model.id}"
    if len({variant.microdollars for variant in model.variants}) == 1:
        yield f"{key}={_price(model.variants)}"
        return
    for resolution in dict.fromkeys(variant.resolution for variant in model.variants):
        named = f"{key}@{resolution}" if resolution else key
        same = [variant for variant in model.variants if variant.resolution == resolution]
        if len({variant.microdollars for variant in same}) == 1:
            yield f"{named}={_price(same)}"
            continue
        for sound in (False, True):
            if alike := [variant for variant in same if variant.sound is sound]:
                yield f"{named}{'+' if sound else '-'}sound={_price(alike)}"


def _price(variants: Sequence[Variant]) -> str:
    return plain_dollars(max(variant.microdollars for variant in variants))


def _range(models: Sequence[VideoModel]) -> Finding:
    tags = [Tag(model, variant) for model in models for variant in model.variants]
    low = min(tags, key=lambda tag: tag.microdollars)
    high = max(tags, key=lambda tag: tag.microdollars)
    number = "1 model" if len(models) == 1 else f"{len(models)} models"
    costs = f"from {low} to {high}" if low.microdollars != high.microdollars else str(low)
    facts = {
        "models": len(models),
        "cheapest_microdollars_per_second": round(low.microdollars),
        "dearest_microdollars_per_second": round(high.microdollars),
    }
    return Finding(Mark.NOTE, "models", f"{number}; a second costs {costs}.", facts)


def _source(note: PriceNote, models: Sequence[VideoModel]) -> Finding:
    number = "1 price" if len(models) == 1 else f"{len(models)} prices"
    ids = ", ".join(model.id for model in models)
    facts: dict[str, int | str | None] = {
        "models": len(models),
        "source": note.source,
        "as_of": None if note.as_of is None else note.as_of.isoformat(),
    }
    if note.as_of is None:
        text = f"{number} of your own, by {note.source}: {ids}."
        return Finding(Mark.NOTE, "own_prices", text, facts)
    source = f"{note.source}, {note.as_of}"
    if note.is_assumed:
        is_or_are = "is" if len(models) == 1 else "are"
        text = f"{number} {is_or_are} assumed ({source}): {ids}. Set yours in PRICES."
        return Finding(Mark.WARNING, "assumed_prices", text, facts)
    return Finding(Mark.NOTE, "prices", f"{number}: {source}.", facts)
