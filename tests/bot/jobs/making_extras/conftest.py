from __future__ import annotations

from pathlib import Path

import pytest

from bot.jobs.extras import ExtrasService
from bot.media.permits import Permits
from storage.jobs import Job
from tests.bot.jobs.making_extras.service import Board, delivered, make_service
from tests.bot.workshop import Workshop
from tests.media.extras.footage import Studio


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds with a tone."""
    return Studio(tmp_path_factory.mktemp("clip")).shoot("clip", size="64x64", rate=12, hertz=440)


@pytest.fixture
def board() -> Board:
    return Board()


@pytest.fixture
def permits() -> Permits:
    return Permits()


@pytest.fixture
def extras(workshop: Workshop, board: Board, permits: Permits) -> ExtrasService:
    return make_service(workshop, board, permits)


@pytest.fixture
async def job(workshop: Workshop) -> Job:
    await workshop.enrich(100)
    return await delivered(workshop, 1)
