"""First answers: at once, and on failure a private sentence with nothing left behind."""

from __future__ import annotations

import asyncio
import enum
from collections.abc import Coroutine
from typing import Any

import aiohttp
import discord
from discord import ui

from bot.discord.remedies import remedy
from bot.errors import Restarting
from bot.logs import get_logger
from bot.messages import sentence
from storage.errors import NotRead, NotWritten

DEFERRED = "deferred"
ALREADY_ACKNOWLEDGED = 40060
REMEMBERED = 10_000
"""So many interactions are known again if Discord sends them twice; it replays a thousand."""

log = get_logger("discord")


class Audience(enum.Enum):
    """Who sees the answer to an interaction."""

    EVERYBODY = "everybody"
    MEMBER = "the member alone"


class CameTwice(Exception):
    """An interaction that has its answer, or will; whoever answers it again spoils that."""


class Reception:
    """Lets interactions in until it closes, and knows which are still being answered."""

    def __init__(self) -> None:
        self._answering: set[asyncio.Task[Any]] = set()
        self._known: dict[int, None] = {}
        self._is_closed = False

    def admit(self, interaction_id: int) -> None:
        """Count the task that answers an interaction. Raises CameTwice, Restarting once closed."""
        if interaction_id in self._known:
            raise CameTwice
        self._known[interaction_id] = None
        if len(self._known) > REMEMBERED:
            del self._known[next(iter(self._known))]
        task = asyncio.current_task()
        if task is not None:
            self._answering.add(task)
            task.add_done_callback(self._answering.discard)
        if self._is_closed:
            raise Restarting

    def close(self) -> None:
        """Let nobody in any more."""
        self._is_closed = True

    async def emptied(self) -> None:
        """Wait until everybody who was let in has their answer.

        Those who were turned away meanwhile get theirs too; whoever comes later keeps nobody up.
        """
        for _ in range(2):
            if under_way := set(self._answering):
                await asyncio.wait(under_way)


async def defer_in_public(interaction: discord.Interaction[Any]) -> int:
    """Say at once that the bot is at work; returns the id of the reply everybody sees."""
    answer = await _defer(interaction, Audience.EVERYBODY)
    if answer is not None and answer.message_id is not None:
        return answer.message_id
    return (await interaction.original_response()).id


async def defer_in_private(interaction: discord.Interaction[Any]) -> None:
    """Say at once that the bot is at work, to this member only."""
    await _defer(interaction, Audience.MEMBER)


async def _defer(
    interaction: discord.Interaction[Any], audience: Audience
) -> discord.InteractionCallbackResponse[Any] | None:
    """Defer, and once more where the connection broke: whether it arrived, Discord knows."""
    interaction.extras[DEFERRED] = audience
    ephemeral = audience is Audience.MEMBER
    try:
        try:
            return await interaction.response.defer(thinking=True, ephemeral=ephemeral)
        except (aiohttp.ClientError, OSError):
            return await interaction.response.defer(thinking=True, ephemeral=ephemeral)
    except discord.HTTPException as error:
        # No interaction is let in twice, so what arrived was ours: discord.py repeats after a 5xx.
        if error.code != ALREADY_ACKNOWLEDGED:
            raise
        return None


async def guard(interaction: discord.Interaction[Any], work: Coroutine[Any, Any, None]) -> None:
    """Do what a button or a modal asks; whatever goes wrong is answered in a sentence."""
    try:
        interaction.client.reception.admit(interaction.id)
        await work
    except CameTwice:
        log.info("came twice", interaction=interaction.id)
    except Exception as error:
        await refuse(interaction, error)
    finally:
        work.close()


async def refuse(interaction: discord.Interaction[Any], error: Exception) -> None:
    """Tell the member what is wrong, privately, and the operator in full where it is our fault."""
    said = sentence(error)
    if said is None:
        log.error("command failed", interaction=interaction.id, exc_info=error)
        said = (
            "Something went wrong on my side, and nothing was charged. "
            f"Try again; if it happens again, give a moderator this number: {interaction.id}."
        )
    elif isinstance(error, NotWritten | NotRead):
        log.error(
            "the disk takes nothing" if isinstance(error, NotWritten) else "the disk gives nothing",
            interaction=interaction.id,
            reason=str(error),
        )
    else:
        log.info("refused", interaction=interaction.id, error=type(error).__name__)
    try:
        await _say_in_private(interaction, said, remedy(interaction, error))
    except (discord.HTTPException, aiohttp.ClientError, OSError) as lost:
        # The interaction's token is gone; there is no other private way to this member.
        log.warning("could not answer", interaction=interaction.id, reason=str(lost))


async def _say_in_private(interaction: discord.Interaction[Any], said: str, view: ui.View) -> None:
    match interaction.extras.get(DEFERRED):
        case Audience.EVERYBODY:
            # The first followup to a public deferral would be public too, unless that is gone.
            await interaction.delete_original_response()
            await interaction.followup.send(said, view=view, ephemeral=True)
        case Audience.MEMBER:
            await _edit_or_follow_up(interaction, said, view)
        case _:
            await interaction.response.send_message(said, view=view, ephemeral=True)


async def _edit_or_follow_up(
    interaction: discord.Interaction[Any], said: str, view: ui.View
) -> None:
    try:
        await interaction.edit_original_response(content=said, view=view)
    except discord.HTTPException:
        # The answer may be a card already, which takes no plain text.
        await interaction.followup.send(said, view=view, ephemeral=True)
