"""The official SDK's own types as a judge of requests: no unknown key, no wrong type, no gap."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import Any, get_args

from pydantic import ConfigDict, TypeAdapter
from runwayml._utils import maybe_transform
from runwayml.types import image_to_video_create_params, text_to_video_create_params
from typing_extensions import get_type_hints, is_typeddict


def _adapters(module: ModuleType, union: object) -> dict[str, tuple[Any, TypeAdapter[Any]]]:
    for kind in vars(module).values():
        if is_typeddict(kind):
            kind.__pydantic_config__ = ConfigDict(extra="forbid", strict=True)
    by_model = {}
    for kind in get_args(union):
        (model,) = get_args(get_type_hints(kind)["model"])
        by_model[model] = (kind, TypeAdapter(kind))
    return by_model


ADAPTERS = {
    "/v1/image_to_video": _adapters(
        image_to_video_create_params, image_to_video_create_params.ImageToVideoCreateParams
    ),
    "/v1/text_to_video": _adapters(
        text_to_video_create_params, text_to_video_create_params.TextToVideoCreateParams
    ),
}


def check(path: str, body: dict[str, Any]) -> None:
    """Raises ValidationError or AssertionError for a body the SDK could not have sent."""
    kind, adapter = ADAPTERS[path][body["model"]]
    as_python = {_snake(name): _as_python(value) for name, value in body.items()}
    _read_all(adapter.validate_python(as_python))
    assert maybe_transform(as_python, kind) == body


def _as_python(value: object) -> object:
    """With names as the SDK's users write them."""
    if isinstance(value, dict):
        return {_snake(name): _as_python(one) for name, one in value.items()}
    return [_as_python(one) for one in value] if isinstance(value, list) else value


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def _read_all(value: object) -> None:
    """What is typed as an iterable is checked only as it is read."""
    match value:
        case Mapping():
            for one in value.values():
                _read_all(one)
        case Iterator():
            for one in value:
                _read_all(one)
