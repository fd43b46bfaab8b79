"""What a model costs, in few words."""

from __future__ import annotations

from collections.abc import Sequence

from bot.discord.views.text import cut
from bot.jobs.catalogue import Choice
from bot.messages import in_credits
from providers.model import PriceNote, Variant

LONGEST_LINE_CHARS = 100
"""What Discord takes as the name of a choice."""


def quality(variant: Variant) -> str:
    """A variant as one says it, "1080p with sound"; empty where there is nothing to say."""
    words = [variant.resolution, "with sound" if variant.sound else ""]
    return " ".join(word for word in words if word)


def rate(choice: Choice, variant: Variant) -> str:
    """The price of a variant, "17 credits/s"; "about" where nobody has published it."""
    amount, unit = rates(choice, [variant])
    return f"{about(choice)}{amount}{' a clip' if unit == 'a clip' else '/s'}"


def rates(choice: Choice, variants: Sequence[Variant]) -> tuple[str, str]:
    """The prices of variants from the cheapest to the dearest, and of what: a second or a clip."""
    prices = [variant.microdollars for variant in variants]
    is_per_clip = variants[0].is_per_clip
    unit = "a clip" if is_per_clip else "a second"
    shown = [_amount(choice, end, is_per_clip=is_per_clip) for end in (min(prices), max(prices))]
    word = "credit" if shown == ["1", "1"] else "credits"
    return f"{'–'.join(dict.fromkeys(shown))} {word}", unit


def about(choice: Choice) -> str:
    """A warning before a price nobody has published."""
    return "about " if choice.model.price_note.is_assumed else ""


def _amount(choice: Choice, microdollars: int, *, is_per_clip: bool) -> str:
    """Credits, rounded up: whole ones a clip, hundredths a second."""
    if is_per_clip:
        return f"{choice.credits(microdollars):,}"
    hundredths = choice.credits(microdollars * 100)
    return f"{hundredths / 100:,.2f}".rstrip("0").rstrip(".")


def price_line(choice: Choice, seconds: int, variant: Variant) -> str:
    """A model with what it costs and what such a clip costs, in one line for a list."""
    price = f" · {rate(choice, variant)} · {length_line(choice, seconds, variant, ' = ')}"
    return cut(choice.model.name, LONGEST_LINE_CHARS - len(price)) + price


def length_line(choice: Choice, seconds: int, variant: Variant, between: str = " · ") -> str:
    """A length with what such a clip costs."""
    return f"{seconds} s{between}{in_credits(choice.price(seconds, variant))}"


def resolution_line(choice: Choice, variant: Variant) -> str:
    """A resolution with what it costs."""
    return f"{cut(quality(variant), 60)} · {rate(choice, variant)}"


def price_source(note: PriceNote) -> str:
    """Where a price comes from, and of when it is."""
    if note.as_of is None:
        return "Price set by the owner."
    month = f"{note.as_of:%Y-%m}"
    if note.is_assumed:
        return f"About: nobody has published it ({note.source}, {month})."
    return f"Price of {month}, from {note.source}."
