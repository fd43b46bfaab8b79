"""A contact sheet: a clip's frames, evenly spaced, side by side in one picture."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.media.clips import probe
from bot.media.errors import ChildOverran, NotPlayable
from bot.media.ffmpeg import Ffmpeg, clip_input, complaint

_WIDTH = 1280
_GAP = 8
_GROUND = "0x1e1f22"


async def contact_sheet(
    ffmpeg: Ffmpeg, clip: Path, png: Path, *, columns: int = 4, rows: int = 3
) -> None:
    """Write a PNG, about 1280 pixels wide, of frames from the clip's first to its last.

    Raises NotPlayable.
    """
    facts = await probe(ffmpeg, clip)
    try:
        ended = await ffmpeg.run(
            *clip_input(clip),
            *("-map", "0:V:0", "-vf", _tiles(facts.frames, columns, rows), "-frames:v", "1"),
            *("-c:v", "png", "-threads", "2", "-f", "image2pipe", "-"),
        )
    except ChildOverran as error:
        raise NotPlayable(f"tiling {error}") from error
    if ended.status != 0 or not ended.stdout:
        raise NotPlayable(complaint(ended))
    await asyncio.to_thread(png.write_bytes, ended.stdout)


def _tiles(frames: int, columns: int, rows: int) -> str:
    chosen = "+".join(f"eq(n,{number})" for number in evenly_spaced(frames, columns * rows))
    width = (_WIDTH - _GAP * (columns + 1)) // columns
    return (
        f"select='{chosen}',scale={width}:-2:flags=lanczos,"
        f"tile={columns}x{rows}:padding={_GAP}:margin={_GAP}:color={_GROUND}"
    )


def evenly_spaced(frames: int, wanted: int) -> list[int]:
    """Return up to `wanted` different frame numbers, the first and the last among them."""
    if wanted == 1 or frames == 1:
        return [0]
    return sorted({round(at * (frames - 1) / (wanted - 1)) for at in range(wanted)})
