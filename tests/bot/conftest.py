from __future__ import annotations

import shutil
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import imageio_ffmpeg
import pytest
import structlog

from storage.database import Database
from storage.migrate import migrate
from tests.bot.workshop import Workshop
from tests.prepared import made_once


@pytest.fixture(scope="session", autouse=True)
def plain_logs() -> None:
    """Print events as they are; drawn tracebacks of ten frames each take longer than the tests."""
    structlog.configure(
        processors=[
            structlog.stdlib.add_log_level,
            structlog.dev.ConsoleRenderer(
                colors=False, exception_formatter=structlog.dev.plain_traceback
            ),
        ]
    )


def make_clip(folder: Path, source: str, *options: str) -> Path:
    clip = folder / "clip.mp4"
    program = imageio_ffmpeg.get_ffmpeg_exe()
    encoding = ("-pix_fmt", "yuv420p", "-movflags", "+faststart", *options, str(clip))
    command = [program, "-v", "error", "-f", "lavfi", "-i", source, *encoding]
    subprocess.run(command, check=True, timeout=60)
    return clip


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clip of a second that Discord plays, about 7 kB."""
    return make_clip(tmp_path_factory.mktemp("clip"), "testsrc2=s=64x64:r=12:d=1")


@pytest.fixture(scope="session")
def clip_bytes(clip: Path) -> bytes:
    return clip.read_bytes()


@pytest.fixture(scope="session")
def heavy_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clip that spends far more bytes than it needs, about 220 kB."""
    source = "testsrc2=s=320x180:r=12:d=2"
    return make_clip(tmp_path_factory.mktemp("clip"), source, "-crf", "1", "-preset", "ultrafast")


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database that was just made; copying it is quicker than every test making its own."""
    return made_once(tmp_path_factory, "empty.db", migrate)


@pytest.fixture
async def database(tmp_path: Path, empty_database: Path) -> AsyncIterator[Database]:
    shutil.copy(empty_database, tmp_path / "zoetrope.db")
    async with Database.open(f"sqlite:///{tmp_path}/zoetrope.db") as database:
        yield database


@pytest.fixture
def workshop(database: Database, tmp_path: Path, clip: Path) -> Workshop:
    return Workshop(database, tmp_path, clip)
