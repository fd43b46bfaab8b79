"""Runs ffmpeg in limited child processes, each with a permit."""

from __future__ import annotations

import signal
from dataclasses import dataclass, field
from pathlib import Path

import imageio_ffmpeg

from bot.media.children import Ended, Limits, run_child
from bot.media.clip_kinds import ClipKind
from bot.media.errors import ChildOverran
from bot.media.permits import Permits, Work

# Two minutes of 4K HEVC in 10 bits, 60 frames a second, were decoded in 155 s of processor time,
# encoded as 1080p in 270, and in 430 where they were HDR; as 720p with 30 frames a second in 180.
LIMITS = Limits(
    wall_seconds=360,
    cpu_seconds=600,
    memory_bytes=3 * 1024**3 // 2,
    file_bytes=256 * 1024**2,
    output_bytes=16 * 1024**2,
    niceness=10,
)

# Threads reserve address space: one per core would break the limit on a large machine.
_STANDING = (
    *("-hide_banner", "-nostdin", "-nostats", "-y", "-loglevel", "level+info"),
    *("-filter_threads", "2"),
)


# Where soft and hard limit are one, Linux is at once at the second.
_OUT_OF_TIME = (-signal.SIGXCPU, -signal.SIGKILL)


@dataclass(frozen=True)
class Ffmpeg:
    """Runs ffmpeg for one kind of work, each time with a permit."""

    permits: Permits = field(default_factory=Permits)
    work: Work = Work.CLIP
    limits: Limits = field(default=LIMITS, kw_only=True)
    program: str = field(default_factory=imageio_ffmpeg.get_ffmpeg_exe, kw_only=True)

    async def run(self, *arguments: str) -> Ended:
        """Run ffmpeg with these arguments after the standing ones. Raises ChildOverran."""
        command = [self.program, *_STANDING, *arguments]
        async with self.permits.permit(self.work):
            ended = await run_child(command, limits=self.limits)
        if ended.status in _OUT_OF_TIME:
            raise ChildOverran(f"ran out of {self.limits.cpu_seconds} s of processor time")
        return ended


def clip_input(clip: Path, decoder: str | None = None) -> tuple[str, ...]:
    """Return the arguments that open a file as the kind it was stored as, and as nothing else.

    Left to guess, ffmpeg opens a text file named .mp4 as a playlist and reads the files it names.
    """
    kind = ClipKind.named(clip) or ClipKind.MP4
    return (
        *("-protocol_whitelist", "file"),
        *("-f", kind.demuxer),
        *("-threads", "2"),
        *(("-c:v", decoder) if decoder else ()),
        *("-i", f"file:{clip.absolute()}"),
    )


def complaint(ended: Ended) -> str:
    """Return the first error ffmpeg named, for the operator's log."""
    for line in ended.stderr.decode(errors="replace").splitlines():
        _, level, words = line.partition("[error] ")
        if level:
            return words[:300]
    return f"ffmpeg ended with status {ended.status}"
