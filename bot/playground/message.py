"""One message: what it holds and how Discord describes it."""

from __future__ import annotations

import copy
import enum
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from bot.playground.cdn import Attachment, Cdn
from bot.playground.components import Kind, media_of, walk
from bot.playground.places import Channel, Json, User

if TYPE_CHECKING:
    from bot.playground.interaction import Interaction


class Flag(enum.IntFlag):
    """Discord's message flags, as far as they are used here."""

    SUPPRESS_EMBEDS = 1 << 2
    HAS_THREAD = 1 << 5
    EPHEMERAL = 1 << 6
    LOADING = 1 << 7
    SUPPRESS_NOTIFICATIONS = 1 << 12
    COMPONENTS_V2 = 1 << 15


NO_FLAGS = Flag(0)


class MessageKind(enum.IntEnum):
    """Discord's message types, as far as they are used here."""

    DEFAULT = 0
    THREAD_CREATED = 18
    REPLY = 19
    COMMAND = 20


@dataclass
class Message:
    """A message as it stands now; `pinged` are the users it really notified."""

    id: int
    channel_id: int
    author: User
    created_at: datetime
    kind: MessageKind = MessageKind.DEFAULT
    content: str = ""
    embeds: list[Json] = field(default_factory=list)
    components: list[Json] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    flags: Flag = NO_FLAGS
    edited_at: datetime | None = None
    nonce: str | int | None = None
    pinged: list[int] = field(default_factory=list)
    mentioned_users: list[User] = field(default_factory=list)
    mentions_everyone: bool = False
    replies_to: int | None = None
    announces: int | None = None
    """The thread it tells of, where Discord itself says that one was started."""
    thread: Channel | None = None
    visible_to: int | None = None
    """The one user who sees it, where it is ephemeral."""
    interaction: Interaction | None = None

    @property
    def ephemeral(self) -> bool:
        """Whether only one user sees it."""
        return Flag.EPHEMERAL in self.flags

    @property
    def thinking(self) -> bool:
        """Whether it is the placeholder of a deferred answer."""
        return Flag.LOADING in self.flags

    @property
    def text(self) -> str:
        """All it says: the content, or its text displays one below the other."""
        shown = [
            item["content"]
            for item in walk(self.components)
            if item.get("type") == Kind.TEXT_DISPLAY
        ]
        return "\n".join([self.content, *shown] if self.content else shown)

    def seen_by(self, user_id: int) -> bool:
        """Whether it is shown to a user who can see its channel."""
        return self.visible_to in (None, user_id)

    def as_json(self, cdn: Cdn) -> Json:
        """Describe the message as Discord does, with fresh links."""
        attachments = [cdn.as_json(attachment) for attachment in self.attachments]
        described: Json = {
            "id": str(self.id),
            "channel_id": str(self.channel_id),
            "type": int(self.kind),
            "author": self.author.as_json(),
            "content": self.content,
            "timestamp": self.created_at.isoformat(),
            "edited_timestamp": self.edited_at.isoformat() if self.edited_at else None,
            "tts": False,
            "mention_everyone": self.mentions_everyone,
            "mentions": [user.as_json() for user in self.mentioned_users],
            "mention_roles": [],
            "attachments": attachments,
            "embeds": self.embeds,
            "components": _resolved(self.components, attachments),
            "flags": int(self.flags),
            "pinned": False,
        }
        return described | self._optional()

    def _optional(self) -> Json:
        extra: Json = {}
        if self.nonce is not None:
            extra["nonce"] = self.nonce
        if self.thread is not None:
            extra["thread"] = self.thread.as_json()
        if self.replies_to is not None:
            extra["message_reference"] = {
                "type": 0,
                "message_id": str(self.replies_to),
                "channel_id": str(self.channel_id),
            }
        if self.announces is not None:
            extra["message_reference"] = {"type": 0, "channel_id": str(self.announces)}
        if self.interaction is not None:
            extra["application_id"] = extra["webhook_id"] = str(self.interaction.application_id)
            extra["interaction_metadata"] = metadata = self.interaction.metadata_json()
            if name := self.interaction.command_name:
                keys = ("id", "type", "user")
                extra["interaction"] = {"name": name} | {key: metadata[key] for key in keys}
        return extra


def _resolved(components: list[Json], attachments: list[Json]) -> list[Json]:
    resolved = copy.deepcopy(components)
    by_name = {f"attachment://{item['filename']}": item for item in attachments}
    for component in walk(resolved):
        for media in media_of(component):
            _resolve(media, by_name.get(media["url"]))
    return resolved


def _resolve(media: Json, attachment: Json | None) -> None:
    if attachment is None:
        media.setdefault("proxy_url", media["url"])
        return
    media.update(
        url=attachment["url"],
        proxy_url=attachment["proxy_url"],
        content_type=attachment["content_type"],
        width=attachment.get("width"),
        height=attachment.get("height"),
        attachment_id=attachment["id"],
        loading_state=2,
    )
