"""Makes a clip small enough to post, giving up as little of it as that takes."""

from __future__ import annotations

import asyncio
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bot.media.clips import ClipFacts, probe
from bot.media.errors import CannotFit, ChildOverran, NotPlayable
from bot.media.ffmpeg import Ffmpeg, clip_input, complaint

_SHORTER_SIDES = (1080, 720, 540, 360, 240)
_AUDIO_KILOBITS = 128
_CONTAINER_KILOBITS = 8
_LEAST_KILOBITS = 32
_LEAST_BITS_PER_PIXEL = 0.045
# A capped encode has been seen 3 % over its cap, so it aims 8 % below the limit.
_AIM = 0.92
_SECOND_AIM = 0.93


@dataclass(frozen=True)
class Attempt:
    """One way to encode the clip: the size of its frame and the bits it may spend."""

    shorter_side: int
    video_kilobits: int
    """A second."""
    passes: int


async def fit(ffmpeg: Ffmpeg, clip: Path, *, limit_bytes: int, folder: Path) -> Path:
    """Return a version of the clip of at most `limit_bytes` that plays in every Discord client.

    The clip was decoded before, so it is not decoded again to learn what it is. The version is the
    clip itself where that will do, and else a new file in the folder. Raises NotPlayable or
    CannotFit.
    """
    facts = await probe(ffmpeg, clip, is_proven=True)
    if facts.plays_everywhere and facts.is_faststart and facts.size_bytes <= limit_bytes:
        return clip
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        fitted = Path(scratch, "fitted.mp4")
        if not await _make_fit(ffmpeg, clip, fitted, facts, limit_bytes):
            raise CannotFit(limit_bytes)
        return await asyncio.to_thread(fitted.replace, folder / "fitted.mp4")


def plan(facts: ClipFacts, limit_bytes: int) -> list[Attempt]:
    """Return the attempts worth making, best first; none where nothing could fit."""
    kilobits = limit_bytes * 8 / 1000 * _AIM / facts.seconds - _CONTAINER_KILOBITS
    if facts.has_audio:
        kilobits -= _AUDIO_KILOBITS
    if kilobits < _LEAST_KILOBITS:
        return []
    own_side = min(facts.width, facts.height)
    sides = [own_side, *(side for side in _SHORTER_SIDES if side < own_side)]
    good = [
        side for side in sides if _bits_per_pixel(facts, side, kilobits) >= _LEAST_BITS_PER_PIXEL
    ]
    return [
        attempt
        for side in good or sides[-1:]
        for attempt in (
            Attempt(side, int(kilobits), passes=1),
            Attempt(side, int(kilobits * _SECOND_AIM), passes=2),
        )
    ]


def _bits_per_pixel(facts: ClipFacts, shorter_side: int, kilobits: float) -> float:
    scale = shorter_side / min(facts.width, facts.height)
    pixels_a_second = facts.width * facts.height * scale**2 * facts.frames / facts.seconds
    return kilobits * 1000 / pixels_a_second


async def _make_fit(
    ffmpeg: Ffmpeg, clip: Path, fitted: Path, facts: ClipFacts, limit_bytes: int
) -> bool:
    if facts.plays_everywhere and facts.size_bytes <= limit_bytes:
        await _run(ffmpeg, *clip_input(clip), *_STREAMS, "-c", "copy", *_container(fitted))
        if await _size_bytes(fitted) <= limit_bytes:
            return True
    for attempt in plan(facts, limit_bytes):
        try:
            await _encode(ffmpeg, clip, fitted, attempt)
        except ChildOverran:
            continue  # A smaller frame takes less time and memory.
        if await _size_bytes(fitted) <= limit_bytes:
            return True
    return False


async def _size_bytes(file: Path) -> int:
    return (await asyncio.to_thread(file.stat)).st_size


async def _encode(ffmpeg: Ffmpeg, clip: Path, fitted: Path, attempt: Attempt) -> None:
    picture = (*clip_input(clip), *_STREAMS, *_picture(attempt.shorter_side))
    sound = ("-c:a", "aac", "-b:a", f"{_AUDIO_KILOBITS}k", "-ac", "2")
    rate = f"{attempt.video_kilobits}k"
    if attempt.passes == 1:
        capped = ("-crf", "23", "-maxrate", rate, "-bufsize", rate)
        await _run(ffmpeg, *picture, *capped, *sound, *_container(fitted))
        return
    log = ("-b:v", rate, "-passlogfile", str(fitted.with_suffix("")))
    await _run(ffmpeg, *picture, *log, "-pass", "1", "-an", "-f", "null", "-")
    await _run(ffmpeg, *picture, *log, "-pass", "2", *sound, *_container(fitted))


_STREAMS = (
    *("-map", "0:V:0", "-map", "0:a:0?"),
    # A provider's notes, a place or a prompt perhaps, are no part of the clip.
    *("-map_metadata", "-1", "-map_chapters", "-1"),
)


def _picture(shorter_side: int) -> tuple[str, ...]:
    side = shorter_side // 2 * 2
    size = f"scale=w='if(gt(iw,ih),-2,{side})':h='if(gt(iw,ih),{side},-2)'"
    return (
        *("-vf", size, "-pix_fmt", "yuv420p"),
        *("-c:v", "libx264", "-preset", "veryfast", "-threads", "2"),
    )


def _container(fitted: Path) -> tuple[str, ...]:
    return ("-movflags", "+faststart", "-f", "mp4", f"file:{fitted}")


async def _run(ffmpeg: Ffmpeg, *arguments: str) -> None:
    ended = await ffmpeg.run(*arguments)
    if ended.status != 0:
        raise NotPlayable(complaint(ended))
