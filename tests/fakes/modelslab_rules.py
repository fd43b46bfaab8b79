"""What ModelsLab takes, endpoint by endpoint and model by model; anything else is an error here.

Written from the API's documents and its SDK, and on purpose not from the bot's own tables.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

MAX_UPLOAD_BYTES = 5_000_000

Check = Callable[[Any], bool]


def text(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 2000


def link(value: object) -> bool:
    return isinstance(value, str) and value.startswith(("https://", "http://127.0.0.1:"))


def links(value: object) -> bool:
    return isinstance(value, list) and len(value) == 1 and link(value[0])


def flag(value: object) -> bool:
    return isinstance(value, bool)


def one_of(*allowed: str) -> Check:
    return lambda value: isinstance(value, str) and value in allowed


def whole(least: int, most: int) -> Check:
    return lambda value: type(value) is int and least <= value <= most


def number(least: float, most: float) -> Check:
    return lambda value: type(value) in (int, float) and least <= value <= most


COMMON: dict[str, Check] = {
    "key": text,
    "model_id": text,
    "prompt": text,
    "webhook": link,
    "track_id": text,
}


@dataclass(frozen=True)
class Rules:
    """Which fields a model must have, and which it may have besides."""

    needs: Mapping[str, Check]
    may: Mapping[str, Check] = field(default_factory=dict)

    def complaint(self, body: Mapping[str, Any]) -> dict[str, list[str]]:
        """What is wrong with a request, field by field, in the words of the real API."""
        checks = {**COMMON, **self.may, **self.needs}
        wrong: dict[str, list[str]] = {}
        for name in {"model_id", "prompt", *self.needs} - set(body):
            wrong[name] = [f"The {name.replace('_', ' ')} field is required."]
        for name, value in body.items():
            if name not in checks:
                wrong[name] = [f"The {name.replace('_', ' ')} field is not allowed."]
            elif not checks[name](value):
                wrong[name] = [f"The {name.replace('_', ' ')} field is invalid."]
        return wrong


_RATIO = one_of("16:9", "9:16", "1:1")
_RESOLUTION = {"resolution": one_of("480p", "720p", "1080p")}
_SOUND = {"generate_audio": flag, "enhance_prompt": flag}
_WAN = {**_RESOLUTION, **_SOUND}
_WAN_25 = {**_WAN, "duration": one_of("5", "10")}
_SEEDANCE = {**_WAN, "camera_fixed": flag}

IMAGE_TO_VIDEO = {
    "Kling-V2-5-Turbo-i2v": Rules({"init_image": link, "duration": one_of("5", "10")}),
    "wan2.5-i2v": Rules({"init_image": link, "init_audio": link}, _WAN_25),
    "wan2.6-i2v": Rules({"init_image": link}, _WAN),
    "seedance-i2v": Rules({"init_image": link}, _SEEDANCE),
    "seedance-1.0-pro-i2v": Rules({"init_image": links}, _SEEDANCE),
    "Hailuo-2.3-i2v": Rules({"init_image": link}, {"duration": one_of("6", "10")}),
    "ltx-2-3-pro-i2v": Rules({"init_image": link}),
    "kling-v9-i2v": Rules({"init_image": link, "duration": one_of("5", "10")}),
}
TEXT_TO_VIDEO = {
    "kling-v2-5-turbo-t2v": Rules({"duration": one_of("5", "10"), "aspect_ratio": _RATIO}),
    "wan2.5-t2v": Rules({"init_audio": link}, _WAN_25),
    "wan2.6-t2v": Rules({}, _WAN),
    "seedance-t2v": Rules({}, {**_SEEDANCE, "aspect_ratio": one_of("16:9", "4:3", "1:1")}),
    "Hailuo-2.3-t2v": Rules({}),
    "kling-v9-t2v": Rules({"duration": one_of("5", "10"), "aspect_ratio": _RATIO}),
}

_V6 = {
    "negative_prompt": text,
    "seed": whole(0, 2**32 - 1),
    "output_type": one_of("mp4", "gif"),
    "temp": flag,
}
ULTRA = Rules(
    {"init_image": link},
    {
        **_V6,
        "resolution": whole(240, 720),
        "num_frames": whole(1, 92),
        "num_inference_steps": whole(1, 25),
        "guidance_scale": number(0, 8),
        "fps": whole(1, 16),
        "portrait": flag,
        "sample_shift": whole(0, 10),
        "base64": flag,
    },
)
IMG2VIDEO = Rules(
    {"init_image": link},
    {
        **_V6,
        "width": whole(1, 512),
        "height": whole(1, 512),
        "num_frames": whole(1, 25),
        "num_inference_steps": whole(1, 50),
        "min_guidance_scale": number(1, 8),
        "max_guidance_scale": number(1, 8),
        "motion_bucket_id": whole(1, 255),
        "noise_aug_strength": number(0, 1),
        "fps": whole(1, 16),
    },
)
SECONDS = {"Hailuo-2.3-t2v": 6, "ltx-2-3-pro-i2v": 6}
"""How long clips are of which no length can be chosen; all others have 5."""
V6_MODELS = ("wan2.2", "ltx-2.3")


def uploaded(body: Mapping[str, Any]) -> tuple[str, bytes] | None:
    """The kind and content of a file sent as a data URI; None for anything else."""
    value = body.get("base64_string")
    if set(body) != {"key", "base64_string"} or not isinstance(value, str):
        return None
    head, comma, encoded = value.partition(",")
    if not comma or head not in ("data:image/jpeg;base64", "data:audio/mpeg;base64"):
        return None
    try:
        content = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        return None
    kind = head.removeprefix("data:").removesuffix(";base64")
    return (kind, content) if 0 < len(content) <= MAX_UPLOAD_BYTES else None
