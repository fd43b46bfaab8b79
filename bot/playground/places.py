"""Who and where: users, roles, members, channels, threads and guilds, as Discord describes them.

Tests may edit these records; `World` has the edits that others must hear of.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

from bot.playground.permissions import (
    EVERYONE_DEFAULT,
    NOTHING,
    Permission,
    guild_permissions,
    permissions_in,
)

Json: TypeAlias = dict[str, Any]

MEBIBYTE = 1024 * 1024
DEFAULT_UPLOAD_BYTES = 10 * MEBIBYTE
_UPLOAD_BYTES_BY_BOOST_TIER = {2: 50 * MEBIBYTE, 3: 100 * MEBIBYTE}


class ChannelKind(enum.IntEnum):
    """Discord's channel types."""

    TEXT = 0
    DIRECT = 1
    VOICE = 2
    ANNOUNCEMENT = 5
    ANNOUNCEMENT_THREAD = 10
    PUBLIC_THREAD = 11
    PRIVATE_THREAD = 12


@dataclass
class User:
    """A person or the bot."""

    id: int
    username: str
    global_name: str | None = None
    bot: bool = False
    upload_limit_bytes: int = DEFAULT_UPLOAD_BYTES
    """What this user's own subscription lets an answer to them carry."""

    def as_json(self) -> Json:
        """Describe the user as Discord does."""
        return {
            "id": str(self.id),
            "username": self.username,
            "global_name": self.global_name,
            "discriminator": "0000" if self.bot else "0",
            "avatar": None,
            "bot": self.bot,
            "public_flags": 0,
        }


@dataclass
class Role:
    """A named set of permissions."""

    id: int
    name: str
    permissions: Permission = NOTHING
    position: int = 0
    colour: int = 0
    managed: bool = False

    def as_json(self) -> Json:
        """Describe the role as Discord does."""
        return {
            "id": str(self.id),
            "name": self.name,
            "permissions": str(int(self.permissions)),
            "position": self.position,
            "color": self.colour,
            "colors": {"primary_color": self.colour},
            "hoist": False,
            "managed": self.managed,
            "mentionable": False,
            "flags": 0,
        }


@dataclass
class Member:
    """A user in a guild."""

    user: User
    joined_at: datetime
    role_ids: set[int] = field(default_factory=set)

    def as_json(self) -> Json:
        """Describe the member as Discord does."""
        return {
            "user": self.user.as_json(),
            "nick": None,
            "avatar": None,
            "roles": [str(role_id) for role_id in sorted(self.role_ids)],
            "joined_at": self.joined_at.isoformat(),
            "premium_since": None,
            "deaf": False,
            "mute": False,
            "pending": False,
            "flags": 0,
        }


@dataclass(frozen=True)
class Overwrite:
    """What a channel allows or denies one role or member."""

    allow: Permission = NOTHING
    deny: Permission = NOTHING
    for_member: bool = False


@dataclass
class ThreadState:
    """What a thread has beyond a channel."""

    owner_id: int
    auto_archive_minutes: int
    created_at: datetime
    archived: bool = False
    locked: bool = False
    archived_at: datetime | None = None
    message_count: int = 0
    member_ids: set[int] = field(default_factory=set)


