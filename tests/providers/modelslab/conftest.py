"""A fake ModelsLab, and the provider that points at it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from providers.modelslab import ModelsLabProvider
from tests.fakes.fake_server import FakeTask
from tests.fakes.modelslab import FakeModelsLab
from tests.providers.modelslab.asking import opened


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("providers.http.PAUSE_SECONDS", 0.001)


@pytest.fixture
async def fake() -> AsyncIterator[FakeModelsLab]:
    async with FakeModelsLab.open(_clip) as server:
        yield server


@pytest.fixture
async def provider(fake: FakeModelsLab, tmp_path: Path) -> AsyncIterator[ModelsLabProvider]:
    async with opened(fake.environment, tmp_path) as one:
        yield one


async def _clip(task: FakeTask) -> bytes:
    return b"a clip"
