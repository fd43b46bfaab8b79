from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.playground.places import Channel, User
from tests.end_to_end.stage import Stage


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """One running bot for all tests here that keep to a channel and a member of their own.

    All others run on its loop as well, so that its playground answers as long as it lives.
    """
    async with Stage.open(tmp_path_factory.mktemp("stage") / "data") as stage, stage.bot():
        yield stage
        assert [line for line in stage.said("error") if "step failed" in line] == []


@pytest.fixture
def channel(stage: Stage) -> Channel:
    return stage.new_channel()


@pytest.fixture
def member(stage: Stage) -> User:
    return stage.new_member()


@pytest.fixture
def moderator(stage: Stage) -> User:
    return stage.playground.world.user_named("Moderator")
