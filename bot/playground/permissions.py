"""Discord's permissions and the order in which roles and overwrites decide them."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.playground.places import Channel, Guild, Member, Overwrite


class Permission(enum.IntFlag):
    """The permissions this Discord looks at; other bits are carried along untouched."""

    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    CONNECT = 1 << 20
    USE_APPLICATION_COMMANDS = 1 << 31
    MANAGE_THREADS = 1 << 34
    CREATE_PUBLIC_THREADS = 1 << 35
    CREATE_PRIVATE_THREADS = 1 << 36
    SEND_MESSAGES_IN_THREADS = 1 << 38


NOTHING = Permission(0)
EVERYTHING = Permission((1 << 53) - 1)

EVERYONE_DEFAULT = (
    Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.CONNECT
    | Permission.USE_APPLICATION_COMMANDS
    | Permission.CREATE_PUBLIC_THREADS
    | Permission.SEND_MESSAGES_IN_THREADS
)

_NEEDS_SENDING = (
    Permission.MENTION_EVERYONE | Permission.EMBED_LINKS | Permission.ATTACH_FILES
)  # Without leave to send, these mean nothing, and Discord reports them as missing.


def guild_permissions(guild: Guild, member: Member) -> Permission:
    """Add up what a member may do in the guild before any channel is looked at."""
    if member.user.id == guild.owner_id:
        return EVERYTHING
    granted = guild.everyone.permissions
    for role_id in member.role_ids:
        granted |= guild.roles[role_id].permissions
    return EVERYTHING if Permission.ADMINISTRATOR in granted else granted


def permissions_in(guild: Guild, channel: Channel, member: Member) -> Permission:
    """Compute what a member may do in a channel or thread."""
    granted = guild_permissions(guild, member)
    if granted == EVERYTHING:
        return granted
    place = (
        guild.channels[channel.parent_id] if channel.is_thread and channel.parent_id else channel
    )
    granted = _apply(granted, place.overwrites, guild, member)
    if Permission.VIEW_CHANNEL not in granted or not _in_private(channel, member, granted):
        return NOTHING
    sends = Permission.SEND_MESSAGES_IN_THREADS if channel.is_thread else Permission.SEND_MESSAGES
    return granted if sends in granted else granted & ~_NEEDS_SENDING


def _apply(
    granted: Permission, overwrites: dict[int, Overwrite], guild: Guild, member: Member
) -> Permission:
    allow = deny = NOTHING
    if everyone := overwrites.get(guild.id):
        granted = granted & ~everyone.deny | everyone.allow
    for role_id in member.role_ids & overwrites.keys():
        allow |= overwrites[role_id].allow
        deny |= overwrites[role_id].deny
    granted = granted & ~deny | allow
    if own := overwrites.get(member.user.id):
        granted = granted & ~own.deny | own.allow
    return granted


def _in_private(channel: Channel, member: Member, granted: Permission) -> bool:
    return (
        channel.thread is None
        or not channel.is_private_thread
        or Permission.MANAGE_THREADS in granted
        or member.user.id in channel.thread.member_ids
    )
