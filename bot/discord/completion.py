"""What the ordering commands offer while a member types: only what can be made, with its price.

Whatever stands in the command so far may be unfinished or unknown; then nothing is offered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

import discord
from discord import app_commands

from bot.discord.views.model_facts import shape_words
from bot.discord.views.prices import length_line, price_line, resolution_line
from bot.errors import OrderError
from bot.jobs.catalogue import Catalogue, Choice
from bot.jobs.options import Checked, check, shape_for, variant_for
from bot.jobs.order import Given, Order
from providers.model import Need, Shape, Variant, VideoModel

if TYPE_CHECKING:
    from bot.discord.client import ZoetropeClient

MOST_CHOICES = 25
LONGEST_VALUE_CHARS = 100

T = TypeVar("T")


@dataclass(frozen=True)
class Completion:
    """The lists of one command."""

    from_picture: bool
    """Whether its clips are made from a picture, or from words alone."""

    async def model(
        self, interaction: discord.Interaction[ZoetropeClient], current: str
    ) -> list[app_commands.Choice[str]]:
        """The models that make all that is typed so far, with what such a clip costs."""
        catalogue = await _offers(interaction)
        order, given = self._so_far(interaction)
        every = catalogue.matching("", from_picture=self.from_picture)
        # What no model makes is a slip in another option, and the refusal will name it.
        able = _able(catalogue, every, order, given) or [_by_default(one) for one in every]
        matching = catalogue.matching(current, from_picture=self.from_picture)
        return _listed([one for one in able if one.choice in matching])

    async def seconds(
        self, interaction: discord.Interaction[ZoetropeClient], current: int | str
    ) -> list[app_commands.Choice[int]]:
        """The lengths of the model, with what each costs."""
        order, given = self._so_far(interaction)
        choice = self._choice(await _offers(interaction), order)
        if choice is None:
            return []
        variant = _variant(choice.model, order, given)
        if variant is None:
            return []
        typed = str(current).strip()
        lengths = [length for length in choice.model.seconds if str(length).startswith(typed)]
        return [
            app_commands.Choice(name=length_line(choice, length, variant), value=length)
            for length in _spread(lengths)
        ]

    async def shape(
        self, interaction: discord.Interaction[ZoetropeClient], current: str
    ) -> list[app_commands.Choice[str]]:
        """The shapes of the model; none where the clip follows the picture."""
        order, _ = self._so_far(interaction)
        choice = self._choice(await _offers(interaction), order)
        if choice is None:
            return []
        return [
            app_commands.Choice(name=shape_words(shape), value=shape.value)
            for shape in self._shapes(choice.model, current)
        ]

    async def resolution(
        self, interaction: discord.Interaction[ZoetropeClient], current: str
    ) -> list[app_commands.Choice[str]]:
        """The resolutions of the model, with what a second costs."""
        order, given = self._so_far(interaction)
        choice = self._choice(await _offers(interaction), order)
        if choice is None:
            return []
        resolutions = dict.fromkeys(one.resolution for one in choice.model.variants)
        wanted = current.strip().casefold()
        return [
            app_commands.Choice(name=resolution_line(choice, variant), value=variant.resolution)
            for resolution in resolutions
            if resolution and wanted in resolution.casefold()
            for variant in [_variant(choice.model, replace(order, resolution=resolution), given)]
            if variant is not None
        ][:MOST_CHOICES]

    def _so_far(self, interaction: discord.Interaction[ZoetropeClient]) -> tuple[Order, Given]:
        typed = interaction.namespace
        order = Order(
            interaction_id=interaction.id,
            guild_id=interaction.guild_id or 0,
            channel_id=interaction.channel_id or 0,
            member_id=interaction.user.id,
            reply_id=None,
            thread_id=None,
            prompt=_text(typed.prompt) or "…",
            model=_text(typed.model),
            seconds=_whole(typed.seconds),
            shape=_text(typed.shape),
            seed=_whole(typed.seed),
            resolution=_text(typed.resolution),
            sound=typed.sound if isinstance(typed.sound, bool) else None,
            negative_prompt=_text(typed.negative_prompt),
        )
        given = Given(
            picture=self.from_picture,
            last_frame=typed.last_frame is not None,
            audio=typed.audio is not None,
        )
        return order, given

    def _choice(self, catalogue: Catalogue, order: Order) -> Choice | None:
        """The model that would run, if it makes such clips."""
        try:
            choice = catalogue.find(order.model, from_picture=self.from_picture)
        except OrderError:
            return None
        return choice if choice.makes_clips(from_picture=self.from_picture) else None

    def _shapes(self, model: VideoModel, current: str) -> Iterator[Shape]:
        """Those whose words hold what is typed, and the one it stands for, such as 1280x720."""
        try:
            meant = shape_for(model, current.strip(), ratio=1.0 if self.from_picture else None)
        except OrderError:
            meant = None
        for shape in model.shapes if self.from_picture else model.text_shapes:
            if current.strip().casefold() in shape_words(shape) or shape is meant:
                yield shape


async def any_model(
    interaction: discord.Interaction[ZoetropeClient], current: str
) -> list[app_commands.Choice[str]]:
    """Every model of that name, with what it costs."""
    catalogue = await _offers(interaction)
    matching = {
        choice
        for from_picture in (True, False)
        for choice in catalogue.matching(current, from_picture=from_picture)
    }
    return _listed([_by_default(choice) for choice in catalogue.choices if choice in matching])


async def _offers(interaction: discord.Interaction[ZoetropeClient]) -> Catalogue:
    return await interaction.client.service.offers(interaction.guild_id or 0)


def _able(
    catalogue: Catalogue, choices: Iterable[Choice], order: Order, given: Given
) -> list[Checked]:
    able = []
    for choice in choices:
        # A sound that the model needs may still come.
        has_audio = given.audio or choice.model.audio is Need.REQUIRED
        wanted = replace(order, model=choice.key)
        with suppress(OrderError):
            able.append(check(catalogue, wanted, replace(given, audio=has_audio)))
    return able


def _by_default(choice: Choice) -> Checked:
    return Checked(choice, choice.model.variants[0], choice.model.default_seconds)


def _listed(offers: Iterable[Checked]) -> list[app_commands.Choice[str]]:
    """The first of each provider, then the second of each: there is not room for all."""
    turns: Counter[str] = Counter()
    numbered = []
    for one in offers:
        if len(one.choice.key) <= LONGEST_VALUE_CHARS:
            numbered.append((turns[one.choice.provider], one))
            turns[one.choice.provider] += 1
    numbered.sort(key=lambda turn: turn[0])
    return [
        app_commands.Choice(
            name=price_line(one.choice, one.seconds, one.variant), value=one.choice.key
        )
        for _, one in numbered[:MOST_CHOICES]
    ]


def _variant(model: VideoModel, order: Order, given: Given) -> Variant | None:
    try:
        return variant_for(
            model, resolution=order.resolution, sound=order.sound, last_frame=given.last_frame
        )
    except OrderError:
        return None


def _spread(values: Sequence[T]) -> list[T]:
    """As many as Discord shows, the first and the last among them."""
    if len(values) <= MOST_CHOICES:
        return list(values)
    step = (len(values) - 1) / (MOST_CHOICES - 1)
    return [values[round(place * step)] for place in range(MOST_CHOICES)]


def _text(typed: object) -> str | None:
    return typed if isinstance(typed, str) and typed.strip() else None


def _whole(typed: object) -> int | None:
    try:
        return int(str(typed))
    except ValueError:
        return None
