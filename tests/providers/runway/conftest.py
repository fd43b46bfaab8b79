from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PIL import Image

from providers import http
from providers.runway import RunwayProvider
from tests.fakes.fake_server import FakeTask
from tests.fakes.runway import FakeRunway
from tests.providers.runway.orders import Files, provider_at


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "PAUSE_SECONDS", 0.001)


async def _no_clip(task: FakeTask) -> bytes:
    return b"\0\0\0\x18ftypmp42"


@pytest.fixture
async def fake() -> AsyncIterator[FakeRunway]:
    async with FakeRunway.open(_no_clip) as fake:
        yield fake


@pytest.fixture
async def provider(fake: FakeRunway, tmp_path: Path) -> AsyncIterator[RunwayProvider]:
    async with provider_at(fake.url, tmp_path) as provider:
        yield provider


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    folder = tmp_path_factory.mktemp("files")
    files = Files(folder / "picture.jpg", folder / "last.jpg", folder / "audio.mp3")
    Image.new("RGB", (64, 36), "navy").save(files.picture)
    Image.new("RGB", (64, 36), "teal").save(files.last_frame)
    files.audio.write_bytes(b"ID3\x04" + bytes(600))
    return files
