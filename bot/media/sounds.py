"""Members' sounds: whatever audio file was uploaded becomes a plain MP3, or a typed refusal."""

from __future__ import annotations

import asyncio
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bot.media.children import Ended
from bot.media.errors import (
    ChildOverran,
    DamagedSound,
    NotASound,
    SoundTooHeavy,
    SoundTooShort,
)
from bot.media.ffmpeg import Ffmpeg, complaint
from bot.media.kinds import Kind, kind_of

MAX_SOUND_BYTES = 25 * 1024**2
LEAST_SECONDS = 1.0

# Encoders pad the end of a sound by less than this; losing that much is no cut.
_PADDING_SECONDS = 0.1

_DEMUXERS = {
    Kind.MP3: "mp3",
    Kind.WAV: "wav",
    Kind.M4A: "mov",
    Kind.AAC: "aac",
    Kind.OGG: "ogg",
    Kind.FLAC: "flac",
}
# As ffmpeg describes its input: two spaces more, where text from inside the file has four or more.
_STREAM = r"^\[info\]   Stream #0:\d+.*?: "
_AUDIO = re.compile(_STREAM + "Audio: ", re.MULTILINE)
_MOVING_PICTURE = re.compile(_STREAM + r"Video: (?!.*\(attached pic\))", re.MULTILINE)
_MICROSECONDS = re.compile(r"^out_time_us=(\d+)", re.MULTILINE)


@dataclass(frozen=True)
class Sound:
    """A sound ready for any provider."""

    mp3: bytes
    """Stereo, 44.1 kHz, 128 kbit/s, without metadata."""
    seconds: float
    was_cut: bool
    """The uploaded sound went on for longer."""


async def prepare_sound(
    ffmpeg: Ffmpeg, data: bytes, *, longest_seconds: float, folder: Path
) -> Sound:
    """Turn an uploaded file into a sound, leaving nothing in the folder.

    Raises the narrowest SoundError.
    """
    if len(data) > MAX_SOUND_BYTES:
        raise SoundTooHeavy(len(data), MAX_SOUND_BYTES)
    demuxer = _demuxer(data)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        upload, mp3 = Path(scratch, "upload"), Path(scratch, "sound.mp3")
        await asyncio.to_thread(upload.write_bytes, data)
        heard_seconds = await _convert(ffmpeg, demuxer, upload, mp3, longest_seconds)
        return Sound(
            await asyncio.to_thread(mp3.read_bytes),
            min(heard_seconds, longest_seconds),
            was_cut=heard_seconds > longest_seconds + _PADDING_SECONDS,
        )


def _demuxer(data: bytes) -> str:
    kind = kind_of(data)
    # Phones mark a recorded sound as they mark a video; which it is shows only inside.
    if kind is Kind.VIDEO and data[4:8] == b"ftyp":
        kind = Kind.M4A
    if kind not in _DEMUXERS:
        raise NotASound
    return _DEMUXERS[kind]


async def _convert(
    ffmpeg: Ffmpeg, demuxer: str, upload: Path, mp3: Path, longest_seconds: float
) -> float:
    """Write the MP3, and return how many seconds were heard, at most one more than the longest."""
    try:
        ended = await ffmpeg.run(
            *_input(demuxer, upload),
            *_listened(longest_seconds + 1),
            *_written(longest_seconds, mp3),
        )
    except ChildOverran as error:
        raise DamagedSound(f"decoding {error}") from error
    _check_streams(ended)
    if ended.status != 0:
        raise DamagedSound(complaint(ended))
    return _heard_seconds(ended)


def _input(demuxer: str, upload: Path) -> tuple[str, ...]:
    return (
        # Tags of many makers stand at an MP3's end, and its decoder takes them for broken frames.
        *(() if demuxer == "mp3" else ("-xerror",)),
        *("-protocol_whitelist", "file", "-f", demuxer, "-threads", "2"),
        *("-i", f"file:{upload.absolute()}"),
    )


def _listened(seconds: float) -> tuple[str, ...]:
    """Decode a little more than is written: the lengths that files declare are guesses, or lies."""
    return ("-map", "0:a:0", "-t", str(seconds), "-progress", "pipe:1", "-f", "null", "-")


def _written(seconds: float, mp3: Path) -> tuple[str, ...]:
    return (
        *("-map", "0:a:0", "-t", str(seconds)),
        *("-c:a", "libmp3lame", "-b:a", "128k", "-ar", "44100", "-ac", "2"),
        # Without a tag there is no place for names, notes and covers.
        *("-f", "mp3", "-id3v2_version", "0", f"file:{mp3.absolute()}"),
    )


def _check_streams(ended: Ended) -> None:
    words = ended.stderr.decode(errors="replace")
    declared, _, _ = words.partition("\n[info] Stream mapping:")
    is_open = "\n[info] Input #0" in f"\n{declared}"
    if is_open and (_MOVING_PICTURE.search(declared) or not _AUDIO.search(declared)):
        raise NotASound


def _heard_seconds(ended: Ended) -> float:
    microseconds = _MICROSECONDS.findall(ended.stdout.decode())
    if not microseconds:
        raise DamagedSound("nothing to hear in it")
    seconds = int(microseconds[-1]) / 1_000_000
    if seconds < LEAST_SECONDS:
        raise SoundTooShort(seconds, LEAST_SECONDS)
    return seconds
