"""A clip with another sound."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from bot.media.extras.material import SOUND_RATE, Material, cut_to, sound, write_sound
from bot.media.ffmpeg import Ffmpeg
from bot.media.sounds import Sound, prepare_sound

# What streaming services and phones settle on; the true peak leaves room for AAC.
_LOUDNESS = f"loudnorm=I=-16:TP=-1.5:LRA=11,aresample={SOUND_RATE}"
_ENDING_SECONDS = 0.4


async def with_sound(
    ffmpeg: Ffmpeg, clip: Material, data: bytes, to: Path, *, is_mixed: bool
) -> Sound:
    """Give a clip a member's sound, in place of its own or mixed with it; the picture stays.

    A longer sound is cut and fades out, a shorter one ends in silence. Returns the sound as it
    was prepared. Raises SoundError, NotPlayable.
    """
    with tempfile.TemporaryDirectory(dir=to.parent) as scratch:
        folder = Path(scratch)
        prepared = await prepare_sound(ffmpeg, data, longest_seconds=clip.seconds, folder=folder)
        mp3 = folder / "prepared.mp3"
        await asyncio.to_thread(mp3.write_bytes, prepared.mp3)
        graph = _graph(clip, prepared, is_mixed=is_mixed and clip.facts.has_audio)
        await write_sound(ffmpeg, (*clip.input, *_mp3_input(mp3)), graph, to)
    return prepared


def _mp3_input(mp3: Path) -> tuple[str, ...]:
    return ("-protocol_whitelist", "file", "-f", "mp3", "-i", f"file:{mp3.absolute()}")


def _graph(clip: Material, prepared: Sound, *, is_mixed: bool) -> list[str]:
    start = max(0.0, clip.seconds - _ENDING_SECONDS)
    fade = f",afade=t=out:st={start:.3f}:d={_ENDING_SECONDS}" if prepared.was_cut else ""
    given = f"[1:a:0]{_LOUDNESS},aformat=channel_layouts=stereo,{cut_to(clip.seconds)}{fade}"
    if not is_mixed:
        return [f"{given}[a]"]
    return [
        f"{given}[given]",
        f"{sound(0, clip)},{_LOUDNESS},{cut_to(clip.seconds)}[own]",
        f"[own][given]amix=inputs=2:duration=longest:normalize=0,{_LOUDNESS},"
        f"{cut_to(clip.seconds)}[a]",
    ]
