"""The button under a clip that leads to the file as the model made it."""

from __future__ import annotations

from typing import Any

import discord
from discord import ui


def original_button(job_id: str) -> ui.Button[Any]:
    """Known again by its id: `bot.discord.views.original` answers it."""
    return ui.Button(
        label="Original file",
        style=discord.ButtonStyle.secondary,
        custom_id=f"zoetrope:original:{job_id}",
    )
