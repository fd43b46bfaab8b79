from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from bot.media.extras.material import Material, material
from bot.media.ffmpeg import Ffmpeg
from bot.media.permits import Permits, Work
from tests.media.extras.footage import Studio

Opened: TypeAlias = Callable[[Path], Awaitable[Material]]


@pytest.fixture(scope="session")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    return Studio(tmp_path_factory.mktemp("studio"))


@pytest.fixture(scope="session")
def bars(studio: Studio) -> Path:
    """Two seconds of moving bars, 192 × 108, 24 frames a second, with a tone of 440 Hz."""
    return studio.shoot("bars", hertz=440)


@pytest.fixture(scope="session")
def tall(studio: Studio) -> Path:
    """One and a half silent seconds of another shape and rate."""
    return studio.shoot("tall", size="90x160", rate=15, seconds=1.5)


@pytest.fixture
def ffmpeg() -> Ffmpeg:
    return Ffmpeg(Permits(), Work.EXTRA)


@pytest.fixture
def opened(ffmpeg: Ffmpeg, tmp_path: Path) -> Opened:
    async def open_clip(clip: Path) -> Material:
        return await material(ffmpeg, clip, tmp_path)

    return open_clip
