"""/animate: a picture and a prompt become a clip."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord.answers import defer_in_private, defer_in_public
from bot.discord.attachments import picture_upload, sound_upload
from bot.discord.completion import Completion
from bot.discord.ordering import OPTIONS, order_of, show_placed
from bot.discord.views.preview import show_preview
from bot.jobs.order import Uploads
from bot.media.framing import Fit

if TYPE_CHECKING:
    from bot.discord.client import ZoetropeClient

OFFERED = Completion(from_picture=True)


class Animate(commands.Cog):
    """The main command."""

    @app_commands.command()
    @app_commands.describe(
        image="The picture to bring to life (PNG, JPEG, WebP, AVIF, HEIC or GIF, up to 25 MiB)",
        last_frame="A picture the clip ends on, where the model takes one",
        fit="For a picture of another shape than the clip's; by default what suits it",
        preview="See the picture as it is sent, and the price, before anything is charged",
        **OPTIONS,
    )
    @app_commands.autocomplete(
        model=OFFERED.model, shape=OFFERED.shape, resolution=OFFERED.resolution
    )
    @app_commands.autocomplete(seconds=OFFERED.seconds)
    @app_commands.choices(
        fit=[
            app_commands.Choice(name="crop: fills the clip, the edges are cut off", value="crop"),
            app_commands.Choice(name="pad: shows all of it, with a soft border", value="pad"),
        ]
    )
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
        fit: str | None = None,
        preview: bool = False,
    ) -> None:
        """Bring a picture to life: the clip is posted in a thread"""
        reply_id = await _defer(interaction, is_preview=preview)
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
            fit=Fit(fit) if fit else None,
        )
        files = Uploads(
            picture=picture_upload(image),
            last_frame=picture_upload(last_frame),
            audio=sound_upload(audio),
        )
        service = interaction.client.service
        if preview:
            await show_preview(interaction, await service.drafts.preview(order, files))
        else:
            await show_placed(interaction, await service.place(order, files))


async def _defer(
    interaction: discord.Interaction[ZoetropeClient], *, is_preview: bool
) -> int | None:
    if not is_preview:
        return await defer_in_public(interaction)
    await defer_in_private(interaction)
    return None
