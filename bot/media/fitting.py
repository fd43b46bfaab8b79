"""Makes a clip play everywhere and small enough to post, giving up as little as that takes."""

from __future__ import annotations

import asyncio
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from bot.media.clip_facts import MOST_FRAMES_A_SECOND, ClipFacts
from bot.media.clips import probe
from bot.media.encoding import Attempt as Attempt
from bot.media.encoding import encode, repack
from bot.media.errors import CannotFit, ClipTooHard
from bot.media.ffmpeg import Ffmpeg
from bot.media.permits import one_piece

_LARGEST_SIDE = 1440
"""A larger frame is posted only where it came so: phones hardly play it, and it takes minutes."""
_SHORTER_SIDES = (1080, 720, 540, 360, 240)
_AUDIO_KILOBITS = 128
_SCARCE_KILOBITS = 500
_SCARCE_AUDIO_KILOBITS = 64
_CONTAINER_KILOBITS = 8
_LEAST_KILOBITS = 32
_LEAST_BITS_PER_PIXEL = 0.045
# A capped encode has been seen 3 % over its cap, so it aims 8 % below the limit.
_AIM = 0.92
_SECOND_AIM = 0.93
_HELD_BACK_SHARE = 0.5
_FEWER_FRAMES_A_SECOND = 30
MOST_SECONDS = 12 * 60
"""Whoever waits for a fit has about so long; the wait for others that came before not counted."""


@dataclass(frozen=True, kw_only=True)
class Fitted:
    """A version of a clip that can be posted, and what became of the clip on the way."""

    path: Path
    is_original: bool
    """It is the very file that was to be fitted."""
    shorter_side: int
    own_side: int
    """Of the clip itself, in pixels as `shorter_side`."""
    is_smaller: bool = False
    """Something was given up so that it fits, and not only so that it plays everywhere."""
    is_poor: bool = False
    """So much that it shows: fewer bits than it takes to look like the clip."""

    @classmethod
    def as_it_came(cls, clip: Path, side: int) -> Self:
        """A clip to which nothing needs to be done, and its shorter side."""
        return cls(path=clip, is_original=True, shorter_side=side, own_side=side)


async def fit(
    ffmpeg: Ffmpeg,
    clip: Path,
    *,
    limit_bytes: int,
    folder: Path,
    takes_poor: bool = True,
    spent_seconds: float = 0,
) -> Fitted:
    """Return a version of the clip of at most `limit_bytes` that plays in every Discord client.

    The clip was decoded before, so it is not decoded again to learn what it is. The version is the
    clip itself where that will do, and else a new file in the folder. Raises NotPlayable, or
    CannotFit where not even a poor version is small enough, or none that is not poor, or where
    making one takes longer than is left of MOST_SECONDS, of which so many are spent.
    """
    with one_piece():
        most_seconds = MOST_SECONDS - spent_seconds
        return await _fit(ffmpeg, clip, limit_bytes, folder, most_seconds, takes_poor=takes_poor)


async def _fit(
    ffmpeg: Ffmpeg,
    clip: Path,
    limit_bytes: int,
    folder: Path,
    most_seconds: float,
    *,
    takes_poor: bool,
) -> Fitted:
    try:
        facts = await probe(ffmpeg, clip, is_proven=True)
    except ClipTooHard as error:
        raise CannotFit(limit_bytes) from error
    own_side = min(facts.shown)
    if facts.plays_everywhere and facts.is_faststart and facts.size_bytes <= limit_bytes:
        return Fitted.as_it_came(clip, own_side)
    attempts = [one for one in plan(facts, limit_bytes) if takes_poor or not one.is_poor]
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        made = Path(scratch, "fitted.mp4")
        try:
            async with asyncio.timeout(most_seconds):
                how = await _make_fit(ffmpeg, clip, made, facts, attempts, limit_bytes)
        except TimeoutError as error:
            raise CannotFit(limit_bytes) from error
        share = await _size_bytes(made) / limit_bytes
        path = await asyncio.to_thread(made.replace, folder / "fitted.mp4")
    side = min(own_side, how.shorter_side) if how else own_side
    return Fitted(
        path=path,
        is_original=False,
        shorter_side=side,
        own_side=own_side,
        is_smaller=how is not None and _is_felt(facts, how, limit_bytes, share),
        is_poor=how is not None and how.is_poor,
    )


