"""Forms that are answered by their ids, by whichever process of the bot gets them.

discord.py hands a form back only to the object that was sent, and none of those survives a
restart. Ours are stopped before they leave, so every form is answered here, restart or not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

import discord
from discord import ui

from bot.discord.answers import guard
from bot.errors import Outdated


class Form(ui.Modal):
    """A form about one thing, named in its id: all else is looked up when it comes back."""

    template: ClassVar[re.Pattern[str]]
    """What its id looks like, with one group: what it is about, a job or a question."""

    def __init__(self, *, title: str, custom_id: str) -> None:
        super().__init__(title=title, custom_id=custom_id, timeout=None)
        self.stop()

    @classmethod
    async def submitted(
        cls, interaction: discord.Interaction[Any], about: str, filled: Mapping[str, str]
    ) -> None:
        """Act on what was filled in, by the ids of the inputs; who may is asked anew."""
        # Every form has its own; one that forgot it fails at its first press in a test.
        raise NotImplementedError(cls.__name__)


async def take_form(interaction: discord.Interaction[Any], forms: Sequence[type[Form]]) -> None:
    """Answer a form that was sent in, with a sentence if none of ours looks like it."""
    data: dict[str, Any] = dict(interaction.data or {})
    for form in forms:
        if match := form.template.fullmatch(data["custom_id"]):
            filled = dict(_filled(data["components"]))
            await guard(interaction, form.submitted(interaction, match[1], filled))
            return
    await guard(interaction, nobody_knows())


async def nobody_knows() -> None:
    """What is done about a form or a button that an earlier version left. Raises Outdated."""
    raise Outdated


def _filled(components: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    for component in components:
        if "value" in component:
            yield component["custom_id"], component["value"]
        # Of a menu or an upload that takes one: the key that was chosen, the file's id.
        if values := component.get("values"):
            yield component["custom_id"], values[0]
        nested = [component["component"]] if "component" in component else []
        yield from _filled(nested + component.get("components", []))
