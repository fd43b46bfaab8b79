"""Reads are repeated at once here: nothing is learnt from the pauses between them."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("providers.http.PAUSE_SECONDS", 0.001)
