"""Takes a clip the way a provider's goes: looked at, made to fit, and looked at again."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.media.clips import probe
from bot.media.errors import CannotFit, NotPlayable
from bot.media.ffmpeg import Ffmpeg
from bot.media.fitting import fit
from tests.media.hostile.case import SECRET

LIMIT_BYTES = 200_000
PLAYABLE, NOT_PLAYABLE = "playable", "not playable"


async def posted(ffmpeg: Ffmpeg, data: bytes, ending: str, folder: Path) -> str:
    """`PLAYABLE`, `NOT_PLAYABLE`, or what went wrong; whatever is no ClipError goes through."""
    clip = folder / f"clip.{ending}"
    await asyncio.to_thread(clip.write_bytes, data)
    try:
        await probe(ffmpeg, clip)
    except NotPlayable:
        end = NOT_PLAYABLE
    else:
        end = await _fitted(ffmpeg, clip, folder)
    left = {file.name for file in await asyncio.to_thread(lambda: list(folder.iterdir()))}
    return end if left <= {clip.name, "fitted.mp4"} else f"{end}, leaving {left}"


async def _fitted(ffmpeg: Ffmpeg, clip: Path, folder: Path) -> str:
    try:
        fitted = await fit(ffmpeg, clip, limit_bytes=LIMIT_BYTES, folder=folder)
    except (NotPlayable, CannotFit) as error:
        return f"played, and then {error!r}"
    if fitted.path == clip:
        return PLAYABLE
    facts = await probe(ffmpeg, fitted.path)
    if not facts.plays_everywhere or facts.size_bytes > LIMIT_BYTES:
        return f"posted as {facts}"
    data = await asyncio.to_thread(fitted.path.read_bytes)
    return "it told" if SECRET in data else PLAYABLE
