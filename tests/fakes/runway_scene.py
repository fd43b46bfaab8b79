"""Reads what a clip shall show from the body of a request to Runway."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.fakes.scene import Scene, decoded, ratio_of, short_side_px

ALWAYS_WITH_SOUND = {"kling_4", "hailuo3"}
SMALLEST_PX = 240
"""A ratio of smaller numbers is a ratio, and not a size in pixels."""


@dataclass
class Upload:
    """A file that was announced, and may have arrived."""

    fields: dict[str, str]
    data: bytes | None = None


def frames_of(body: Mapping[str, Any]) -> dict[str, str]:
    """The pictures of a request, by their position."""
    given = body.get("promptImage", [])
    images = [{"uri": given}] if isinstance(given, str) else given
    return {
        image.get("position") or f"first{n or ''}": image["uri"] for n, image in enumerate(images)
    }


def sounds_of(body: Mapping[str, Any]) -> list[str]:
    """The sounds of a request."""
    return [sound["uri"] for sound in body.get("referenceAudio", [])]


def scene_of(body: Mapping[str, Any], uploads: Mapping[str, Upload]) -> Scene:
    """The clip that was ordered; uploads are by their token."""
    frames, sounds = frames_of(body), sounds_of(body)
    ratio, duration = body.get("ratio", ""), body.get("duration", 5)
    return Scene(
        provider="runway",
        model=body["model"],
        prompt=body.get("promptText", ""),
        seconds=duration if isinstance(duration, int) else 5,
        short_side_px=_short_side_px(ratio, body.get("resolution")),
        ratio=ratio_of(ratio),
        first_frame=_file(frames.get("first"), uploads),
        last_frame=_file(frames.get("last"), uploads),
        has_sound=bool(body.get("audio", sounds or body["model"] in ALWAYS_WITH_SOUND)),
        sound=_file(sounds[0], uploads) if sounds else None,
    )


def _short_side_px(ratio: str, resolution: str | None) -> int:
    sides = [int(side) for side in ratio.split(":") if side.isdecimal()]
    if sides and min(sides) >= SMALLEST_PX:
        return min(sides)
    named = resolution or ratio.partition("auto_")[2]
    return short_side_px(named) if named else 720


def _file(uri: str | None, uploads: Mapping[str, Upload]) -> bytes | None:
    if uri is not None and uri.startswith("runway://"):
        return uploads[uri.removeprefix("runway://")].data
    return decoded(uri) if uri else None
