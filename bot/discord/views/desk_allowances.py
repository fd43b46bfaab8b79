"""The desk's page of allowances: the credits that roles carry."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import discord
from discord import ui

from bot.discord.views.desk_controls import (
    MOST_OPTIONS,
    DeskCard,
    DeskForm,
    Press,
    button,
    choice,
    home_button,
    line,
    menu,
    option,
    rows_of,
)
from bot.discord.views.desk_words import EVERY, PERIODS, allowance_words
from bot.messages import in_credits
from storage.allowances import Allowance
from storage.periods import Period

SHOWN = 25
KEPT, GONE = "kept", "gone"


async def allowances(press: Press, notice: str = "") -> DeskCard:
    """List what roles carry."""
    found = await press.budget.allowances(press.guild_id)
    listed = "\n".join(allowance_words(one) for one in found[:SHOWN])
    more = f"\n-# and {len(found) - SHOWN:,} more" if len(found) > SHOWN else ""
    items: list[ui.Item[Any]] = []
    if found:
        items.append(menu("End an allowance …", "end", _ending(press, found)))
    items += [button("Set an allowance …", "allow"), home_button()]
    return DeskCard(
        "## Allowances\n-# Credits that a role carries.\n-# Given once a period, when needed.",
        (listed or "No role carries any credits yet.") + more,
        rows=rows_of(*items),
        notice=notice,
    )


async def ask(press: Press) -> DeskForm:
    """Ask what a role is to carry."""
    kept = choice("left", [("It expires", GONE), ("It stays with the member", KEPT)], default=GONE)
    form = DeskForm("Set an allowance", "allowance")
    form.ask("Which role", ui.RoleSelect(custom_id="role", required=True))
    form.ask("How often", choice("period", PERIODS, default=Period.MONTH.value))
    form.ask("Credits", line("credits"), "For each member; 0 ends the allowance.")
    form.ask("What is left at the end", kept)
    return form.ask_reason()


async def set_allowance(press: Press) -> DeskCard:
    """Set the allowance a form describes."""
    wanted = Allowance(
        guild_id=press.guild_id,
        role_id=int(press.text("role")),
        period=Period(press.text("period")),
        credits=press.amount("credits") or 0,
        carries_over=press.text("left") == KEPT,
    )
    return await apply(press, wanted)


async def end(press: Press) -> DeskCard:
    """End the allowance that was chosen."""
    role_id, period = press.chosen.split("|")
    wanted = Allowance(
        guild_id=press.guild_id, role_id=int(role_id), period=Period(period), credits=0
    )
    return await apply(press, wanted)


async def apply(press: Press, wanted: Allowance) -> DeskCard:
    """Set an allowance or end it, and list them all. Raises NotAllowed."""
    await require_free_hand(press)
    await press.budget.set_allowance(wanted, moderator_id=press.moderator_id, reason=press.reason)
    if not wanted.credits:
        done = f"✅ <@&{wanted.role_id}> carries nothing {EVERY[wanted.period]} any more."
    else:
        done = f"✅ {allowance_words(wanted)}"
    return await allowances(press, done)


async def require_free_hand(press: Press) -> None:
    """See that nobody gives round their ceiling, by what is given to all. Raises NotAllowed."""
    if (await press.budget.settings(press.guild_id)).giving_ceiling is not None:
        press.require_power()


def _ending(press: Press, found: Sequence[Allowance]) -> list[discord.SelectOption]:
    guild = press.interaction.guild
    options = []
    for one in found[:MOST_OPTIONS]:
        role = guild.get_role(one.role_id) if guild else None
        name = f"@{role.name}" if role else f"Role {one.role_id}"
        words = f"{name}: {in_credits(one.credits)} {EVERY[one.period]}"
        options.append(option(words, f"{one.role_id}|{one.period}"))
    return options
