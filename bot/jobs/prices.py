"""The owner's own prices: `PRICES=runway/gen4.5=0.12, kling/kling-3.0@1080p+sound=0.168, …`.

A price is in US dollars a second (a clip, where the model is sold by the clip). `@1080p`, `+sound`
and `-sound` narrow it to some variants; `off` takes the model, or these variants, off the list.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from bot.errors import UnknownModel
from providers.model import PriceNote, Variant, VideoModel

_ENTRY = re.compile(
    r"(?P<provider>[a-z]+)/(?P<model>[^=@+,\s]+?)(?:@(?P<resolution>\w+))?(?P<sound>[+-]sound)?"
    r"\s*=\s*(?P<price>[\d.]+|off)"
)
_HIGHEST_USD = 100


@dataclass(frozen=True)
class PriceOverride:
    """One price the owner gave."""

    provider: str
    model_id: str
    resolution: str | None
    """None: every resolution."""
    sound: bool | None
    """None: with and without."""
    microdollars: int | None
    """None: not offered."""

    def covers(self, variant: Variant) -> bool:
        """Whether it speaks of this variant."""
        return self.resolution in {None, variant.resolution} and self.sound in {
            None,
            variant.sound,
        }


def read_prices(text: str) -> tuple[PriceOverride, ...]:
    """Read the setting. Raises ValueError with a sentence for its owner."""
    entries = [entry.strip() for entry in text.split(",")]
    return tuple(_read(entry) for entry in entries if entry)


def _read(entry: str) -> PriceOverride:
    found = _ENTRY.fullmatch(entry)
    if found is None:
        raise ValueError(f"“{entry}” is not of the form provider/model=0.12 or provider/model=off")
    return PriceOverride(
        found["provider"],
        found["model"],
        found["resolution"],
        None if found["sound"] is None else found["sound"] == "+sound",
        None if found["price"] == "off" else _microdollars(found["price"], entry),
    )


def _microdollars(price: str, entry: str) -> int:
    try:
        dollars = Decimal(price)
    except InvalidOperation:
        dollars = Decimal(-1)
    if not 0 <= dollars <= _HIGHEST_USD:
        raise ValueError(f"the price of “{entry}” is not between 0 and {_HIGHEST_USD}")
    return int(dollars * 1_000_000)


def repriced(
    models: Mapping[tuple[str, str], VideoModel], overrides: Sequence[PriceOverride]
) -> dict[tuple[str, str], VideoModel]:
    """The models with the owner's prices, by provider and id.

    Raises UnknownModel for a price that names none of the models of a provider that is open: a
    misspelt price would leave a wrong one in force.
    """
    offered = dict(models)
    owned: dict[tuple[str, str], set[Variant]] = {}
    for override in overrides:
        key = override.provider, override.model_id
        if key not in models:
            siblings = tuple(id for provider, id in models if provider == override.provider)
            if siblings:
                raise UnknownModel("/".join(key), siblings)
            continue
        if not any(override.covers(variant) for variant in models[key].variants):
            raise UnknownModel(f"{'/'.join(key)} in that form", tuple(_forms(models[key])))
        offered[key] = replace(offered[key], variants=_with_price(offered[key], override))
        owned.setdefault(key, set()).update(filter(override.covers, offered[key].variants))
    for key, variants in owned.items():
        if variants >= set(offered[key].variants):
            offered[key] = replace(offered[key], price_note=PriceNote("PRICES", None))
    return {key: model for key, model in offered.items() if model.variants}


def _with_price(model: VideoModel, override: PriceOverride) -> tuple[Variant, ...]:
    if override.microdollars is None:
        return tuple(variant for variant in model.variants if not override.covers(variant))
    return tuple(
        replace(variant, microdollars=override.microdollars)
        if override.covers(variant)
        else variant
        for variant in model.variants
    )


def _forms(model: VideoModel) -> list[str]:
    return [
        model.id
        + (f"@{variant.resolution}" if variant.resolution else "")
        + ("+sound" if variant.sound else "-sound")
        for variant in model.variants
    ]