@dataclass
class Channel:
    """A channel, or a thread when it has a `thread`."""

    id: int
    guild_id: int
    kind: ChannelKind
    name: str
    parent_id: int | None = None
    topic: str | None = None
    position: int = 0
    last_message_id: int | None = None
    overwrites: dict[int, Overwrite] = field(default_factory=dict)
    thread: ThreadState | None = None
    recipient: User | None = None
    """The person the bot talks to, where these are direct messages."""

    @property
    def is_thread(self) -> bool:
        """Whether this is a thread of another channel."""
        return self.thread is not None

    @property
    def is_private_thread(self) -> bool:
        """Whether only those added may see this thread."""
        return self.kind is ChannelKind.PRIVATE_THREAD

    def as_json(self) -> Json:
        """Describe the channel as Discord does."""
        if self.recipient is not None:
            last = str(self.last_message_id) if self.last_message_id else None
            described = {"id": str(self.id), "type": int(self.kind), "flags": 0}
            return described | {"last_message_id": last, "recipients": [self.recipient.as_json()]}
        common: Json = {
            "id": str(self.id),
            "guild_id": str(self.guild_id),
            "type": int(self.kind),
            "name": self.name,
            "parent_id": str(self.parent_id) if self.parent_id else None,
            "last_message_id": str(self.last_message_id) if self.last_message_id else None,
            "rate_limit_per_user": 0,
            "flags": 0,
        }
        return common | (_thread_json(self.thread) if self.thread else self._place_json())

    def _place_json(self) -> Json:
        return {
            "topic": self.topic,
            "position": self.position,
            "nsfw": False,
            "permission_overwrites": [
                {
                    "id": str(target_id),
                    "type": int(overwrite.for_member),
                    "allow": str(int(overwrite.allow)),
                    "deny": str(int(overwrite.deny)),
                }
                for target_id, overwrite in self.overwrites.items()
            ],
        } | ({"bitrate": 64000, "user_limit": 0} if self.kind is ChannelKind.VOICE else {})


def _thread_json(thread: ThreadState) -> Json:
    archived_at = thread.archived_at or thread.created_at
    return {
        "owner_id": str(thread.owner_id),
        "message_count": thread.message_count,
        "total_message_sent": thread.message_count,
        "member_count": len(thread.member_ids),
        "thread_metadata": {
            "archived": thread.archived,
            "locked": thread.locked,
            "auto_archive_duration": thread.auto_archive_minutes,
            "archive_timestamp": archived_at.isoformat(),
            "create_timestamp": thread.created_at.isoformat(),
        },
    }


@dataclass
class Guild:
    """One server."""

    id: int
    name: str
    owner_id: int
    boost_tier: int = 0
    enforced_upload_bytes: int | None = None
    """What uploads are really measured against, where it differs from what the tier promises."""
    roles: dict[int, Role] = field(default_factory=dict)
    members: dict[int, Member] = field(default_factory=dict)
    channels: dict[int, Channel] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.roles[self.id] = Role(self.id, "@everyone", EVERYONE_DEFAULT)

    @property
    def everyone(self) -> Role:
        """The role every member has."""
        return self.roles[self.id]

    @property
    def upload_limit_bytes(self) -> int:
        """What the boost tier promises for one file."""
        return _UPLOAD_BYTES_BY_BOOST_TIER.get(self.boost_tier, DEFAULT_UPLOAD_BYTES)

    def permissions(self, user_id: int, channel: Channel | None = None) -> Permission:
        """Compute what a user may do here; a stranger may do nothing."""
        member = self.members.get(user_id)
        if member is None:
            return NOTHING
        if channel is None:
            return guild_permissions(self, member)
        return permissions_in(self, channel, member)

    def as_json(self) -> Json:
        """Describe the guild as Discord does, without members and channels."""
        return _GUILD_DEFAULTS | {
            "id": str(self.id),
            "name": self.name,
            "owner_id": str(self.owner_id),
            "premium_tier": self.boost_tier,
            "roles": [role.as_json() for role in self.roles.values()],
        }


_GUILD_DEFAULTS: Json = {
    "icon": None,
    "splash": None,
    "discovery_splash": None,
    "description": None,
    "banner": None,
    "emojis": [],
    "stickers": [],
    "features": [],
    "region": "loopback",
    "afk_channel_id": None,
    "afk_timeout": 300,
    "verification_level": 1,
    "default_message_notifications": 1,
    "explicit_content_filter": 0,
    "mfa_level": 0,
    "nsfw_level": 0,
    "application_id": None,
    "system_channel_id": None,
    "system_channel_flags": 0,
    "rules_channel_id": None,
    "public_updates_channel_id": None,
    "vanity_url_code": None,
    "preferred_locale": "en-US",
    "premium_subscription_count": 0,
}
