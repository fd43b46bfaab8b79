"""What Discord's client lets a person press or choose on a message."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.playground.components import Kind, walk
from bot.playground.message import Message
from bot.playground.places import Guild, Json
from bot.playground.refusals import NotPossible
from bot.playground.resolved import Resolved, Target

_TARGETS: Mapping[int, Target] = {
    Kind.USER_SELECT: Target.MEMBER,
    Kind.ROLE_SELECT: Target.ROLE,
    Kind.MENTIONABLE_SELECT: Target.MENTIONABLE,
    Kind.CHANNEL_SELECT: Target.CHANNEL,
}


def check_press(guild: Guild, message: Message, custom_id: str, values: Sequence[str]) -> Json:
    """Find the component, check what was chosen, and spell the interaction's data."""
    found = [item for item in walk(message.components) if item.get("custom_id") == custom_id]
    if not found:
        raise NotPossible(f"The message has no component “{custom_id}”.")
    component = found[0]
    if component.get("disabled"):
        raise NotPossible(f"“{component.get('label') or custom_id}” cannot be pressed now.")
    kind = component["type"]
    data: Json = {"custom_id": custom_id, "component_type": kind, "id": component["id"]}
    if kind == Kind.BUTTON:
        return data
    check_values(component, values)
    data["values"] = list(values)
    resolved = Resolved(guild)
    describe_chosen(resolved, kind, values)
    return resolved.beside(data)


def check_values(component: Json, values: Sequence[str]) -> None:
    """Refuse a choice a select would not let a person make."""
    least, most = component.get("min_values", 1), component.get("max_values", 1)
    least = 0 if component.get("required") is False else least
    if not least <= len(values) <= most:
        raise NotPossible(f"Choose from {least} to {most} in “{component['custom_id']}”.")
    offered = [option["value"] for option in component.get("options") or []]
    for value in values:
        if offered and value not in offered:
            raise NotPossible(f"“{value}” is not offered in “{component['custom_id']}”.")


def describe_chosen(resolved: Resolved, kind: int, values: Sequence[str]) -> None:
    """Describe the users, roles and channels chosen in a select."""
    if target := _TARGETS.get(kind):
        for value in values:
            resolved.describe(target, value)
