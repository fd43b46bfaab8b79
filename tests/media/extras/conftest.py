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


@pytest.fixture(scope="session")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Opened:
    """Opens each clip once; `test_material` is what looks at how."""
    known: dict[tuple[Path, int], Material] = {}
    folder = tmp_path_factory.mktemp("opened")

    async def open_clip(clip: Path) -> Material:
        version = clip, _written_at(clip)
        if version not in known:
            known[version] = await material(Ffmpeg(Permits(), Work.EXTRA), clip, folder)
        return known[version]

    return open_clip


def _written_at(clip: Path) -> int:
    return clip.stat().st_mtime_ns
