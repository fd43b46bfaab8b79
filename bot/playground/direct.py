"""Direct messages: what the bot and one person say to each other."""

from __future__ import annotations

from dataclasses import dataclass

from bot.playground.permissions import EVERYONE_DEFAULT, NOTHING, Permission
from bot.playground.places import Channel, Guild


@dataclass
class DirectMessages(Guild):
    """No guild, but ruled like one whose members are these two.

    It has the person's id.
    """

    is_open: bool = True
    """Whether the person takes direct messages at all."""

    def permissions(self, user_id: int, channel: Channel | None = None) -> Permission:
        """The two may write and send files; nobody else sees anything."""
        return EVERYONE_DEFAULT if user_id in self.members else NOTHING
