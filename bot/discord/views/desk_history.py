"""The desk's page of acts: what moderators did, and undoing it."""

from __future__ import annotations

from typing import Any

import discord
from discord import ui

from bot.budget.desk import ACTS_ON_A_PAGE
from bot.discord.views.desk_acts import act_words, deed_words, short_words
from bot.discord.views.desk_allowances import require_free_hand
from bot.discord.views.desk_controls import (
    DeskCard,
    Press,
    button,
    home_button,
    menu,
    option,
    rows_of,
)
from bot.discord.views.desk_settings import POWER
from storage.acts import ActKind, Recorded
from storage.undoing import RESTORES


async def history(press: Press, notice: str = "") -> DeskCard:
    """Show a page of acts; of one member's, where the id names one: "2" or "1-123"."""
    page, _, member = press.of.partition("-")
    return await show_history(
        press, page=int(page or 1), member_id=int(member) if member else None, notice=notice
    )


async def show_history(
    press: Press, *, page: int = 1, member_id: int | None = None, notice: str = ""
) -> DeskCard:
    """Show a page of acts, newest first."""
    found = await press.budget.history(press.guild_id, page=page, member_id=member_id)
    pages = max(1, -(-found.of // ACTS_ON_A_PAGE))
    whom = f" · <@{member_id}>" if member_id else ""
    listed = "\n".join(act_words(act) for act in found.acts)
    items: list[ui.Item[Any]] = []
    undoable = [act for act in found.acts if can_be_undone(act)]
    if undoable:
        items.append(menu("Undo …", "undo-ask", [_undoing(act) for act in undoable]))
    suffix = f"-{member_id}" if member_id else ""
    for number, label in ((page - 1, "◀ Newer"), (page + 1, "Older ▶")):
        if 1 <= number <= pages:
            items.append(button(label, "history", f"{number}{suffix}"))
    items.append(home_button())
    return DeskCard(
        f"## History{whom}\n-# Page {page:,} of {pages:,}",
        listed or "Nothing was done yet.",
        rows=rows_of(*items),
        notice=notice,
    )


async def ask(press: Press) -> DeskCard:
    """Ask whether an act is really to be undone."""
    number = int(press.of or press.chosen)
    act = await press.budget.act(press.guild_id, number)
    danger = discord.ButtonStyle.danger
    undo_button = [button("Undo it", "undo", number, style=danger)] if can_be_undone(act) else []
    return DeskCard(
        f"## Undo #{number}?\n-# What it changed is put back as it was.",
        act_words(act),
        rows=rows_of(*undo_button, button("Back", "history", 1)),
    )


async def undo(press: Press) -> DeskCard:
    """Undo an act, and show the history. Raises CannotUndo, NotAllowed."""
    return await undo_act(press, int(press.of))


async def undo_act(press: Press, number: int) -> DeskCard:
    """Undo an act by its number, and show the history. Raises CannotUndo, NotAllowed."""
    undone = await press.budget.act(press.guild_id, number)
    await _check(press, undone)
    await press.budget.undo(
        press.guild_id, number, moderator_id=press.moderator_id, reason=press.reason
    )
    return await show_history(press, notice=f"✅ **Undone:** #{number} {deed_words(undone)}")


def can_be_undone(act: Recorded) -> bool:
    """Whether there is a button for undoing it; whether it works shows when it is pressed."""
    return act.undone_by is None and act.kind in RESTORES


async def _check(press: Press, undone: Recorded) -> None:
    """See that undoing gives nobody more than setting it would. Raises NotAllowed."""
    named = set(undone.subject.split(", ")) if undone.kind is ActKind.SETTING else set()
    if named & POWER:
        press.require_power()
    if undone.kind is ActKind.ALLOWANCE or "starting_credits" in named:
        await require_free_hand(press)


def _undoing(act: Recorded) -> discord.SelectOption:
    return option(f"#{act.number} · {short_words(act)}", str(act.number))
