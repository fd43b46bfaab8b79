"""/create: a prompt alone becomes a clip."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord.answers import defer_in_public
from bot.discord.attachments import sound_upload
from bot.discord.completion import Completion
from bot.discord.ordering import OPTIONS, order_of, show_placed
from bot.jobs.order import Uploads

if TYPE_CHECKING:
    from bot.discord.client import ZoetropeClient

OFFERED = Completion(from_picture=False)


class Create(commands.Cog):
    """Clips from words alone."""

    @app_commands.command()
    @app_commands.describe(**OPTIONS | {"prompt": "What should be seen, and how it moves"})
    @app_commands.autocomplete(
        model=OFFERED.model, shape=OFFERED.shape, resolution=OFFERED.resolution
    )
    @app_commands.autocomplete(seconds=OFFERED.seconds)
    async def create(
        self,
        interaction: discord.Interaction[ZoetropeClient],
        prompt: str,
        model: str | None = None,
        seconds: int | None = None,
        shape: str | None = None,
        resolution: str | None = None,
        sound: bool | None = None,
        audio: discord.Attachment | None = None,
        negative_prompt: str | None = None,
        seed: int | None = None,
    ) -> None:
        """Make a clip from words alone: it is posted in a thread"""
        reply_id = await defer_in_public(interaction)
        order = order_of(
            interaction,
            reply_id,
            prompt=prompt,
            model=model,
            seconds=seconds,
            shape=shape,
            seed=seed,
            resolution=resolution,
            sound=sound,
            negative_prompt=negative_prompt,
        )
        placed = await interaction.client.service.place(order, Uploads(audio=sound_upload(audio)))
        await show_placed(interaction, placed)
