from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.bot.web.caller import Caller, caller
from tests.bot.workshop import Workshop


@pytest.fixture
async def calling(workshop: Workshop) -> AsyncIterator[Caller]:
    async with caller(workshop) as calling:
        yield calling