def plan(facts: ClipFacts, limit_bytes: int) -> list[Attempt]:
    """Return the attempts worth making, best first; none where nothing could fit."""
    kilobits = limit_bytes * 8 / 1000 * _AIM / facts.seconds - _CONTAINER_KILOBITS
    audio_kilobits = _AUDIO_KILOBITS if kilobits > _SCARCE_KILOBITS else _SCARCE_AUDIO_KILOBITS
    if facts.has_audio:
        kilobits -= audio_kilobits
    if kilobits < _LEAST_KILOBITS:
        return []
    sides = _sides(facts)
    good = [
        side for side in sides if _bits_per_pixel(facts, side, kilobits) >= _LEAST_BITS_PER_PIXEL
    ]
    return [
        Attempt(side, int(kilobits * aim), passes, audio_kilobits, is_poor=not good)
        for side in good or sides[-1:]
        for passes, aim in ((1, 1.0), (2, _SECOND_AIM))
    ]


def _sides(facts: ClipFacts) -> list[int]:
    """The shorter sides to encode at, the largest first."""
    own_side = min(facts.shown)
    own = [own_side] if own_side <= _LARGEST_SIDE else []
    return own + [side for side in _SHORTER_SIDES if side < own_side]


def _bits_per_pixel(facts: ClipFacts, shorter_side: int, kilobits: float) -> float:
    width, height = facts.shown
    scale = shorter_side / min(width, height)
    frames_a_second = min(facts.frames / facts.seconds, MOST_FRAMES_A_SECOND)
    return kilobits * 1000 / (width * height * scale**2 * frames_a_second)


async def _make_fit(
    ffmpeg: Ffmpeg,
    clip: Path,
    made: Path,
    facts: ClipFacts,
    attempts: list[Attempt],
    limit_bytes: int,
) -> Attempt | None:
    """Write the first version that fits; returns how it was encoded, None where it was not."""
    # Sound that was never compressed may be most of a file.
    is_light = facts.size_bytes <= limit_bytes or not facts.sound_plays_everywhere
    if facts.picture_plays_everywhere and is_light:
        is_made = await repack(ffmpeg, clip, made, facts)
        if is_made and await _size_bytes(made) <= limit_bytes:
            return None
    too_hard = 0
    most_frames = MOST_FRAMES_A_SECOND
    for attempt in attempts:
        if attempt.shorter_side == too_hard:
            continue
        attempt = replace(attempt, most_frames_a_second=most_frames)
        if not await encode(ffmpeg, clip, made, facts, attempt):
            # Fewer and smaller frames take less time and memory; a second pass takes more.
            too_hard = attempt.shorter_side
            most_frames = _FEWER_FRAMES_A_SECOND
        elif await _size_bytes(made) <= limit_bytes:
            return attempt
    raise CannotFit(limit_bytes)


def _is_felt(facts: ClipFacts, how: Attempt, limit_bytes: int, share: float) -> bool:
    """Whether less would have been given up without the limit, of which a share is used."""
    if how.shorter_side < _sides(facts)[0] or how.passes > 1:
        return True
    if facts.picture_plays_everywhere:
        return facts.size_bytes > limit_bytes
    # It had to be encoded anyhow: where little of the limit is used, that held nothing back.
    return share > _HELD_BACK_SHARE


async def _size_bytes(file: Path) -> int:
    return (await asyncio.to_thread(file.stat)).st_size
