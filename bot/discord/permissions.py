"""Where a job may run and who may do what; checked in code, whatever Discord's settings say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import discord

from bot.budget.desk import Giver
from bot.errors import MissingPermissions, NotAllowed, NotInServer

THREADS = (
    discord.ChannelType.public_thread,
    discord.ChannelType.private_thread,
    discord.ChannelType.news_thread,
)
WITHOUT_THREADS = (*THREADS, discord.ChannelType.voice, discord.ChannelType.stage_voice)
"""Channels in which no thread can be opened: the job is followed in place."""


@dataclass(frozen=True)
class Place:
    """Where an interaction happened."""

    guild_id: int
    channel_id: int
    parent_id: int | None
    """The channel of the thread it is in, if it is in one."""
    in_place: bool
    """Whether the job is followed right there, because no thread can be opened."""


def place_of(interaction: discord.Interaction[Any]) -> Place:
    """Where a job ordered by this interaction will live.

    Raises NotInServer, or MissingPermissions naming what the bot lacks there.
    """
    channel = interaction.channel
    if interaction.guild_id is None or channel is None:
        raise NotInServer
    in_place = channel.type in WITHOUT_THREADS
    needed = ["view_channel", "attach_files", "embed_links", "read_message_history"]
    if channel.type in THREADS:
        needed.append("send_messages_in_threads")
    elif in_place:
        needed.append("send_messages")
    else:
        needed += ["send_messages", "create_public_threads", "send_messages_in_threads"]
    granted = interaction.app_permissions
    missing = tuple(name for name in needed if not getattr(granted, name))
    if missing:
        raise MissingPermissions(tuple(name.replace("_", " ").title() for name in missing))
    parent_id = channel.parent_id if isinstance(channel, discord.Thread) else None
    return Place(interaction.guild_id, channel.id, parent_id, in_place)


def require_sight(interaction: discord.Interaction[Any]) -> None:
    """See that whoever acted still sees the channel. Raises NotAllowed."""
    if not interaction.permissions.view_channel:
        raise NotAllowed("a member who may see this channel")


def is_moderator(interaction: discord.Interaction[Any]) -> bool:
    """Whether whoever acted may manage this server."""
    return interaction.guild_id is not None and interaction.permissions.manage_guild


def require_moderator(interaction: discord.Interaction[Any]) -> int:
    """The guild's id. Raises NotInServer or NotAllowed."""
    if interaction.guild_id is None:
        raise NotInServer
    if not is_moderator(interaction):
        raise NotAllowed("a moderator with the Manage Server permission")
    return interaction.guild_id


async def require_manager(interaction: discord.Interaction[Any]) -> int:
    """The guild's id, for moderators and for whoever has the guild's manager role.

    Asked anew at every press: a role that was taken away counts no more. Raises NotInServer or
    NotAllowed.
    """
    if interaction.guild_id is None:
        raise NotInServer
    if is_moderator(interaction):
        return interaction.guild_id
    chosen = await interaction.client.budget.settings(interaction.guild_id)
    if chosen.manager_role_id is None:
        return require_moderator(interaction)
    roles = getattr(interaction.user, "roles", ())
    if chosen.manager_role_id not in {role.id for role in roles}:
        raise NotAllowed("a moderator, or whoever has the budget manager role,")
    return interaction.guild_id


def giver_of(interaction: discord.Interaction[Any]) -> Giver:
    """Whoever acted, as one who gives credits; no ceiling is an administrator's."""
    is_unlimited = interaction.permissions.administrator
    return Giver(member_id=interaction.user.id, is_unlimited=is_unlimited)
