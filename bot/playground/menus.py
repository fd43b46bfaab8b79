"""What Discord sends when somebody picks an app's entry in the menu of a person or a message."""

from __future__ import annotations

import enum
from collections.abc import Sequence

from bot.playground.message import Message
from bot.playground.messages import Messages
from bot.playground.places import Guild, Json
from bot.playground.refusals import NotPossible
from bot.playground.resolved import Resolved, Target


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
    if user_id not in guild.members:
        raise NotPossible("That person is no longer in the server.")
    resolved = Resolved(guild)
    resolved.describe(Target.MEMBER, str(user_id))
    return resolved.beside(_data(command, user_id))


def of_message(command: Json, messages: Messages, message: Message) -> Json:
    """Spell the data of an entry picked on a message."""
    described = {"messages": {str(message.id): messages.as_json(message)}}
    return _data(command, message.id) | {"resolved": described}


def _data(command: Json, target_id: int) -> Json:
    own = {name: command[name] for name in ("id", "name", "type", "guild_id") if name in command}
    return own | {"target_id": str(target_id)}
