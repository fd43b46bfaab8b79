"""Clips to be delivered, which really play."""

from __future__ import annotations

import subprocess
from pathlib import Path

import imageio_ffmpeg


def make_clip(source: str, *options: str, folder: Path) -> bytes:
    """H.264 of one of ffmpeg's sources of pictures; further arguments go to its output."""
    clip = folder / "made.mp4"
    quiet = ("-hide_banner", "-loglevel", "error", "-nostdin", "-y")
    kind = ("-pix_fmt", "yuv420p", "-preset", "veryfast", "-movflags", "+faststart")
    program = imageio_ffmpeg.get_ffmpeg_exe()
    subprocess.run(
        [program, *quiet, "-f", "lavfi", "-i", source, *kind, *options, str(clip)], check=True
    )
    return clip.read_bytes()
