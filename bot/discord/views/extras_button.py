"""The button under a clip that leads to what else can be made of it."""

from __future__ import annotations

from typing import Any

import discord
from discord import ui


def more_button(job_id: str) -> ui.Button[Any]:
    """Known again by its id: `bot.discord.views.extras` answers it."""
    return ui.Button(
        label="More …",
        style=discord.ButtonStyle.secondary,
        custom_id=f"zoetrope:more:{job_id}",
    )
