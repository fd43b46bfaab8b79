from __future__ import annotations

import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import imageio_ffmpeg
import pytest

from storage.database import Database
from tests.bot.workshop import Workshop


def make_clip(clip: Path, source: str) -> Path:
    program = imageio_ffmpeg.get_ffmpeg_exe()
    made = ("-f", "lavfi", "-i", source, "-pix_fmt", "yuv420p", "-movflags", "+faststart")
    subprocess.run([program, "-v", "error", *made, str(clip)], check=True, timeout=60)
    return clip


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clip of a second that Discord plays, about 7 kB."""
    return make_clip(tmp_path_factory.mktemp("clip") / "clip.mp4", "testsrc2=s=64x64:r=12:d=1")


@pytest.fixture(scope="session")
def heavy_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clip of noise, which takes many bytes."""
    noise = "color=gray:s=320x180:r=12:d=1,noise=alls=60:allf=t"
    return make_clip(tmp_path_factory.mktemp("clip") / "heavy.mp4", noise)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with Database.open(f"sqlite:///{tmp_path}/zoetrope.db") as database:
        yield database


@pytest.fixture
def workshop(database: Database, tmp_path: Path, clip: Path) -> Workshop:
    return Workshop(database, tmp_path, clip)
