from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

import imageio_ffmpeg
import pytest
from PIL import Image

from bot.media.pictures import LIMITS, Pictures
from tests.media.certificates import Certificate
from tests.media.heic import heic_from_mp4
from tests.media.pictures import corners, saved, scan_bomb

MakeClip: TypeAlias = Callable[..., Path]


@pytest.fixture
def room() -> Pictures:
    """As the bot has it, but that it steps back for nobody: a busy machine would be too slow."""
    return Pictures(limits=replace(LIMITS, niceness=0))


@pytest.fixture(scope="session")
def make_clip(tmp_path_factory: pytest.TempPathFactory) -> MakeClip:
    """Make a small clip of moving test bars; further arguments go to ffmpeg's output."""

    def make(*options: str, source: str = "testsrc2=s=320x180:r=24:d=2") -> Path:
        clip = tmp_path_factory.mktemp("clip") / "clip.mp4"
        inputs = ("-f", "lavfi", "-i", source)
        _ffmpeg(*inputs, *("-pix_fmt", "yuv420p", "-preset", "veryfast"), *options, str(clip))
        return clip

    return make


@pytest.fixture(scope="session")
def clip(make_clip: MakeClip) -> Path:
    """H.264, yuv420p, faststart, silent: 48 frames of 320 × 180 in two seconds."""
    return make_clip("-movflags", "+faststart")


@pytest.fixture(scope="session")
def grainy_clip(make_clip: MakeClip) -> Path:
    """One second that is hard to compress: more than half a megabyte."""
    return make_clip(source="testsrc2=s=640x360:r=24:d=1,noise=alls=40:allf=t")


@pytest.fixture(scope="session")
def bomb() -> bytes:
    """A JPEG that a decoder would be at for minutes."""
    return scan_bomb()


@pytest.fixture(scope="session")
def heic(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The four corners as a phone held upright stores them: 192 × 256, lying on their side."""
    folder = tmp_path_factory.mktemp("heic")
    still, clip = folder / "still.png", folder / "still.mp4"
    still.write_bytes(saved(corners(size=(192, 256)).transpose(Image.Transpose.ROTATE_270), "PNG"))
    hevc = ("-c:v", "libx265", "-x265-params", "log-level=none", "-pix_fmt", "yuv420p")
    _ffmpeg("-i", str(still), *hevc, "-tag:v", "hvc1", str(clip))
    return heic_from_mp4(clip.read_bytes(), 256, 192, quarter_turns=1)


@pytest.fixture(scope="session")
def certificate() -> Certificate:
    return Certificate("clips.example", "cdn.example")


@pytest.fixture
def to(tmp_path: Path) -> Path:
    """Where a clip is downloaded to."""
    return tmp_path / "clip.part"


def _ffmpeg(*arguments: str) -> None:
    program = imageio_ffmpeg.get_ffmpeg_exe()
    subprocess.run([program, "-v", "error", "-nostdin", "-y", *arguments], check=True, timeout=60)
