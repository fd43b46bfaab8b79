"""How a clip is made anew: H.264 in 8 bits with AAC, upright, its index first."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bot.logs import get_logger
from bot.media.clip_facts import MOST_FRAMES_A_SECOND, ClipFacts
from bot.media.errors import ChildOverran
from bot.media.ffmpeg import Ffmpeg, clip_input, complaint
from bot.media.showing import sized, whole

log = get_logger("media")

# A provider's notes, a place or a prompt perhaps, are no part of the clip.
NAMELESS = ("-map_metadata", "-1", "-map_chapters", "-1")
_STREAMS = ("-map", "0:V:0", "-map", "0:a:0?", *NAMELESS)
_H264 = (
    *("-c:v", "libx264", "-preset", "veryfast", "-profile:v", "high"),
    *("-pix_fmt", "yuv420p", "-threads", "2"),
)
_BUFFER_SHARE = 0.09
# The decoders that ffmpeg takes by itself leave out what stands beside the picture.
_ALPHA_DECODERS = {"vp8": "libvpx", "vp9": "libvpx-vp9"}


@dataclass(frozen=True)
class Attempt:
    """One way to encode the clip: the size of its frame and the bits it may spend."""

    shorter_side: int
    video_kilobits: int
    """A second."""
    passes: int
    audio_kilobits: int = 128
    is_poor: bool = False
    """It has fewer bits than it takes to look like the clip."""
    most_frames_a_second: int = MOST_FRAMES_A_SECOND


async def repack(ffmpeg: Ffmpeg, clip: Path, to: Path, facts: ClipFacts) -> bool:
    """Put the very picture into an MP4, with sound that plays; returns whether that worked."""
    sound = ("-c:a", "copy") if facts.sound_plays_everywhere else _aac(128)
    streams = (*clip_input(clip), *_STREAMS, "-c:v", "copy", *sound)
    return await _run(ffmpeg, *streams, *mp4_output(to))


async def encode(ffmpeg: Ffmpeg, clip: Path, to: Path, facts: ClipFacts, attempt: Attempt) -> bool:
    """Make the clip anew; returns whether time and memory were enough for it."""
    decoder = _ALPHA_DECODERS.get(facts.codec) if facts.has_alpha_beside else None
    steps = whole(facts, most_frames_a_second=attempt.most_frames_a_second)
    steps += sized(facts, frame_size(facts, attempt.shorter_side))
    picture = (*clip_input(clip, decoder), *_STREAMS, "-vf", ",".join(steps), *_H264)
    sound = _aac(attempt.audio_kilobits)
    rate = f"{attempt.video_kilobits}k"
    if attempt.passes == 1:
        # What the buffer holds at the start comes on top, and may be no large part of the whole.
        buffer = f"{attempt.video_kilobits * min(1.0, facts.seconds * _BUFFER_SHARE):.0f}k"
        capped = ("-crf", "23", "-maxrate", rate, "-bufsize", buffer)
        return await _run(ffmpeg, *picture, *capped, *sound, *mp4_output(to))
    statistics = ("-b:v", rate, "-passlogfile", str(to.with_suffix("")))
    return await _run(
        ffmpeg, *picture, *statistics, "-pass", "1", "-an", "-f", "null", "-"
    ) and await _run(ffmpeg, *picture, *statistics, "-pass", "2", *sound, *mp4_output(to))


def frame_size(facts: ClipFacts, shorter_side: int) -> tuple[int, int]:
    """Width and height, both even, of the clip as it is seen, with a shorter side of that many."""
    width, height = facts.shown
    scale = min(1.0, shorter_side / min(width, height))
    return int(width * scale + 0.5) // 2 * 2, int(height * scale + 0.5) // 2 * 2


def _aac(kilobits: int) -> tuple[str, ...]:
    return ("-c:a", "aac", "-b:a", f"{kilobits}k", "-ac", "2")


def mp4_output(to: Path) -> tuple[str, ...]:
    """The arguments that write an MP4 which starts to play before all of it is there."""
    return ("-movflags", "+faststart", "-f", "mp4", f"file:{to}")


async def _run(ffmpeg: Ffmpeg, *arguments: str) -> bool:
    try:
        ended = await ffmpeg.run(*arguments)
    except ChildOverran as error:
        log.warning("a clip was not encoded", reason=str(error))
        return False
    if ended.status != 0:
        log.warning("a clip was not encoded", reason=complaint(ended))
    return ended.status == 0
