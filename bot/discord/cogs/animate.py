"""/animate: a picture and a prompt become a clip."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord.answers import defer_in_public
from bot.discord.attachments import picture_upload, sound_upload
from bot.discord.completion import Completion
from bot.discord.ordering import OPTIONS, order_of, show_placed
from bot.jobs.order import Uploads

if TYPE_CHECKING:
    from bot.discord.client import ZoetropeClient

OFFERED = Completion(from_picture=True)


class Animate(commands.Cog):
    """The main command."""

    @app_commands.command()
    @app_commands.describe(
        image="The picture to bring to life (PNG, JPEG, WebP, AVIF, HEIC or GIF, up to 25 MiB)",
        last_frame="A picture the clip ends on, where the model takes one",
        **OPTIONS,
    )
    @app_commands.autocomplete(
        model=OFFERED.model, shape=OFFERED.shape, resolution=OFFERED.resolution
    )
    @app_commands.autocomplete(seconds=OFFERED.seconds)
    async def animate(
        self,
        interaction: discord.Interaction[ZoetropeClient],
        image: discord.Attachment,
        prompt: str,
        model: str | None = None,
        seconds: int | None = None,
        shape: str | None = None,
        resolution: str | None = None,
        sound: bool | None = None,
        last_frame: discord.Attachment | None = None,
        audio: discord.Attachment | None = None,
        negative_prompt: str | None = None,
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
            resolution=resolution,
            sound=sound,
            negative_prompt=negative_prompt,
        )
        files = Uploads(
            picture=picture_upload(image),
            last_frame=picture_upload(last_frame),
            audio=sound_upload(audio),
        )
        placed = await interaction.client.service.place(order, files)
        await show_placed(interaction, placed)
