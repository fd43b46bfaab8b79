"""A part of a clip, exact to the frame."""

from __future__ import annotations

from pathlib import Path

from bot.media.extras.errors import MomentOutside, NothingLeft
from bot.media.extras.material import Material, cut_to, picture, sound, write_clip
from bot.media.ffmpeg import Ffmpeg

LEAST_SECONDS = 0.5
# A clip of 4.96 s is shown as one of 5.0 s, so that may be asked for.
_ROUNDING = 0.051


async def trim(
    ffmpeg: Ffmpeg, clip: Material, to: Path, *, from_seconds: float, to_seconds: float
) -> Path:
    """Write what is between two moments; encoded anew, for copied it would begin at a keyframe.

    Raises MomentOutside, NothingLeft, NotPlayable.
    """
    for asked in (from_seconds, to_seconds):
        if not 0 <= asked <= clip.seconds + _ROUNDING:
            raise MomentOutside(asked, clip.seconds)
    end = min(to_seconds, clip.seconds)
    seconds = end - from_seconds
    if seconds < LEAST_SECONDS - _ROUNDING:
        raise NothingLeft(LEAST_SECONDS)
    first, last = round(from_seconds * clip.rate), round(end * clip.rate)
    graph = [
        f"{picture(0, clip, clip.size, clip.rate)},"
        f"trim=start_frame={first}:end_frame={last},setpts=PTS-STARTPTS[v]"
    ]
    if clip.facts.has_audio:
        graph.append(
            f"{sound(0, clip)},atrim=start={from_seconds}:end={end},asetpts=PTS-STARTPTS,"
            f"{cut_to((last - first) / clip.rate)}[a]"
        )
    return await write_clip(ffmpeg, clip.input, graph, to, has_sound=clip.facts.has_audio)
