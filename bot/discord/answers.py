"""First answers: at once, and on failure a private sentence with nothing left behind."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any

import aiohttp
import discord

from bot.logs import get_logger
from bot.messages import sentence

PUBLIC = "deferred in public"

log = get_logger("discord")


async def defer_in_public(interaction: discord.Interaction[Any]) -> int:
    """Say at once that the bot is at work; returns the id of the reply everybody sees."""
    answer = await interaction.response.defer(thinking=True)
    interaction.extras[PUBLIC] = True
    if answer is not None and answer.message_id is not None:
        return answer.message_id
    return (await interaction.original_response()).id


async def defer_in_private(interaction: discord.Interaction[Any]) -> None:
    """Say at once that the bot is at work, to this member only."""
    await interaction.response.defer(thinking=True, ephemeral=True)


async def guard(interaction: discord.Interaction[Any], work: Awaitable[None]) -> None:
    """Do what a button or a modal asks; whatever goes wrong is answered in a sentence."""
    try:
        await work
    except Exception as error:
        await refuse(interaction, error)


async def refuse(interaction: discord.Interaction[Any], error: Exception) -> None:
    """Tell the member what is wrong, privately, and the operator in full where it is our fault."""
    said = sentence(error)
    if said is None:
        log.error("command failed", interaction=interaction.id, exc_info=error)
        said = (
            "Something went wrong on my side, and nothing was charged. "
            f"Try again; if it happens again, give a moderator this number: {interaction.id}."
        )
    else:
        log.info("refused", interaction=interaction.id, error=type(error).__name__)
    try:
        await _say_in_private(interaction, said)
    except (discord.HTTPException, aiohttp.ClientError, OSError) as lost:
        # The interaction's token is gone; there is no other private way to this member.
        log.warning("could not answer", interaction=interaction.id, reason=str(lost))


async def _say_in_private(interaction: discord.Interaction[Any], said: str) -> None:
    if not interaction.response.is_done():
        await interaction.response.send_message(said, ephemeral=True)
    elif interaction.extras.get(PUBLIC):
        # The first followup to a public deferral would be public too, unless that is gone.
        await interaction.delete_original_response()
        await interaction.followup.send(said, ephemeral=True)
    else:
        await interaction.edit_original_response(content=said)
