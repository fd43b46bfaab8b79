"""What an interaction's data describes beside the ids in it: people, roles, channels and files."""

from __future__ import annotations

import enum
from typing import TypeAlias

from bot.playground.cdn import Cdn, Upload
from bot.playground.places import Channel, Guild, Json
from bot.playground.refusals import NotPossible

Place: TypeAlias = tuple[Guild, Channel, Cdn]
"""Where something is asked for, and where files sent with it are kept."""


class Target(enum.Flag):
    """What an option or a select lets a person choose."""

    MEMBER = enum.auto()
    ROLE = enum.auto()
    CHANNEL = enum.auto()
    MENTIONABLE = MEMBER | ROLE


class Resolved:
    """Collects descriptions while an interaction is filled in."""

    def __init__(self, guild: Guild) -> None:
        self._guild = guild
        self._found: Json = {}

    def beside(self, data: Json) -> Json:
        """The data with what was described, if anything was."""
        return data | ({"resolved": self._found} if self._found else {})

    def describe(self, target: Target, value: str) -> None:
        """Describe whom or what an id names. Raises NotPossible."""
        guild, id_ = self._guild, int(value) if value.isdecimal() else 0
        if Target.MEMBER in target and (member := guild.members.get(id_)):
            described = member.as_json()
            self._add("users", value, described.pop("user"))
            permissions = {"permissions": str(int(guild.permissions(id_)))}
            self._add("members", value, described | permissions)
        elif Target.ROLE in target and (role := guild.roles.get(id_)):
            self._add("roles", value, role.as_json())
        elif Target.CHANNEL in target and (channel := guild.channels.get(id_)):
            self._add("channels", value, channel.as_json() | {"permissions": "0"})
        else:
            raise NotPossible(f"There is no “{value}” here.")

    def upload(self, file: tuple[str, bytes], place: Place) -> str:
        """Keep a file for a day, as Discord does, and return its id."""
        _, channel, cdn = place
        # A member's own limit may be as high as 500 MiB: what is too large is for the bot to say.
        attachment = cdn.store(channel.id, Upload(*file), ephemeral=True)
        self._add("attachments", str(attachment.id), cdn.as_json(attachment))
        return str(attachment.id)

    def _add(self, kind: str, key: str, described: Json) -> None:
        self._found.setdefault(kind, {})[key] = described
