"""What every page of the moderators' desk is built of: buttons, menus, forms, and what they send.

All that a control needs is in its id, so any process of the bot can answer it.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import discord
from discord import ui

from bot.budget.desk import MOST_AT_ONCE, BudgetService, Giver
from bot.discord.permissions import giver_of, require_moderator
from bot.discord.views.clip import ACCENT
from bot.discord.views.text import cut
from bot.errors import AmountOutOfRange

LONGEST_OPTION_CHARS = 100
LONGEST_TEXT_CHARS = 3800
"""Of one page; Discord takes 4,000 characters in all."""
LONGEST_REASON_CHARS = 200
MOST_OPTIONS = 25


@dataclass(frozen=True, kw_only=True)
class Press:
    """A button pressed, a menu used, or a form sent in, by somebody who may."""

    interaction: discord.Interaction[Any]
    guild_id: int
    of: str = ""
    """What the control is about."""
    filled: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """What was chosen or written, by the ids of the inputs; a menu's choice is `chosen`."""

    @property
    def budget(self) -> BudgetService:
        """The desk's service."""
        budget: BudgetService = self.interaction.client.budget
        return budget

    @property
    def moderator_id(self) -> int:
        """Who acts."""
        return self.interaction.user.id

    @property
    def giver(self) -> Giver:
        """Who acts, as one who gives credits."""
        return giver_of(self.interaction)

    @property
    def chosen(self) -> str:
        """The one thing chosen in a menu."""
        return self.filled["chosen"][0]

    @property
    def reason(self) -> str | None:
        """Why, if a form asked and was told."""
        return self.text("reason") or None

    def text(self, name: str) -> str:
        """What was written or chosen in an input; empty if nothing was."""
        return "".join(self.filled.get(name, ())[:1]).strip()

    def amount(self, name: str, *, least: int = 0, most: int = MOST_AT_ONCE) -> int | None:
        """A whole number, or None where nothing was written. Raises AmountOutOfRange."""
        written = self.text(name).replace(",", "").replace("_", "")
        if not written:
            return None
        try:
            number = int(written)
        except ValueError as error:
            raise AmountOutOfRange(least, most) from error
        if not least <= number <= most:
            raise AmountOutOfRange(least, most)
        return number

    def require_power(self) -> None:
        """See that who acts may choose who else may. Raises NotAllowed."""
        require_moderator(self.interaction)


class DeskCard(ui.LayoutView):
    """One page of the desk: what just happened, its parts, and what can be done."""

    def __init__(
        self, *parts: str, rows: Iterable[ui.ActionRow[Any]] = (), notice: str = ""
    ) -> None:
        super().__init__(timeout=None)
        container: ui.Container[DeskCard] = ui.Container(accent_colour=ACCENT)
        self.add_item(container)
        room = LONGEST_TEXT_CHARS
        for number, part in enumerate(part for part in (notice, *parts) if part):
            if number:
                container.add_item(ui.Separator())
            shown = cut(part, max(room, 1))
            container.add_item(ui.TextDisplay(shown))
            room -= len(shown)
        for row in rows:
            container.add_item(row)
        # Its controls are found by their ids; the client need not keep this card in memory.
        self.stop()


def control_id(deed: str, of: object = "") -> str:
    """The id of a button."""
    return f"zoetrope:desk:{deed}:{of}"


def menu_id(deed: str, of: object = "") -> str:
    """The id of a menu, another one each time it is shown.

    Discord keeps what was chosen in a menu while its id stays, and then it cannot be chosen again.
    """
    return f"{control_id(deed, of)}:{secrets.token_hex(2)}"


def form_id(deed: str, of: object = "") -> str:
    """The id of a form."""
    return f"zoetrope:deskform:{deed}:{of}"


def button(
    label: str,
    deed: str,
    of: object = "",
    *,
    style: discord.ButtonStyle = discord.ButtonStyle.secondary,
) -> ui.Button[Any]:
    """A button that does a deed."""
    return ui.Button(label=label, style=style, custom_id=control_id(deed, of))


HOME = ("◀ Desk", "home")


def home_button() -> ui.Button[Any]:
    """The way back to the first page."""
    return button(*HOME)


def rows_of(*items: ui.Item[Any], each: int = 3) -> Iterator[ui.ActionRow[Any]]:
    """Rows of buttons, so few each that a phone shows them whole; a menu has a row of its own."""
    pending: list[ui.Item[Any]] = []
    for item in items:
        is_menu = not isinstance(item, ui.Button)
        if pending and (is_menu or len(pending) == each):
            yield ui.ActionRow(*pending)
            pending = []
        if is_menu:
            yield ui.ActionRow(item)
        else:
            pending.append(item)
    if pending:
        yield ui.ActionRow(*pending)


def option(label: str, value: str, description: str = "") -> discord.SelectOption:
    """One line of a menu."""
    return discord.SelectOption(
        label=cut(label, LONGEST_OPTION_CHARS),
        value=value,
        description=cut(description, LONGEST_OPTION_CHARS) or None,
    )


def menu(
    placeholder: str, deed: str, options: Sequence[discord.SelectOption], of: object = ""
) -> ui.Select[Any]:
    """A menu of which one line is chosen."""
    return ui.Select(
        custom_id=menu_id(deed, of),
        placeholder=placeholder,
        options=list(options)[:MOST_OPTIONS],
    )


class DeskForm(ui.Modal):
    """A form of the desk; `bot.discord.views.desk` answers it by its id."""

    def __init__(self, title: str, deed: str, of: object = "") -> None:
        super().__init__(title=cut(title, 45), custom_id=form_id(deed, of), timeout=None)
        self.stop()

    def ask(self, label: str, item: ui.Item[Any], hint: str = "") -> DeskForm:
        """Add an input under its label; at most five."""
        self.add_item(ui.Label(text=label, description=hint or None, component=item))
        return self

    def ask_reason(self) -> DeskForm:
        """Add the question why; it may be left open."""
        reason = line("reason", required=False, most_chars=LONGEST_REASON_CHARS)
        return self.ask("Why", reason, "Kept with the entry; the history shows it.")


def line(
    name: str, *, default: object = "", required: bool = True, most_chars: int = 12
) -> ui.TextInput[Any]:
    """One line to write in."""
    written = "" if default is None else str(default)
    return ui.TextInput(
        custom_id=name, default=written or None, required=required, max_length=most_chars
    )


def choice(
    name: str, options: Iterable[tuple[str, str]], *, default: str | None = None
) -> ui.Select[Any]:
    """One of a few, given as label and value."""
    lines = [
        discord.SelectOption(label=label, value=value, default=value == default)
        for label, value in options
    ]
    return ui.Select(custom_id=name, options=lines, required=True)
