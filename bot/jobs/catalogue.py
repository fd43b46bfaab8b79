"""Every model that can be used here, kept in memory: found by name, and priced."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.errors import NoModel, UnknownModel
from bot.jobs.prices import PriceOverride, repriced
from providers.base import Provider, Stopping
from providers.model import Need, Variant, VideoModel

COMPARED_SECONDS = 5


@dataclass(frozen=True)
class Choice:
    """One model as a member chooses it."""

    provider: str
    provider_title: str
    model: VideoModel
    credit_microdollars: int
    price_percent: int = 100
    """What a clip costs in a guild, of the provider's price."""

    @property
    def key(self) -> str:
        """The choice's name in commands and rows."""
        return f"{self.provider}/{self.model.id}"

    @property
    def names(self) -> tuple[str, ...]:
        """What the choice is properly called, in lower case."""
        return self.key.casefold(), self.model.id.casefold(), self.model.name.casefold()

    def price(self, seconds: int, variant: Variant | None = None) -> int:
        """The quote of a clip, in credits, rounded up to a whole one."""
        microdollars = (variant or self.model.variants[0]).price_microdollars(seconds)
        return self.credits(microdollars)

    def credits(self, microdollars: int) -> int:
        """Whole credits that a member pays for a price of the provider's."""
        return to_credits(microdollars, self.credit_microdollars, percent=self.price_percent)

    @property
    def compared_seconds(self) -> int:
        """The length it can make that is nearest to what all are compared at."""
        return min(self.model.seconds, key=lambda seconds: abs(seconds - COMPARED_SECONDS))

    def makes_clips(self, *, from_picture: bool) -> bool:
        """Whether it makes clips from a picture, or from words alone."""
        return self.model.picture is not (Need.NEVER if from_picture else Need.REQUIRED)


class Catalogue:
    """The choices of this deployment, in a fixed order."""

    def __init__(
        self,
        providers: Sequence[Provider],
        *,
        credit_microdollars: int,
        prices: Sequence[PriceOverride] = (),
        default_model: str = "",
    ) -> None:
        """Raises UnknownModel for a default or an owner's price that names no model here."""
        self.credit_microdollars = credit_microdollars
        offered = repriced(
            {
                (provider.name, model.id): model
                for provider in providers
                for model in provider.models
            },
            prices,
        )
        self._providers = {provider.name: provider for provider in providers}
        self.choices = tuple(
            Choice(provider, self._providers[provider].title, model, credit_microdollars)
            for (provider, _), model in offered.items()
        )
        self._default = self.find(default_model, from_picture=True) if default_model else None

    def at(self, percent: int) -> Catalogue:
        """The same choices at so much of the providers' prices."""
        repriced = copy.copy(self)
        repriced.choices = tuple(replace(one, price_percent=percent) for one in self.choices)
        if self._default is not None:
            repriced._default = replace(self._default, price_percent=percent)
        return repriced

    def default(self, *, from_picture: bool) -> Choice:
        """What is taken where no model is named: the owner's choice, or else the cheapest.

        Raises NoModel.
        """
        if self._default is not None and self._default.makes_clips(from_picture=from_picture):
            return self._default
        able = [one for one in self.choices if one.makes_clips(from_picture=from_picture)]
        if not able:
            raise NoModel(from_picture=from_picture)
        return min(
            able,
            key=lambda choice: (
                choice.model.variants[0].price_microdollars(choice.compared_seconds)
                / choice.compared_seconds
            ),
        )

    def find(self, name: str | None, *, from_picture: bool) -> Choice:
        """The choice of that key, id, name or alias, or the default.

        Raises UnknownModel or NoModel.
        """
        if name is None:
            return self.default(from_picture=from_picture)
        wanted = name.strip().casefold()
        for choice in self.choices:
            if wanted in choice.names:
                return choice
        known_as = [choice for choice in self.choices if wanted in choice.model.aliases]
        # One alias may stand for models of several providers, not all of which take a picture.
        known_as.sort(key=lambda choice: not choice.makes_clips(from_picture=from_picture))
        if known_as:
            return known_as[0]
        raise UnknownModel(name, tuple(choice.model.name for choice in self.choices))

    def offered(self, provider: str, model_id: str) -> VideoModel:
        """The model of a job. Raises UnknownModel once it is no longer offered."""
        for choice in self.choices:
            if (choice.provider, choice.model.id) == (provider, model_id):
                return choice.model
        raise UnknownModel(f"{provider}/{model_id}", ())

    def stopping(self, provider: str) -> Stopping:
        """What cancelling a job means once the provider has begun."""
        known = self._providers.get(provider)
        return Stopping.FREE if known is None else known.stopping

    def name_of(self, provider: str, model_id: str) -> str:
        """What members call a model: its name, or its id once it is no longer offered."""
        try:
            return self.offered(provider, model_id).name
        except UnknownModel:
            return model_id

    def matching(self, text: str, *, from_picture: bool) -> tuple[Choice, ...]:
        """The choices for such clips whose key, name or alias contains the text."""
        wanted = text.strip().casefold()
        return tuple(
            choice
            for choice in self.choices
            if choice.makes_clips(from_picture=from_picture)
            and any(wanted in name for name in (*choice.names, *choice.model.aliases))
        )


def to_credits(microdollars: int, credit_microdollars: int, *, percent: int = 100) -> int:
    """Whole credits that cover so much of a price."""
    return -(-microdollars * percent // (credit_microdollars * 100))
