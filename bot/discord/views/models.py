"""The price list: pages of models by provider, and a card of one model, reached from each other.

All that a button or a menu needs is in its id, so they work after any restart.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Self

import discord
from discord import ui

from bot.discord.answers import guard
from bot.discord.views.clip import ACCENT
from bot.discord.views.model_facts import whole
from bot.discord.views.pages import listed, page_of, pages
from bot.discord.views.prices import rate
from bot.discord.views.text import cut
from bot.jobs.catalogue import Catalogue, Choice

if TYPE_CHECKING:
    from bot.discord.client import ZoetropeClient

MOST_OPTIONS = 25
LONGEST_OPTION_CHARS = 100


class ModelsCard(ui.LayoutView):
    """One page of the price list, with the ways to the others and to each model."""

    def __init__(self, catalogue: Catalogue, number: int = 1) -> None:
        """A page that is no more is replaced by the nearest there is."""
        super().__init__(timeout=None)
        sheets = pages(catalogue.choices)
        number = max(1, min(number, len(sheets)))
        container: ui.Container[ModelsCard] = ui.Container(accent_colour=ACCENT)
        self.add_item(container)
        for text in _texts(sheets[number - 1] if sheets else (), number, len(sheets)):
            container.add_item(ui.TextDisplay(text))
        for row in _rows(catalogue.choices, sheets, number):
            container.add_item(row)
        self.stop()


def _texts(page: Sequence[Choice], number: int, of: int) -> Iterator[str]:
    yield "## Models you can use here" + (f"\n-# Page {number} of {of}" if of > 1 else "")
    before = ""
    for choice in page:
        yield listed(choice, under_title=choice.provider != before)
        before = choice.provider
    yield (
        "-# Choose one with the `model` option of `/animate` or `/create`. "
        "You pay for clips, never for failures."
        if page
        else "There is no model here yet."
    )


def _rows(
    choices: Sequence[Choice], sheets: Sequence[Sequence[Choice]], number: int
) -> Iterator[ui.ActionRow[ModelsCard]]:
    if not sheets:
        return
    for menu in (_models_menu(sheets[number - 1]), _providers_menu(choices)):
        if menu is not None:
            row: ui.ActionRow[ModelsCard] = ui.ActionRow()
            yield row.add_item(menu)
    turns: ui.ActionRow[ModelsCard] = ui.ActionRow()
    if number > 1:
        turns.add_item(PageButton(number - 1, label=f"◀ Page {number - 1}"))
    if number < len(sheets):
        turns.add_item(PageButton(number + 1, label=f"Page {number + 1} ▶"))
    if turns.children:
        yield turns


class ModelCard(ui.LayoutView):
    """All of one model, and the way back to its page."""

    def __init__(self, catalogue: Catalogue, choice: Choice) -> None:
        super().__init__(timeout=None)
        sheets = enumerate(pages(catalogue.choices), start=1)
        number = next(number for number, page in sheets if choice in page)
        self.add_item(
            ui.Container(
                ui.TextDisplay(whole(choice)),
                ui.ActionRow(PageButton(number, label="All models")),
                accent_colour=ACCENT,
            )
        )
        self.stop()


class PageButton(
    ui.DynamicItem[ui.Button[ui.LayoutView]],
    template=r"zoetrope:models:page:(?P<number>\d{1,4})",
):
    """Turns to a page."""

    def __init__(self, number: int, *, label: str) -> None:
        self.number = number
        super().__init__(
            ui.Button(
                label=label,
                style=discord.ButtonStyle.secondary,
                custom_id=f"zoetrope:models:page:{number}",
            )
        )

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str]
    ) -> Self:
        """Rebuild the button that was pressed."""
        return cls(int(match["number"]), label="…")

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Show the page."""
        await guard(interaction, _turn(interaction, self.number))


class Menu(enum.StrEnum):
    """What a menu of the price list chooses."""

    MODEL = "model"
    PROVIDER = "provider"


class ModelsMenu(
    ui.DynamicItem[ui.Select[ui.LayoutView]],
    template=r"zoetrope:models:(?P<menu>model|provider)",
):
    """Leads to a model's card, or to where a provider's models begin."""

    def __init__(self, menu: Menu, select: ui.Select[ui.LayoutView]) -> None:
        super().__init__(select)
        self.menu = menu

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str]
    ) -> Self:
        """Rebuild the menu that was used."""
        assert isinstance(item, ui.Select)
        return cls(Menu(match["menu"]), item)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Show what was chosen."""
        [chosen] = self.item.values
        if self.menu is Menu.MODEL:
            await guard(interaction, _open(interaction, chosen))
        else:
            choices = interaction.client.service.catalogue.choices
            await guard(interaction, _turn(interaction, page_of(chosen, choices)))


def _models_menu(page: Sequence[Choice]) -> ModelsMenu | None:
    options = [
        discord.SelectOption(
            label=cut(choice.model.name, LONGEST_OPTION_CHARS),
            description=rate(choice, choice.model.variants[0]),
            value=choice.key,
        )
        for choice in page
        if len(choice.key) <= LONGEST_OPTION_CHARS
    ]
    return _menu(Menu.MODEL, "See all of one model …", options)


def _providers_menu(choices: Sequence[Choice]) -> ModelsMenu | None:
    titles = {choice.provider: choice.provider_title for choice in choices}
    if len(titles) == 1:
        return None
    options = [
        discord.SelectOption(label=title, value=provider)
        for provider, title in list(titles.items())[:MOST_OPTIONS]
    ]
    return _menu(Menu.PROVIDER, "Go to the models of …", options)


def _menu(menu: Menu, placeholder: str, options: list[discord.SelectOption]) -> ModelsMenu | None:
    if not options:
        return None
    custom_id = f"zoetrope:models:{menu}"
    return ModelsMenu(
        menu, ui.Select(custom_id=custom_id, placeholder=placeholder, options=options)
    )


async def _turn(interaction: discord.Interaction[ZoetropeClient], number: int) -> None:
    catalogue = await interaction.client.service.offers(interaction.guild_id or 0)
    card = ModelsCard(catalogue, number)
    await interaction.response.edit_message(view=card)


async def _open(interaction: discord.Interaction[ZoetropeClient], name: str) -> None:
    catalogue = await interaction.client.service.offers(interaction.guild_id or 0)
    card = ModelCard(catalogue, catalogue.find(name, from_picture=True))
    await interaction.response.edit_message(view=card)
