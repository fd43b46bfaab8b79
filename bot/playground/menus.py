"""What Discord sends when somebody picks an app's entry in the menu of a person or a message."""

from __future__ import annotations

import enum
from collections.abc import Sequence

from bot.playground.message import Message
from bot.playground.messages import Messages
from bot.playground.places import Guild, Json
from bot.playground.refusals import NotPossible


class Menu(enum.IntEnum):
    """Whose menu a command stands in: Discord's command types beside slash commands."""

    USER = 2
    MESSAGE = 3


def entry(commands: Sequence[Json], kind: Menu, name: str) -> Json:
    """Find an entry by its name. Raises NotPossible."""
    for command in commands:
        if (command["type"], command["name"]) == (kind, name):
            return command
    raise NotPossible(f"The bot offers no “{name}” there.")


def of_user(command: Json, guild: Guild, user_id: int) -> Json:
    """Spell the data of an entry picked on a member. Raises NotPossible."""
    member = guild.members.get(user_id)
    if member is None:
        raise NotPossible("That person is no longer in the server.")
    described = member.as_json()
    permissions = {"permissions": str(int(guild.permissions(user_id)))}
    user = described.pop("user")
    key = str(user_id)
    return _data(command, key, {"users": {key: user}, "members": {key: described | permissions}})


def of_message(command: Json, messages: Messages, message: Message) -> Json:
    """Spell the data of an entry picked on a message."""
    key = str(message.id)
    return _data(command, key, {"messages": {key: messages.as_json(message)}})


def _data(command: Json, target: str, resolved: Json) -> Json:
    own = {name: command[name] for name in ("id", "name", "type", "guild_id") if name in command}
    return own | {"target_id": target, "resolved": resolved}
