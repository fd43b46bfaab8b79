from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

import providers.http
from tests.fakes.fake_server import FakeServer, FakeTask
from tests.providers.contract.asking import FAKES, PROVIDERS


@pytest.fixture(params=sorted(FAKES))
async def fake(request: pytest.FixtureRequest) -> AsyncIterator[FakeServer]:
    async with FAKES[request.param].open(make_clip) as fake:
        yield fake


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment without the keys of whoever runs the tests."""
    for kind in PROVIDERS.values():
        for name in kind.Settings.model_fields:
            monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(providers.http, "PAUSE_SECONDS", 0.001)


async def make_clip(task: FakeTask) -> bytes:
    return b"a clip"
