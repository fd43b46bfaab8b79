"""The moderators' desk: whatever is pressed, chosen or sent in on it is answered here.

Who may is asked before anything else, at every press: a desk left open gives nobody anything.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Any, Self, TypeAlias

import discord
from discord import ui

from bot.discord.answers import DEFERRED, Audience, defer_in_private, guard
from bot.discord.permissions import require_manager
from bot.discord.views import (
    desk_allowances,
    desk_caps,
    desk_giving,
    desk_history,
    desk_home,
    desk_member,
    desk_settings,
)
from bot.discord.views.desk_controls import DeskCard, DeskForm, Press
from bot.discord.views.forms import Form
from bot.errors import Outdated

Page: TypeAlias = Callable[[Press], Awaitable[DeskCard]]
Question: TypeAlias = Callable[[Press], Awaitable[DeskForm]]

PAGES: Mapping[str, Page] = {
    "home": desk_home.home,
    "pause": desk_home.pause,
    "resume": desk_home.resume,
    "do": desk_giving.carry_out,
    "caps": desk_caps.caps,
    "lift": desk_caps.lift,
    "allowances": desk_allowances.allowances,
    "end": desk_allowances.end,
    "settings": desk_settings.settings,
    "history": desk_history.history,
    "undo-ask": desk_history.ask,
    "undo": desk_history.undo,
    "look": desk_member.look,
    "member": desk_member.member,
    "blocked": desk_member.blocked,
    "unblock": desk_member.unblock,
}
"""The buttons and menus that lead to a page."""
QUESTIONS: Mapping[str, Question] = {
    "give": desk_giving.ask_to_give,
    "take": desk_giving.ask_to_take,
    "cap-for": desk_caps.ask,
    "allow": desk_allowances.ask,
    "setting": desk_settings.ask,
    "block": desk_member.ask_to_block,
}
"""The buttons and menus that open a form."""
ANSWERS: Mapping[str, Page] = {
    "give": desk_giving.give,
    "take": desk_giving.take,
    "cap": desk_caps.set_cap,
    "allowance": desk_allowances.set_allowance,
    "set": desk_settings.set_one,
    "block": desk_member.block,
}
"""The forms, and the page that is shown once they are sent in."""


class DeskControl(
    ui.DynamicItem[Any],
    template=r"zoetrope:desk:(?P<deed>[a-z-]{1,20}):(?P<of>[^:]{0,40})(?::[0-9a-f]{4})?",
):
    """A button or a menu of the desk."""

    def __init__(self, item: ui.Item[Any], deed: str, of: str) -> None:
        super().__init__(item)
        self.deed = deed
        self.of = of

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str]
    ) -> Self:
        """Rebuild what was pressed."""
        return cls(item, match["deed"], match["of"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Turn to the page, or open the form."""
        data: dict[str, Any] = dict(interaction.data or {})
        filled = {"chosen": data.get("values", [])}
        if question := QUESTIONS.get(self.deed):
            await guard(interaction, _open(interaction, question, self.of, filled))
        else:
            page = PAGES.get(self.deed, _nothing)
            await guard(interaction, _turn(interaction, page, self.of, filled))


class DeskAnswer(Form):
    """Takes the forms of the desk; those that are sent out are `desk_controls.DeskForm`s."""

    template = re.compile(r"zoetrope:deskform:(?P<job>[a-z-]{1,20}:[^:]{0,40})")

    @classmethod
    async def submitted(
        cls, interaction: discord.Interaction[Any], job_id: str, filled: Mapping[str, str]
    ) -> None:
        """Do what was filled in; `job_id` is here what the form is for."""
        deed, _, of = job_id.partition(":")
        data: dict[str, Any] = dict(interaction.data or {})
        everything = dict(_filled(data["components"]))
        await _turn(interaction, ANSWERS.get(deed, _nothing), of, everything)


async def open_desk(
    interaction: discord.Interaction[Any], page: Page, **filled: str | int | None
) -> None:
    """Answer a command with a page of the desk, to this member only. Raises NotAllowed."""
    await defer_in_private(interaction)
    given = {name: [str(value)] for name, value in filled.items() if value is not None}
    press = Press(
        interaction=interaction, guild_id=await require_manager(interaction), filled=given
    )
    await interaction.edit_original_response(view=await page(press))


async def _turn(
    interaction: discord.Interaction[Any],
    page: Page,
    of: str,
    filled: Mapping[str, Sequence[str]],
) -> None:
    interaction.extras[DEFERRED] = Audience.MEMBER
    await interaction.response.defer()
    guild_id = await require_manager(interaction)
    press = Press(interaction=interaction, guild_id=guild_id, of=of, filled=filled)
    await interaction.edit_original_response(view=await page(press))


async def _open(
    interaction: discord.Interaction[Any],
    question: Question,
    of: str,
    filled: Mapping[str, Sequence[str]],
) -> None:
    # A form must be the first answer, so the looks it needs come before it.
    guild_id = await require_manager(interaction)
    press = Press(interaction=interaction, guild_id=guild_id, of=of, filled=filled)
    await interaction.response.send_modal(await question(press))


async def _nothing(press: Press) -> DeskCard:
    raise Outdated


def _filled(components: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, Sequence[str]]]:
    for component in components:
        if "values" in component:
            yield component["custom_id"], component["values"]
        elif "value" in component:
            yield component["custom_id"], [component["value"] or ""]
        nested = [component["component"]] if "component" in component else []
        yield from _filled([*nested, *component.get("components", [])])
