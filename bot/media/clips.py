"""What a clip really is: found by decoding all of it, never by believing its header."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from pathlib import Path

from bot.media.clip_facts import ClipFacts
from bot.media.clip_kinds import ClipKind
from bot.media.containers import check_whole
from bot.media.errors import ChildOverran, ClipTooHard, NotPlayable
from bot.media.ffmpeg import Ffmpeg, clip_input, complaint

MAX_CLIP_BYTES = 200 * 1024**2
MAX_SECONDS = 120
MAX_SIDE = 4096
LEAST_SIDE = 16

# As ffmpeg describes its input: two spaces more, where text from inside the clip has four or more.
_VIDEO = re.compile(
    r"^\[info\]   Stream #0:\d+.*?: Video: (?P<codec>\w+)"
    r".*?, (?P<pixel_format>\w+)(?:\((?P<colour>(?:[^()]|\([^()]*\))*)\))?"
    r", (?P<width>\d+)x(?P<height>\d+)(?P<more>.*)$",
    re.MULTILINE,
)
_LENGTH = re.compile(r"^\[info\]   Duration: (\d+):(\d+):(\d+\.\d+)", re.MULTILINE)
_AUDIO = re.compile(r"^\[info\]   Stream #0:\d+.*?: Audio: (?P<codec>\w+)", re.MULTILINE)
_ALPHA_BESIDE = re.compile(r"^\[info\] {7}alpha_mode +: 1$", re.MULTILINE | re.IGNORECASE)
_TURNED = re.compile(r"^\[info\] {7}Display Matrix: rotation of (-?\d+)", re.MULTILINE)
_PIXEL_RATIO = re.compile(r"SAR (\d+):(\d+)")
_RATE = re.compile(r" (\d+(?:\.\d+)?)(k?) tbr")
_FRAMES = re.compile(r"^frame=\s*(\d+)", re.MULTILINE)
_MICROSECONDS = re.compile(r"^out_time_us=(\d+)", re.MULTILINE)


async def probe(ffmpeg: Ffmpeg, clip: Path, *, is_proven: bool = False) -> ClipFacts:
    """Decode the whole clip and return its facts. Raises NotPlayable, where fitting ClipTooHard.

    A clip that is proven was decoded before, and is only read through.
    """
    size_bytes = (await asyncio.to_thread(clip.stat)).st_size
    if size_bytes > MAX_CLIP_BYTES:
        raise NotPlayable(f"{size_bytes} bytes")
    is_faststart = await asyncio.to_thread(check_whole, clip)
    # A decoder of several threads conceals damage near the end, now and then, unless it is told.
    care = () if is_proven else ("-err_detect:v", "explode")
    how = ("-c", "copy") if is_proven else ("-fps_mode", "passthrough")
    try:
        ended = await ffmpeg.run(
            *("-xerror", *care, *clip_input(clip)),
            *("-map", "0:V:0", "-map", "0:a:0?", *how),
            *("-progress", "pipe:1", "-f", "null", "-"),
        )
    except ChildOverran as error:
        raise ClipTooHard(f"decoding {error}") from error
    if ended.status != 0:
        raise NotPlayable(complaint(ended))
    words = ended.stderr.decode(errors="replace")
    facts = _facts(words, ended.stdout.decode(), clip)
    facts = replace(facts, is_faststart=is_faststart, size_bytes=size_bytes)
    if is_proven and (length := _LENGTH.search(words)):
        # Read through, a clip seems to end where its last frame begins.
        hours, minutes, seconds = map(float, length.groups())
        facts = replace(facts, seconds=max(facts.seconds, hours * 3600 + minutes * 60 + seconds))
    _check_bounds(facts)
    return facts


def _facts(words: str, progress: str, clip: Path) -> ClipFacts:
    declared, _, _ = words.partition("\n[info] Stream mapping:")
    video = _VIDEO.search(declared)
    audio = _AUDIO.search(declared)
    frames = _FRAMES.findall(progress)
    microseconds = _MICROSECONDS.findall(progress)
    kind = ClipKind.named(clip)
    if not (kind and video and frames):
        raise NotPlayable("no picture in it")
    turned = _TURNED.search(declared)
    return ClipFacts(
        kind=kind,
        width=int(video["width"]),
        height=int(video["height"]),
        is_upright=turned is None,
        is_on_its_side=turned is not None and abs(int(turned[1])) % 180 == 90,
        pixel_ratio=_pixel_ratio(video["more"]),
        # Read through, a clip of odd times has none to tell.
        seconds=int(microseconds[-1]) / 1_000_000 if microseconds else 0.0,
        frames=int(frames[-1]),
        rate=_rate(video["more"]),
        codec=video["codec"],
        pixel_format=video["pixel_format"],
        colour=video["colour"] or "",
        has_alpha_beside=_ALPHA_BESIDE.search(declared) is not None,
        audio_codec=audio["codec"] if audio else None,
        is_faststart=False,
        size_bytes=0,
    )


def _pixel_ratio(words: str) -> float:
    ratio = _PIXEL_RATIO.search(words)
    if ratio is None or "0" in ratio.groups():
        return 1.0
    width = int(ratio[1]) / int(ratio[2])
    # An odd size was made even somewhere: nobody sees the difference.
    return width if abs(width - 1) > 0.01 else 1.0


def _rate(words: str) -> float | None:
    rate = _RATE.search(words)
    return None if rate is None else float(rate[1]) * (1000 if rate[2] else 1)


def _check_bounds(facts: ClipFacts) -> None:
    if facts.frames < 2 or facts.seconds == 0:
        raise NotPlayable(f"{facts.frames} frames in {facts.seconds} s")
    if facts.seconds > MAX_SECONDS:
        raise ClipTooHard(f"{facts.seconds:.0f} s long")
    if max(facts.width, facts.height, *facts.shown) > MAX_SIDE:
        raise ClipTooHard(f"{facts.width} × {facts.height} pixels")
    if min(facts.shown) < LEAST_SIDE:
        raise NotPlayable(f"{facts.width} × {facts.height} pixels")
