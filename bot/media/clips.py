"""What a clip really is: found by decoding all of it, never by believing its header or its name."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, replace
from pathlib import Path

from bot.media.errors import ChildOverran, NotPlayable
from bot.media.ffmpeg import Ffmpeg, clip_input, complaint

MAX_CLIP_BYTES = 200 * 1024**2
MAX_SECONDS = 120
MAX_SIDE = 4096

_MAX_BOXES = 10_000

# As ffmpeg describes its input: two spaces more, where text from inside the clip has four or more.
_VIDEO = re.compile(
    r"^\[info\]   Stream #0:\d+.*?: Video: (?P<codec>\w+)"
    r".*?, (?P<pixel_format>\w+)(?:\(.*?\))?, (?P<width>\d+)x(?P<height>\d+)",
    re.MULTILINE,
)
_LENGTH = re.compile(r"^\[info\]   Duration: (\d+):(\d+):(\d+\.\d+)", re.MULTILINE)
_AUDIO = re.compile(r"^\[info\]   Stream #0:\d+.*?: Audio: (?P<codec>\w+)", re.MULTILINE)
_FRAMES = re.compile(r"^frame=\s*(\d+)", re.MULTILINE)
_MICROSECONDS = re.compile(r"^out_time_us=(\d+)", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class ClipFacts:
    """What decoding a clip showed."""

    width: int
    height: int
    """In pixels, as stored; a clip may ask to be shown turned."""
    seconds: float
    frames: int
    codec: str
    pixel_format: str
    audio_codec: str | None
    is_faststart: bool
    """The index stands before the pictures, so that playing starts before the download ends."""
    size_bytes: int

    @property
    def has_audio(self) -> bool:
        """Whether it has a sound track."""
        return self.audio_codec is not None

    @property
    def plays_everywhere(self) -> bool:
        """Whether every Discord client decodes it."""
        return (
            self.codec == "h264"
            and self.pixel_format == "yuv420p"
            and self.audio_codec in {None, "aac"}
        )


async def probe(ffmpeg: Ffmpeg, clip: Path, *, is_proven: bool = False) -> ClipFacts:
    """Decode the whole clip and return its facts. Raises NotPlayable.

    A clip that is proven was decoded before, and is only read through.
    """
    boxes = await asyncio.to_thread(_top_level_boxes, clip)
    how = ("-c", "copy") if is_proven else ("-fps_mode", "passthrough")
    try:
        ended = await ffmpeg.run(
            "-xerror",
            *clip_input(clip),
            *("-map", "0:V:0", "-map", "0:a:0?", *how),
            *("-progress", "pipe:1", "-f", "null", "-"),
        )
    except ChildOverran as error:
        raise NotPlayable(f"decoding {error}") from error
    if ended.status != 0:
        raise NotPlayable(complaint(ended))
    words = ended.stderr.decode(errors="replace")
    facts = _facts(words, ended.stdout.decode(), clip, boxes)
    if is_proven and (length := _LENGTH.search(words)):
        # Read through, a clip seems to end where its last frame begins.
        hours, minutes, seconds = map(float, length.groups())
        facts = replace(facts, seconds=max(facts.seconds, hours * 3600 + minutes * 60 + seconds))
    _check_bounds(facts)
    return facts


def _facts(words: str, progress: str, clip: Path, boxes: list[bytes]) -> ClipFacts:
    declared, _, _ = words.partition("\n[info] Stream mapping:")
    video = _VIDEO.search(declared)
    audio = _AUDIO.search(declared)
    frames = _FRAMES.findall(progress)
    microseconds = _MICROSECONDS.findall(progress)
    if not (video and frames and microseconds):
        raise NotPlayable("no picture in it")
    return ClipFacts(
        width=int(video["width"]),
        height=int(video["height"]),
        seconds=int(microseconds[-1]) / 1_000_000,
        frames=int(frames[-1]),
        codec=video["codec"],
        pixel_format=video["pixel_format"],
        audio_codec=audio["codec"] if audio else None,
        is_faststart=boxes.index(b"moov") < boxes.index(b"mdat"),
        size_bytes=clip.stat().st_size,
    )


def _check_bounds(facts: ClipFacts) -> None:
    if facts.frames == 0 or facts.seconds == 0:
        raise NotPlayable("no frame in it")
    if facts.seconds > MAX_SECONDS:
        raise NotPlayable(f"{facts.seconds:.0f} s long")
    if max(facts.width, facts.height) > MAX_SIDE:
        raise NotPlayable(f"{facts.width} × {facts.height} pixels")


def _top_level_boxes(clip: Path) -> list[bytes]:
    """Return the names of the file's outermost MP4 boxes. Raises NotPlayable.

    A clip cut off between two frames decodes without an error; that its last box promises more
    bytes than there are is the only sign.
    """
    size_bytes = clip.stat().st_size
    if size_bytes > MAX_CLIP_BYTES:
        raise NotPlayable(f"{size_bytes} bytes")
    names: list[bytes] = []
    position = 0
    with clip.open("rb") as file:
        while position < size_bytes and len(names) < _MAX_BOXES:
            file.seek(position)
            header = file.read(16)
            if position == 0 and header[4:8] != b"ftyp":
                raise NotPlayable("no MP4")
            length = int.from_bytes(header[:4], "big")
            if length == 1:
                length = int.from_bytes(header[8:16], "big")
            elif length == 0:
                length = size_bytes - position
            if length < 8 or position + length > size_bytes:
                raise NotPlayable(f"box {header[4:8]!r} at byte {position} is cut off")
            names.append(header[4:8])
            position += length
    if not {b"moov", b"mdat"} <= set(names):
        raise NotPlayable(f"only the boxes {names[:8]}")
    return names
