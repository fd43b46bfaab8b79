"""/animate: a picture and a prompt become a clip."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

import aiohttp
import discord
from discord import app_commands
from discord.ext import commands

from bot.discord.answers import defer_in_public
from bot.discord.ordering import order_of, show_placed
from bot.discord.views.text import price_line
from bot.errors import PictureUnavailable
from bot.jobs.order import Uploads
from bot.media.errors import PictureTooHeavy
from bot.media.pictures import MAX_PICTURE_BYTES

if TYPE_CHECKING:
    from bot.discord.client import ZoetropeClient

DOWNLOAD_TIMEOUT_SECONDS = 60
CHOICES_SHOWN = 25


class Animate(commands.Cog):
    """The main command."""

    @app_commands.command()
    @app_commands.describe(
        image="The picture to bring to life (PNG, JPEG, WebP, AVIF, HEIC or GIF, up to 25 MiB)",
        prompt="What should move, and how",
        model="Which model makes the clip; its price is shown",
        seconds="How long the clip is",
        shape="Wide, tall or square; by default as near your picture as can be",
        seed="The same picture, prompt and seed make the same clip",
    )
    async def animate(
        self,
        interaction: discord.Interaction[ZoetropeClient],
        image: discord.Attachment,
        prompt: str,
        model: str | None = None,
        seconds: int | None = None,
        shape: str | None = None,
        seed: int | None = None,
    ) -> None:
        """Bring a picture to life: the clip is posted in a thread"""
        reply_id = await defer_in_public(interaction)
        order = order_of(
            interaction,
            reply_id,
            prompt=prompt,
            model=model,
            seconds=seconds,
            shape=shape,
            seed=seed,
        )
        files = Uploads(picture=partial(_download, image))
        placed = await interaction.client.service.place(order, files)
        await show_placed(interaction, placed)

    @animate.autocomplete("model")
    async def _complete_model(
        self, interaction: discord.Interaction[ZoetropeClient], current: str
    ) -> list[app_commands.Choice[str]]:
        choices = interaction.client.service.catalogue.matching(current, from_picture=True)
        return [
            app_commands.Choice(name=price_line(choice)[:100], value=choice.key)
            for choice in choices[:CHOICES_SHOWN]
        ]


async def _download(image: discord.Attachment) -> bytes:
    if image.size > MAX_PICTURE_BYTES:
        raise PictureTooHeavy(image.size, MAX_PICTURE_BYTES)
    try:
        async with asyncio.timeout(DOWNLOAD_TIMEOUT_SECONDS):
            return await image.read()
    except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
        raise PictureUnavailable from error
