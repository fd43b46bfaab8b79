"""Makes one extra of the clips it is to be made of."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import assert_never

from bot.jobs.extra import Beside, Extra, Join, Loop, Made, Moving, Mute, Poster, Soundtrack, Trim
from bot.jobs.extra_errors import AlreadySilent
from bot.media.clips import probe
from bot.media.errors import CannotFit
from bot.media.extras.looping import loop
from bot.media.extras.material import Material
from bot.media.extras.muting import mute
from bot.media.extras.pairing import join, side_by_side
from bot.media.extras.sounding import with_sound
from bot.media.extras.stills import poster, preview
from bot.media.extras.trimming import trim
from bot.media.ffmpeg import Ffmpeg


async def make(
    ffmpeg: Ffmpeg,
    extra: Extra,
    clip: Material,
    other: Material | None,
    to: Path,
    *,
    limit_bytes: int,
) -> Made:
    """Write an extra; of what shows no video, one that fits where that can be.

    Raises AlreadySilent, ClipError, ExtraError, SoundError or ChildOverran.
    """
    made = Made(extra=extra, path=to, name=to.name, seconds=None)
    match extra:
        case Poster():
            await poster(ffmpeg, clip, to, at_seconds=extra.seconds(clip.seconds))
            return made
        case Moving(kind=kind):
            # The last try stays: there may be a link to it.
            with suppress(CannotFit):
                await preview(ffmpeg, clip, to, kind=kind, limit_bytes=limit_bytes)
            return made
        case Loop(fade_seconds=fade_seconds):
            await loop(ffmpeg, clip, to, fade_seconds=fade_seconds)
        case Trim(from_seconds=start, to_seconds=end):
            await trim(ffmpeg, clip, to, from_seconds=start, to_seconds=end)
        case Soundtrack(upload=upload, is_mixed=is_mixed):
            sound = await with_sound(ffmpeg, clip, await upload(), to, is_mixed=is_mixed)
            made = replace(made, was_cut=sound.was_cut)
        case Mute():
            if not clip.facts.has_audio:
                raise AlreadySilent
            await mute(ffmpeg, clip, to)
        case Join():
            assert other is not None
            await join(ffmpeg, clip, other, to)
        case Beside():
            assert other is not None
            await side_by_side(ffmpeg, clip, other, to)
        case _:
            assert_never(extra)
    facts = await probe(ffmpeg, to, is_proven=True)
    return replace(made, seconds=facts.seconds)
