"""A clip for places without video: a poster, or a small moving picture."""

from __future__ import annotations

import asyncio
import enum
from pathlib import Path

from bot.media.errors import CannotFit, NotPlayable
from bot.media.extras.errors import MomentOutside
from bot.media.extras.material import Material, run
from bot.media.ffmpeg import Ffmpeg
from bot.media.showing import labelled

MAX_POSTER_BYTES = 200_000
PREVIEW_SECONDS = 6
PREVIEW_RATE = 12
_LONGEST_POSTER_SIDE = 1920
_POSTERS = ((2, 1.0), (4, 1.0), (8, 1.0), (8, 0.67), (14, 0.67), (14, 0.4), (31, 0.3))
"""What is tried, best first: ffmpeg's JPEG quality, where less is better, and the scale."""
_WEBP_QUALITIES = (70, 50, 30)


class Preview(enum.StrEnum):
    """A small moving picture without sound."""

    WEBP = "webp"
    GIF = "gif"

    @property
    def longest_side(self) -> int:
        """In pixels."""
        return 480 if self is Preview.WEBP else 320


async def poster(ffmpeg: Ffmpeg, clip: Material, to: Path, *, at_seconds: float) -> Path:
    """Write the frame that is shown at a moment as a JPEG of at most 200 kB.

    Raises MomentOutside, NotPlayable.
    """
    if not 0 <= at_seconds <= clip.seconds + 0.05:
        raise MomentOutside(at_seconds, clip.seconds)
    frame = to.with_suffix(".png")
    await _take_frame(ffmpeg, clip, frame, at_seconds)
    tries = [to.with_name(f"poster-{number}.jpg") for number in range(len(_POSTERS))]
    await run(
        ffmpeg,
        *("-protocol_whitelist", "file", "-f", "png_pipe", "-i", f"file:{frame}"),
        *(
            word
            for wanted, path in zip(_POSTERS, tries, strict=True)
            for word in _jpeg(clip, *wanted, path)
        ),
    )
    for path in tries:
        if (await asyncio.to_thread(path.stat)).st_size <= MAX_POSTER_BYTES:
            return await asyncio.to_thread(path.replace, to)
    raise CannotFit(MAX_POSTER_BYTES)


async def _take_frame(ffmpeg: Ffmpeg, clip: Material, frame: Path, at_seconds: float) -> None:
    """Decode the second before the moment, each frame written over the last."""
    half_frame = 0.5 / clip.rate
    start = max(0.0, at_seconds - 1.0)
    window = min(at_seconds, clip.seconds) - start + half_frame
    await run(
        ffmpeg,
        *("-ss", f"{start:.3f}", *clip.input, "-t", f"{window:.4f}"),
        *("-map", "0:V:0", "-vf", labelled(clip.facts), "-c:v", "png", "-threads", "1"),
        *("-update", "1", "-f", "image2", f"file:{frame}"),
    )
    if not await asyncio.to_thread(frame.is_file):
        raise NotPlayable(f"no frame at {at_seconds} s")


def _jpeg(clip: Material, quality: int, scale: float, path: Path) -> tuple[str, ...]:
    side = round(min(_LONGEST_POSTER_SIDE, max(clip.facts.width, clip.facts.height)) * scale)
    return (
        *("-map", "0:v:0", "-frames:v", "1", "-vf", _within(side)),
        *("-c:v", "mjpeg", "-threads", "1", "-pix_fmt", "yuvj420p", "-q:v", str(quality)),
        *("-update", "1", "-f", "image2", f"file:{path}"),
    )


async def preview(
    ffmpeg: Ffmpeg, clip: Material, to: Path, *, kind: Preview, limit_bytes: int
) -> Path:
    """Write the first six seconds as a small moving picture that repeats for ever.

    Raises CannotFit, NotPlayable.
    """
    small = f"{labelled(clip.facts)},fps={PREVIEW_RATE},{_within(kind.longest_side)}"
    for encoding in _webp(small) if kind is Preview.WEBP else _gif(small):
        await run(
            ffmpeg,
            *("-t", str(PREVIEW_SECONDS), *clip.input, "-an", "-map_metadata", "-1"),
            *(*encoding, "-loop", "0", "-f", kind.value, f"file:{to}"),
        )
        if (await asyncio.to_thread(to.stat)).st_size <= limit_bytes:
            return to
    raise CannotFit(limit_bytes)


def _webp(small: str) -> list[tuple[str, ...]]:
    # WebP has BT.601 alone: given RGB, its encoder sees to that.
    encoder = ("-map", "0:V:0", "-vf", small, "-c:v", "libwebp_anim", "-pix_fmt", "bgra")
    return [(*encoder, "-q:v", str(quality)) for quality in _WEBP_QUALITIES]


def _gif(small: str) -> list[tuple[str, ...]]:
    palette = "palettegen=stats_mode=diff[palette]"
    graph = (
        f"[0:V:0]{small},split[frames][seen];[seen]{palette};"
        "[frames][palette]paletteuse=dither=bayer:bayer_scale=4:diff_mode=rectangle[v]"
    )
    return [("-filter_complex", graph, "-map", "[v]")]


def _within(side: int) -> str:
    """Scale the longer side down to so many pixels; never up."""
    return (
        f"scale=w='min({side},iw)':h='min({side},ih)':force_original_aspect_ratio=decrease"
        ":force_divisible_by=2:flags=lanczos"
    )
