"""Every model that can be used here, kept in memory: found by name, and priced."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.errors import UnknownModel, UnsupportedSeconds, UnsupportedShape
from providers.base import Provider, Shape, VideoModel


@dataclass(frozen=True)
class Choice:
    """One model as a member chooses it."""

    provider: str
    model: VideoModel
    credit_microdollars: int

    @property
    def key(self) -> str:
        """The choice's name in commands and rows."""
        return f"{self.provider}/{self.model.id}"

    @property
    def names(self) -> tuple[str, ...]:
        """What the choice is found by, in lower case."""
        return self.key.casefold(), self.model.id.casefold(), self.model.name.casefold()

    def price(self, seconds: int) -> int:
        """The quote of a clip, in credits, rounded up to a whole one."""
        return to_credits(self.model.price_microdollars * seconds, self.credit_microdollars)

    def seconds_or_default(self, asked: int | None) -> int:
        """A length the model can make. Raises UnsupportedSeconds."""
        if asked is None:
            return self.model.default_seconds
        if asked not in self.model.seconds:
            raise UnsupportedSeconds(asked, self.model.name, self.model.seconds)
        return asked

    def shape_or_nearest(self, asked: str | None, *, ratio: float) -> Shape:
        """A shape the model can make, as near the picture's ratio as can be by default.

        Raises UnsupportedShape.
        """
        if asked is None:
            # Ratios compare as factors: 2:1 is as far from 1:1 as 1:2 is.
            return min(self.model.shapes, key=lambda s: max(s.ratio / ratio, ratio / s.ratio))
        for shape in self.model.shapes:
            if shape == asked:
                return shape
        raise UnsupportedShape(asked, self.model.name, tuple(self.model.shapes))


class Catalogue:
    """The choices of this deployment, in a fixed order; the first is the default."""

    def __init__(self, providers: Iterable[Provider], *, credit_microdollars: int) -> None:
        self.credit_microdollars = credit_microdollars
        self.choices = tuple(
            Choice(provider.name, model, credit_microdollars)
            for provider in providers
            for model in provider.models
        )

    def find(self, name: str | None) -> Choice:
        """The choice of that key, id or name, or the default. Raises UnknownModel."""
        if name is None and self.choices:
            return self.choices[0]
        wanted = (name or "").strip().casefold()
        for choice in self.choices:
            if wanted in choice.names:
                return choice
        raise UnknownModel(name or "", tuple(choice.model.name for choice in self.choices))

    def name_of(self, provider: str, model_id: str) -> str:
        """What members call a model: its name, or its id once it is no longer offered."""
        for choice in self.choices:
            if (choice.provider, choice.model.id) == (provider, model_id):
                return choice.model.name
        return model_id

    def matching(self, text: str) -> tuple[Choice, ...]:
        """The choices whose key or name contains the text."""
        wanted = text.strip().casefold()
        return tuple(
            choice for choice in self.choices if any(wanted in name for name in choice.names)
        )


def to_credits(microdollars: int, credit_microdollars: int) -> int:
    """Whole credits that cover a price."""
    return -(-microdollars // credit_microdollars)
