"""What Discord's client does with a modal before it leaves: check the inputs and spell them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from bot.playground.components import SELECTS, Kind, walk
from bot.playground.picker import Files, Value
from bot.playground.places import Json
from bot.playground.presses import check_values, describe_chosen
from bot.playground.refusals import NotPossible
from bot.playground.resolved import Place, Resolved

Values: TypeAlias = Mapping[str, Value | list[str]]

_LISTED = SELECTS | {Kind.CHECKBOX_GROUP}


def fill_form(modal: Json, values: Values, files: Files, place: Place) -> Json:
    """Check the values by custom id and spell the data of a submitted modal."""
    inputs = {item["custom_id"] for item in walk(modal["components"]) if "custom_id" in item}
    for custom_id in [*values, *files]:
        if custom_id not in inputs:
            raise NotPossible(f"The form has no input “{custom_id}”.")
    resolved = Resolved(place[0])
    components = [
        _filled(component, values, files, resolved, place) for component in modal["components"]
    ]
    data: Json = {"custom_id": modal["custom_id"], "components": components}
    return resolved.beside(data)


def _filled(
    component: Json, values: Values, files: Files, resolved: Resolved, place: Place
) -> Json:
    described: Json = {"type": component["type"], "id": component.get("id", 0)}
    if "component" in component:
        nested = component["component"]
        return described | {"component": _filled(nested, values, files, resolved, place)}
    if "components" in component:
        children = component["components"]
        return described | {
            "components": [_filled(child, values, files, resolved, place) for child in children]
        }
    custom_id = component.get("custom_id")
    if custom_id is None:
        return described
    described["custom_id"] = custom_id
    if component["type"] == Kind.FILE_UPLOAD:
        return described | {"values": _uploaded(component, files.get(custom_id), resolved, place)}
    value = values.get(custom_id)
    if component["type"] in _LISTED:
        return described | {"values": _chosen(component, value, resolved)}
    return described | {"value": _written(component, value)}


def _written(component: Json, value: Value | list[str] | None) -> Value | None:
    if isinstance(value, list):
        raise NotPossible(f"“{component['custom_id']}” takes one answer.")
    if component["type"] == Kind.CHECKBOX:
        return bool(value)
    text = component.get("value", "") if value is None else str(value)
    name, required = component["custom_id"], component.get("required", True)
    if required and not text:
        raise NotPossible(f"“{name}” is required.")
    if component["type"] == Kind.RADIO_GROUP:
        return text or None
    least, most = component.get("min_length") or 0, component.get("max_length") or 4000
    if text and not least <= len(text) <= most:
        raise NotPossible(f"“{name}” must be {least} to {most} characters long.")
    return text


def _chosen(component: Json, value: Value | list[str] | None, resolved: Resolved) -> list[str]:
    chosen = value if isinstance(value, list) else [] if value is None else [str(value)]
    check_values(component, chosen)
    describe_chosen(resolved, component["type"], chosen)
    return chosen


def _uploaded(
    component: Json, file: tuple[str, bytes] | None, resolved: Resolved, place: Place
) -> list[str]:
    if file is not None:
        return [resolved.upload(file, place)]
    if component.get("required", True):
        raise NotPossible(f"“{component['custom_id']}” needs a file.")
    return []
