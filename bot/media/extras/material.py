"""The clips an extra is made of, and how the clip it becomes is written."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.media.clip_facts import ClipFacts
from bot.media.clips import MAX_CLIP_BYTES, probe
from bot.media.encoding import NAMELESS, mp4_output
from bot.media.errors import ChildOverran, NotPlayable
from bot.media.ffmpeg import Ffmpeg, clip_input, complaint
from bot.media.fitting import fit
from bot.media.showing import sized

SOUND_RATE = 48_000
LONGEST_SHORT_SIDE = 1080
_HIGHEST_RATE = 60.0
_LOWEST_RATE = 5.0

_PICTURE = (
    *("-c:v", "libx264", "-preset", "veryfast", "-crf", "20"),
    *("-pix_fmt", "yuv420p", "-threads", "2"),
)
_SOUND = ("-c:a", "aac", "-b:a", "160k", "-ac", "2", "-ar", str(SOUND_RATE))


@dataclass(frozen=True)
class Material:
    """A clip as every player shows it: H.264, upright, square pixels."""

    path: Path
    facts: ClipFacts

    @property
    def input(self) -> tuple[str, ...]:
        """The arguments that open it."""
        return clip_input(self.path)

    @property
    def seconds(self) -> float:
        """How long it is."""
        return self.facts.seconds

    @property
    def rate(self) -> float:
        """Frames a second at the densest, kept sane where the clip's own are not."""
        rate = self.facts.rate or round(self.facts.frames / self.facts.seconds, 3)
        return max(_LOWEST_RATE, min(rate, _HIGHEST_RATE))

    @property
    def frames(self) -> int:
        """How many frames it has at that rate."""
        return round(self.seconds * self.rate)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in even pixels, the shorter at most 1080."""
        scale = min(1.0, LONGEST_SHORT_SIDE / min(self.facts.width, self.facts.height))
        return even(self.facts.width * scale), even(self.facts.height * scale)


def even(length: float) -> int:
    """The nearest even number of pixels, as H.264 takes it."""
    return max(2, round(length / 2) * 2)


async def material(ffmpeg: Ffmpeg, clip: Path, folder: Path) -> Material:
    """Open a stored clip, whatever it came as, as something to work with.

    Raises NotPlayable, CannotFit.
    """
    facts = await probe(ffmpeg, clip, is_proven=True)
    if facts.plays_everywhere:
        return Material(clip, facts)
    # Each has a folder of its own: two clips that are both re-encoded would get the same name.
    own = Path(tempfile.mkdtemp(dir=folder))
    played = (await fit(ffmpeg, clip, limit_bytes=MAX_CLIP_BYTES, folder=own)).path
    return Material(played, await probe(ffmpeg, played, is_proven=True))


def picture(number: int, clip: Material, size: tuple[int, int], rate: float) -> str:
    """The filters that bring the picture of an input to a size, an even rate and BT.709.

    Where the sound goes on after the picture, the last frame is held as long.
    """
    steps = [
        *(f"[{number}:V:0]fps={rate}:start_time=0", *sized(clip.facts, size)),
        *("tpad=stop_mode=clone:stop=-1", f"trim=end={round(clip.seconds * rate) / rate:.6f}"),
    ]
    return ",".join(steps)


def sound(number: int, made_of: Material) -> str:
    """The filters that bring the sound of an input, or silence, to the length of its picture."""
    if not made_of.facts.has_audio:
        return f"anullsrc=r={SOUND_RATE}:cl=stereo,atrim=end={made_of.seconds}"
    return (
        f"[{number}:a:0]aresample={SOUND_RATE}:first_pts=0,aformat=channel_layouts=stereo,"
        f"{cut_to(made_of.seconds)}"
    )


def cut_to(seconds: float) -> str:
    """The filters that make a sound exactly so long."""
    return f"apad=whole_dur={seconds},atrim=end={seconds},asetpts=PTS-STARTPTS"


async def write_clip(
    ffmpeg: Ffmpeg,
    inputs: Sequence[str],
    graph: Sequence[str],
    to: Path,
    *,
    has_sound: bool,
) -> Path:
    """Run filters whose ends are called v and, where there is sound, a, into an MP4.

    Raises NotPlayable.
    """
    streams = ("-map", "[v]", *(("-map", "[a]") if has_sound else ()))
    await run(
        ffmpeg,
        *inputs,
        *("-filter_complex", ";".join(graph)),
        *(*streams, *NAMELESS, *_PICTURE, *(_SOUND if has_sound else ())),
        *mp4_output(to),
    )
    return to


async def write_sound(
    ffmpeg: Ffmpeg, inputs: Sequence[str], graph: Sequence[str], to: Path
) -> Path:
    """Leave the picture of the first input as it is, and give it the sound called a."""
    await run(
        ffmpeg,
        *inputs,
        *("-filter_complex", ";".join(graph)),
        *("-map", "0:V:0", "-map", "[a]", *NAMELESS, "-c:v", "copy", *_SOUND),
        *mp4_output(to),
    )
    return to


async def run(ffmpeg: Ffmpeg, *arguments: str) -> None:
    """Run ffmpeg to a good end. Raises NotPlayable."""
    try:
        ended = await ffmpeg.run(*arguments)
    except ChildOverran as error:
        raise NotPlayable(f"making an extra {error}") from error
    if ended.status != 0:
        raise NotPlayable(complaint(ended))
