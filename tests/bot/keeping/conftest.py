from __future__ import annotations

from pathlib import Path

import pytest

from tests.bot.clock import StillClock
from tests.bot.workshop import Workshop


@pytest.fixture
def clock(workshop: Workshop) -> StillClock:
    """Noon of the first of March."""
    return workshop.clock


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The database the workshop runs on."""
    return tmp_path / "zoetrope.db"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where scheduled backups go."""
    return tmp_path / "backups"
