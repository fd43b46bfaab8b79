"""What Kling's endpoints take, each field with its bounds, in both generations of the API."""

from __future__ import annotations

import base64
import binascii
import io
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from PIL import Image

T = TypeVar("T")
RATIOS = {"16:9", "9:16", "1:1"}
MODES = {"std": "720p", "pro": "1080p", "4k": "4k"}


class Refusal(Exception):
    """An answer with a code other than 0."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True)
class Rules:
    """One model's endpoints."""

    prompt: int
    seconds: tuple[int, ...]
    units: Mapping[tuple[str, bool], float]
    """A second's price for each resolution, without and with sound, that can be had."""
    audio: tuple[str, ...] = ()
    multi_shot: bool = False
    last_frame: bool = True
    omni: bool = False
    least_last_frame: str = "720p"
    """What resolution a last frame asks for, and then without sound."""


MODELS = {
    "kling-3.0": Rules(
        3072,
        tuple(range(3, 16)),
        {
            **{("720p", False): 0.6, ("720p", True): 0.9, ("1080p", False): 0.8},
            **{("1080p", True): 1.2, ("4k", False): 3.0, ("4k", True): 3.0},
        },
        audio=("native", "off"),
        multi_shot=True,
    ),
    "kling-3.0-turbo": Rules(
        2500,
        tuple(range(3, 16)),
        {("720p", True): 0.8, ("1080p", True): 1.0},
        last_frame=False,
    ),
    "kling-3.0-omni": Rules(
        3072,
        tuple(range(3, 16)),
        {
            **{("720p", False): 0.6, ("720p", True): 0.8, ("1080p", False): 0.8},
            **{("1080p", True): 1.0, ("4k", False): 3.0, ("4k", True): 3.0},
        },
        audio=("native", "off", "original"),
        multi_shot=True,
        omni=True,
    ),
    "kling-o1": Rules(
        2500,
        tuple(range(3, 11)),
        {("720p", False): 0.6, ("1080p", False): 0.8},
        audio=("off", "original"),
        omni=True,
    ),
    "kling-2.6": Rules(
        2500,
        (5, 10),
        {("720p", False): 0.3, ("1080p", False): 0.5, ("1080p", True): 1.0},
        audio=("native", "off"),
        least_last_frame="1080p",
    ),
    "kling-2.5-turbo": Rules(
        2500,
        (5, 10),
        {("720p", False): 0.3, ("1080p", False): 0.5},
        least_last_frame="1080p",
    ),
}
LEGACY_NAMES = {
    "kling-v3": "kling-3.0",
    "kling-v3-omni": "kling-3.0-omni",
    "kling-video-o1": "kling-o1",
    "kling-v2-6": "kling-2.6",
    "kling-v2-5-turbo": "kling-2.5-turbo",
}


@dataclass
class Wanted:
    """A request that was taken apart; `ignored` names what the API passes over in silence."""

    model: str
    prompt: str
    seconds: int
    resolution: str
    sound: bool
    frames: Mapping[str, str]
    """First and last, as they were sent."""
    shape: str | None
    reference: str | None
    callback_url: str | None
    ignored: list[str] = field(default_factory=list)

    @property
    def has_last_frame(self) -> bool:
        return "last_frame" in self.frames

    @property
    def units(self) -> float:
        return MODELS[self.model].units[self.resolution, self.sound] * self.seconds


@dataclass
class Reader:
    """Takes fields out of an object, and knows what was left in it."""

    data: dict[str, Any]
    where: str
    ignored: list[str]

    @classmethod
    def of(cls, data: object, where: str, ignored: list[str]) -> Reader:
        if not isinstance(data, dict):
            raise Refusal(1201, f"{where or 'body'} is not an object")
        return cls(dict(data), where, ignored)

    def take(
        self, name: str, kind: type[T], default: T, allowed: Container[object] | None = None
    ) -> T:
        """A field of that type and among these values."""
        value = self.data.pop(name, default)
        if type(value) is not kind or (allowed is not None and value not in allowed):
            raise Refusal(1201, f"{self.where}{name} value '{value!s:.40}' is invalid")
        return value

    def take_text(self, name: str, allowed: Container[object] | None = None) -> str | None:
        """A field that may be left out, but not be null."""
        return self.take(name, str, "", allowed) if name in self.data else None

    def part(self, name: str) -> Reader:
        return Reader.of(self.data.pop(name, {}), f"{self.where}{name}.", self.ignored)

    def close(self) -> None:
        self.ignored += [self.where + name for name in self.data]


def check_picture(value: object, *, most_bytes: int) -> None:
    """A public address, or bare base64 of a JPEG or PNG within the limits."""
    if not isinstance(value, str) or not value:
        raise Refusal(1201, "image is required")
    if value.startswith("https://"):
        return
    try:
        data = base64.b64decode(value, validate=True)
        picture = Image.open(io.BytesIO(data))
    except (binascii.Error, OSError) as error:
        raise Refusal(1201, "image is neither a URL nor base64 of a picture") from error
    short, long = sorted(picture.size)
    if picture.format not in {"JPEG", "PNG"} or len(data) > most_bytes:
        raise Refusal(1201, "image format or size is invalid")
    if short < 300 or long > 2.5 * short:
        raise Refusal(1201, f"image dimensions {picture.size} are invalid")


def check_whole(wanted: Wanted) -> Wanted:
    """The rules that hold between the fields."""
    rules = MODELS[wanted.model]
    if not wanted.prompt or len(wanted.prompt) > rules.prompt:
        raise Refusal(1201, "prompt is empty or too long")
    if wanted.seconds not in rules.seconds:
        raise Refusal(1201, f"duration value '{wanted.seconds}' is invalid")
    if (wanted.resolution, wanted.sound) not in rules.units:
        raise Refusal(1201, f"audio cannot be had with resolution '{wanted.resolution}'")
    if wanted.has_last_frame:
        if not rules.last_frame:
            raise Refusal(1201, "last_frame is not supported")
        if rules.least_last_frame == "1080p" and (wanted.resolution, wanted.sound) != (
            "1080p",
            False,
        ):
            raise Refusal(1201, "last_frame is only supported at 1080p without audio")
    return wanted
