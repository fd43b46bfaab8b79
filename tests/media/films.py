"""Small clips of every kind, made by ffmpeg."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import imageio_ffmpeg

# The four corners in colours of their own, so that a turn, a flip or a wrong colour shows.
CORNERS = (
    "color=gray:s=160x96:r=12:d=1,drawbox=0:0:80:48:red:fill,drawbox=80:0:80:48:lime:fill,"
    "drawbox=0:48:80:48:blue:fill"
)
SOUND = ("-f", "lavfi", "-i", "sine=d=1")
Film: TypeAlias = Callable[..., Path]
_QUICK = ("-deadline", "realtime", "-cpu-used", "8")
# Of several threads, most of the time is spent waiting for each other.
VP8 = ("-c:v", "libvpx", *_QUICK, "-b:v", "1M", "-threads", "1")
VP9 = ("-c:v", "libvpx-vp9", *_QUICK)


def ffmpeg_says(*arguments: str) -> str:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-y", *arguments]
    return subprocess.run(command, check=True, timeout=60, capture_output=True).stderr.decode()


def film(folder: Path, name: str, *options: str, source: str = CORNERS, sound: bool = True) -> Path:
    """Make a clip of a second, by default with a tone in it."""
    inputs = ("-f", "lavfi", "-i", source, *(SOUND if sound else ()))
    ffmpeg_says(*inputs, *options, str(folder / name))
    return folder / name
