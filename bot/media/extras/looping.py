"""A clip whose end is its beginning: the last part fades into the first."""

from __future__ import annotations

from pathlib import Path

from bot.media.extras.errors import TooShortToLoop
from bot.media.extras.material import Material, picture, sound, write_clip
from bot.media.ffmpeg import Ffmpeg

SHORTEST_FADE_SECONDS = 0.2
LONGEST_FADE_SECONDS = 3.0
# Of a clip that fades for longer, less is left than what is mixed.
_MOST_OF_IT = 1 / 3


def longest_fade(seconds: float) -> float:
    """For how long a clip may fade, in tenths of a second; 0 where it is too short to loop."""
    most = int(min(seconds * _MOST_OF_IT, LONGEST_FADE_SECONDS) * 10 + 1e-6) / 10
    return most if most >= SHORTEST_FADE_SECONDS else 0.0


async def loop(ffmpeg: Ffmpeg, clip: Material, to: Path, *, fade_seconds: float) -> Path:
    """Write a clip, shorter by the fade, that plays over and over without a jump.

    It begins where the fade ends, so that the last frame is followed by the very next one.
    Raises TooShortToLoop, NotPlayable.
    """
    most = longest_fade(clip.seconds)
    if not SHORTEST_FADE_SECONDS <= fade_seconds <= most:
        raise TooShortToLoop(clip.seconds, most)
    frames = max(1, round(fade_seconds * clip.rate))
    graph = _picture(clip, frames)
    if clip.facts.has_audio:
        graph += _sound(clip, frames / clip.rate)
    return await write_clip(ffmpeg, clip.input, graph, to, has_sound=clip.facts.has_audio)


def _picture(clip: Material, fade_frames: int) -> list[str]:
    seconds = fade_frames / clip.rate
    offset = (clip.frames - 2 * fade_frames) / clip.rate
    return [
        f"{picture(0, clip, clip.size, clip.rate)},split[all][again]",
        f"[all]trim=start_frame={fade_frames},setpts=PTS-STARTPTS[rest]",
        f"[again]trim=end_frame={fade_frames},setpts=PTS-STARTPTS[first]",
        f"[rest][first]xfade=transition=fade:duration={seconds:.6f}:offset={offset:.6f}[v]",
    ]


def _sound(clip: Material, seconds: float) -> list[str]:
    return [
        f"{sound(0, clip)},asplit[heard][once more]",
        f"[heard]atrim=start={seconds:.6f},asetpts=PTS-STARTPTS[later]",
        f"[once more]atrim=end={seconds:.6f},asetpts=PTS-STARTPTS[early]",
        # Two different moments are mixed: with straight lines they would dip halfway.
        f"[later][early]acrossfade=duration={seconds:.6f}:curve1=qsin:curve2=qsin[a]",
    ]
