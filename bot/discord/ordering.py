"""From an interaction to a job, and the reply that says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord

from bot.discord.calls import best_effort
from bot.discord.permissions import place_of
from bot.discord.views.text import reply as reply_text
from bot.jobs.order import Order, Placed
from bot.media.framing import Fit
from bot.messages import note_sentence

if TYPE_CHECKING:
    from bot.discord.client import ZoetropeClient

OPTIONS = {
    "prompt": "What should move, and how",
    "model": "Which model makes the clip; its price is shown",
    "seconds": "How long the clip is",
    "shape": "Wide, tall, square …; by default what suits best",
    "resolution": "How sharp the clip is; its price is shown",
    "sound": "Whether the model makes sound with the clip",
    "audio": "A sound the clip follows, where the model takes one (MP3, WAV, M4A …, up to 25 MiB)",
    "negative_prompt": "What should not be in the clip",
    "seed": "The same prompt, files and seed make the same clip, where the model takes a seed",
}
"""The options that /animate and /create share, as members read them."""


def order_of(
    interaction: discord.Interaction[ZoetropeClient],
    reply_id: int | None,
    *,
    prompt: str,
    model: str | None = None,
    seconds: int | None = None,
    shape: str | None = None,
    seed: int | None = None,
    resolution: str | None = None,
    sound: bool | None = None,
    negative_prompt: str | None = None,
    fit: Fit | None = None,
) -> Order:
    """The order an interaction stands for. Raises PlaceError."""
    place = place_of(interaction)
    return Order(
        interaction_id=interaction.id,
        guild_id=place.guild_id,
        channel_id=place.channel_id,
        member_id=interaction.user.id,
        reply_id=reply_id,
        thread_id=place.channel_id if place.in_place else None,
        prompt=prompt,
        model=model,
        seconds=seconds,
        shape=shape,
        seed=seed,
        resolution=resolution,
        sound=sound,
        negative_prompt=negative_prompt,
        fit=fit,
        parent_id=place.parent_id,
        role_ids=roles_of(interaction),
        is_age_restricted=is_age_restricted(interaction),
    )


def roles_of(interaction: discord.Interaction[Any]) -> tuple[int, ...]:
    """The roles of whoever acted, as Discord named them with this very interaction."""
    user = interaction.user
    return tuple(role.id for role in user.roles) if isinstance(user, discord.Member) else ()


def is_age_restricted(interaction: discord.Interaction[Any]) -> bool | None:
    """Whether the channel is; a thread is as its channel is. None where that is not known."""
    channel: Any = interaction.channel
    if isinstance(channel, discord.Thread):
        channel = channel.parent
    return None if channel is None else bool(getattr(channel, "nsfw", False))


async def show_placed(interaction: discord.Interaction[ZoetropeClient], placed: Placed) -> None:
    """Put the reply in place, then let the worker begin; from here on all goes by stored ids.

    The job is placed, so a reply that gets lost is no reason to call the order failed.
    """
    text = reply_text(placed.job, placed.choice.model.name)
    await best_effort(interaction.edit_original_response(content=text))
    await begin(interaction, placed)


async def begin(interaction: discord.Interaction[ZoetropeClient], placed: Placed) -> None:
    """Tell the member alone what there is to be said, and let the worker begin.

    Where no reply is in place, the worker announces the job itself.
    """
    for note in placed.notes:
        await best_effort(interaction.followup.send(note_sentence(note), ephemeral=True))
    await interaction.client.service.start(placed.job)
