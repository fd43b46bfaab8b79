"""The bot's application commands, and what Discord accepts as one."""

from __future__ import annotations

import enum
import re
from datetime import datetime, timedelta

from bot.playground.places import Json
from bot.playground.refusals import Code, FieldErrors, Refusal
from bot.playground.world import Event, World

MAX_CREATES_A_DAY = 200
MAX_COMMAND_CHARS = 8000
_MAX_BY_TYPE = {1: 100, 2: 15, 3: 15}
_NAME = re.compile(r"[-_'\w]{1,32}")


class Option(enum.IntEnum):
    """Discord's option types."""

    SUBCOMMAND = 1
    GROUP = 2
    STRING = 3
    INTEGER = 4
    BOOLEAN = 5
    USER = 6
    CHANNEL = 7
    ROLE = 8
    MENTIONABLE = 9
    NUMBER = 10
    ATTACHMENT = 11


class Commands:
    """Keeps the global commands and those of single guilds."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._by_scope: dict[int | None, list[Json]] = {}
        self._created: list[datetime] = []

    def listed(self, guild_id: int | None = None) -> list[Json]:
        """List the commands registered globally, or for one guild only."""
        return self._by_scope.get(guild_id, [])

    def usable(self, guild_id: int) -> list[Json]:
        """List what the picker of a guild offers."""
        return [*self.listed(), *self.listed(guild_id)]

    def overwrite(self, bodies: object, guild_id: int | None = None) -> list[Json]:
        """Replace all commands of a scope; those with a known name keep their id."""
        errors = FieldErrors()
        if not isinstance(bodies, list):
            errors.count("", bodies, 0, 0)
            raise errors.refusal()
        for index, body in enumerate(bodies):
            check_command(errors, str(index), body)
        _check_counts(errors, bodies)
        errors.raise_if_any()
        known = {_key(command): command for command in self.listed(guild_id)}
        self._count_creates(sum(_key(body) not in known for body in bodies))
        self._by_scope[guild_id] = [
            self._registered(body, known.get(_key(body)), guild_id) for body in bodies
        ]
        self._world.publish(Event("COMMANDS", {}, guild_id))
        return self._by_scope[guild_id]

    def remove(self, command_id: str, guild_id: int | None = None) -> None:
        """Remove one command; Refusal 10063 where there is none."""
        left = [item for item in self.listed(guild_id) if item["id"] != command_id]
        if len(left) == len(self.listed(guild_id)):
            raise Refusal(Code.UNKNOWN_COMMAND)
        self._by_scope[guild_id] = left
        self._world.publish(Event("COMMANDS", {}, guild_id))

    def _registered(self, body: Json, known: Json | None, guild_id: int | None) -> Json:
        scope = {"guild_id": str(guild_id)} if guild_id else {}
        return {
            "type": 1,
            "description": "",
            "default_member_permissions": None,
            "nsfw": False,
            "options": [],
            **body,
            **scope,
            "id": known["id"] if known else str(self._world.new_id()),
            "application_id": str(self._world.application_id),
            "version": str(self._world.new_id()),
        }

    def _count_creates(self, creates: int) -> None:
        now = self._world.clock()
        recent = [made for made in self._created if made > now - timedelta(days=1)]
        if len(recent) + creates > MAX_CREATES_A_DAY:
            raise Refusal(Code.TOO_MANY_COMMAND_CREATES)
        self._created = recent + [now] * creates


def check_command(errors: FieldErrors, path: str, body: Json) -> None:
    """Note what is wrong with one command."""
    kind = body.get("type", 1)
    if kind not in _MAX_BY_TYPE:
        errors.add(f"{path}.type", "BASE_TYPE_CHOICES", "Value must be one of {1, 2, 3}.")
    if kind != 1:
        errors.length(f"{path}.name", body.get("name"), 1, 32)
        errors.length(f"{path}.description", body.get("description") or "", 0, 0)
        return
    _check_named(errors, path, body)
    _check_options(errors, f"{path}.options", body.get("options") or [], depth=0)
    if _chars(body) > MAX_COMMAND_CHARS:
        message = "Command exceeds maximum size (8000)"
        errors.add(path, "APPLICATION_COMMAND_TOO_LARGE", message)


def _key(command: Json) -> tuple[str, int]:
    return command["name"], command.get("type", 1)


def _check_counts(errors: FieldErrors, bodies: list[Json]) -> None:
    for kind, most in _MAX_BY_TYPE.items():
        names = [body.get("name") for body in bodies if body.get("type", 1) == kind]
        if len(names) > most:
            message = f"Maximum number of application commands reached ({most})."
            errors.add("0", "APPLICATION_COMMANDS_MAX", message)
        if len(set(names)) < len(names):
            message = "Application command names must be unique"
            errors.add("0", "APPLICATION_COMMANDS_DUPLICATE_NAME", message)


def _check_named(errors: FieldErrors, path: str, body: Json) -> None:
    name = body.get("name")
    if not isinstance(name, str) or not _NAME.fullmatch(name) or name != name.lower():
        message = "Command name is invalid"
        errors.add(f"{path}.name", "APPLICATION_COMMAND_INVALID_NAME", message)
    errors.length(f"{path}.description", body.get("description"), 1, 100)


def _check_options(errors: FieldErrors, path: str, options: object, *, depth: int) -> None:
    if not errors.count(path, options, 0, 25):
        return
    assert isinstance(options, list)
    for index, option in enumerate(options):
        _check_option(errors, f"{path}.{index}", option, depth)
    names = [option.get("name") for option in options]
    if len(set(names)) < len(names):
        message = "Option names must be unique"
        errors.add(path, "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", message)
    required = [bool(option.get("required")) for option in options]
    if required != sorted(required, reverse=True):
        message = "Required options must be placed before non-required options"
        errors.add(path, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", message)
    nested = [option.get("type") in (Option.SUBCOMMAND, Option.GROUP) for option in options]
    if any(nested) and not all(nested):
        message = "Sub-command and sub-command group option types are mutually exclusive"
        errors.add(path, "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", message)


def _check_option(errors: FieldErrors, path: str, option: Json, depth: int) -> None:
    _check_named(errors, path, option)
    kind = option.get("type")
    if kind not in set(Option):
        errors.add(f"{path}.type", "BASE_TYPE_CHOICES", "Unknown option type")
    elif (kind == Option.GROUP and depth > 0) or (kind == Option.SUBCOMMAND and depth > 1):
        message = "Sub-commands cannot be nested this deep"
        errors.add(f"{path}.type", "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", message)
    elif kind in (Option.SUBCOMMAND, Option.GROUP):
        deeper = depth + 1 if kind == Option.GROUP else 2
        _check_options(errors, f"{path}.options", option.get("options") or [], depth=deeper)
    else:
        _check_choices(errors, path, option)


def _check_choices(errors: FieldErrors, path: str, option: Json) -> None:
    choices = option.get("choices") or []
    if choices and option.get("autocomplete"):
        message = "Choices and autocomplete are mutually exclusive"
        errors.add(f"{path}.autocomplete", "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE", message)
    errors.count(f"{path}.choices", choices, 0, 25)
    for index, choice in enumerate(choices):
        errors.length(f"{path}.choices.{index}.name", choice.get("name"), 1, 100)
        errors.length(f"{path}.choices.{index}.value", str(choice.get("value", "")), 1, 100)


def _chars(part: Json) -> int:
    """Count what Discord counts: the longest localisation of each text, and choice values."""
    total = _longest(part, "name") + _longest(part, "description")
    if isinstance(value := part.get("value"), str):
        total += len(value)
    children = [*(part.get("options") or []), *(part.get("choices") or [])]
    return total + sum(_chars(child) for child in children)


def _longest(part: Json, field: str) -> int:
    texts = [part.get(field) or "", *(part.get(f"{field}_localizations") or {}).values()]
    return max(len(text) for text in texts)
