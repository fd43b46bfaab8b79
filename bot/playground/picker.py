"""What Discord's client does before a command leaves: find it, check options, upload files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from bot.playground.commands import Option
from bot.playground.permissions import NOTHING, Permission
from bot.playground.places import Channel, Guild, Json, User
from bot.playground.refusals import NotPossible
from bot.playground.resolved import Place, Resolved, Target

Value: TypeAlias = str | int | float | bool
Files: TypeAlias = Mapping[str, tuple[str, bytes]]
"""File name and bytes by the name of the option or input they are for."""

_TARGETS = {
    Option.USER: Target.MEMBER,
    Option.CHANNEL: Target.CHANNEL,
    Option.ROLE: Target.ROLE,
    Option.MENTIONABLE: Target.MENTIONABLE,
}


@dataclass(frozen=True)
class Picked:
    """A command as found in the picker, with the subcommands on the way to its leaf."""

    command: Json
    path: tuple[Json, ...]

    @property
    def options(self) -> list[Json]:
        """The options a person fills in."""
        leaf = self.path[-1] if self.path else self.command
        return list(leaf.get("options") or [])

    def data(self, filled: list[Json]) -> Json:
        """Spell the interaction's data as Discord does."""
        for step in reversed(self.path):
            filled = [{"name": step["name"], "type": step["type"], "options": filled}]
        data: Json = {
            "id": self.command["id"],
            "name": self.command["name"],
            "type": self.command["type"],
            "options": filled,
        }
        if "guild_id" in self.command:
            data["guild_id"] = self.command["guild_id"]
        return data


def pick(commands: Sequence[Json], name: str) -> Picked | None:
    """Find a command by its full name, such as `budget grant`."""
    first, *rest = name.removeprefix("/").split()
    for command in commands:
        if command["name"] == first and command["type"] == 1:
            path: list[Json] = []
            for word in rest:
                options = (path[-1] if path else command).get("options") or []
                found = [option for option in options if option["name"] == word]
                if not found or found[0]["type"] > Option.GROUP:
                    return None
                path.append(found[0])
            return Picked(command, tuple(path))
    return None


def check_may_use(guild: Guild, channel: Channel, user: User, command: Json) -> None:
    """Refuse a command the client would not show to this user."""
    may = guild.permissions(user.id, channel)
    if Permission.USE_APPLICATION_COMMANDS not in may:
        raise NotPossible(f"{user.global_name} may not use commands in #{channel.name}.")
    wanted = command["default_member_permissions"]
    if wanted is None or Permission.ADMINISTRATOR in may:
        return
    needed = Permission(int(wanted))
    if needed == NOTHING or needed not in may:
        raise NotPossible(f"/{command['name']} is not offered to {user.global_name}.")


def fill(picked: Picked, values: Mapping[str, Value], files: Files, place: Place) -> Json:
    """Check the options a person filled in, upload the files, and spell the data."""
    by_name = {option["name"]: option for option in picked.options}
    for name in [*values, *files]:
        if name not in by_name:
            raise NotPossible(f"/{picked.command['name']} has no option “{name}”.")
    filled: list[Json] = []
    resolved = Resolved(place[0])
    for option in picked.options:
        name, kind = option["name"], option["type"]
        if kind == Option.ATTACHMENT and name in files:
            value: Value = resolved.upload(files[name], place)
        elif kind != Option.ATTACHMENT and name in values:
            value = _checked(option, values[name])
            if target := _TARGETS.get(kind):
                resolved.describe(target, str(value))
        elif option.get("required"):
            raise NotPossible(f"The option “{name}” is required.")
        else:
            continue
        filled.append({"name": name, "type": kind, "value": value})
    return resolved.beside(picked.data(filled))


def fill_partly(picked: Picked, values: Mapping[str, Value], focused: str, text: str) -> Json:
    """Spell the data of an autocompletion; nothing is required yet."""
    option = next((item for item in picked.options if item["name"] == focused), None)
    if option is None or not option.get("autocomplete"):
        raise NotPossible(f"The option “{focused}” does not autocomplete.")
    filled = [
        {"name": item["name"], "type": item["type"], "value": values[item["name"]]}
        for item in picked.options
        if item["name"] in values and item["name"] != focused
    ]
    asked = {"name": focused, "type": option["type"], "value": text, "focused": True}
    return picked.data([*filled, asked])


def _checked(option: Json, value: Value) -> Value:
    match option["type"]:
        case Option.STRING:
            value = str(value)
            _check_range(option, len(value), "length", "is {} characters long")
        case Option.INTEGER | Option.NUMBER:
            value = _number(option, value)
            _check_range(option, value, "value", "is {}")
        case Option.BOOLEAN:
            if not isinstance(value, bool):
                raise NotPossible(f"The option “{option['name']}” is yes or no.")
        case _:
            value = str(value)
    choices = [choice["value"] for choice in option.get("choices") or []]
    if choices and value not in choices:
        raise NotPossible(f"“{value}” is not among the choices of “{option['name']}”.")
    return value


def _number(option: Json, value: Value) -> int | float:
    try:
        return int(value) if option["type"] == Option.INTEGER else float(value)
    except ValueError:
        raise NotPossible(f"The option “{option['name']}” is a number.") from None


def _check_range(option: Json, amount: float, unit: str, says: str) -> None:
    least, most = option.get(f"min_{unit}"), option.get(f"max_{unit}")
    most = 6000 if most is None and unit == "length" else most
    if (least is not None and amount < least) or (most is not None and amount > most):
        shown = f"from {least if least is not None else 'anything'} to {most}"
        raise NotPossible(
            f"The option “{option['name']}” {says.format(amount)}; Discord takes {shown}."
        )
