"""What goes with a refusal so that it need not be the end: a button, where one helps."""

from __future__ import annotations

from typing import Any

import discord
from discord import ui

from bot.discord.permissions import is_moderator
from storage.errors import NotEnoughCredits


def ask_id(missing: int) -> str:
    """The id of the button that asks for credits, with how many are missing."""
    return f"zoetrope:askfor:{missing}"


def remedy(interaction: discord.Interaction[Any], error: Exception) -> ui.View:
    """The button under a refusal; `MISSING` where none helps, as discord.py calls nothing.

    Only credits can be asked for: no grant lifts a cap. Moderators can give without being asked.
    """
    nothing: ui.View = discord.utils.MISSING
    if not isinstance(error, NotEnoughCredits) or is_moderator(interaction):
        return nothing
    view = ui.View(timeout=None)
    view.add_item(
        ui.Button(
            label="Ask for credits",
            style=discord.ButtonStyle.primary,
            custom_id=ask_id(error.missing),
        )
    )
    # The button is found by its id; the client need not keep the view in memory.
    view.stop()
    return view
