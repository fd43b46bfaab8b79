from __future__ import annotations

import pytest
from simcord import Env

from bot.discord.client import ZoetropeClient
from tests.bot.discord.club import Club, make_client
from tests.bot.workshop import Workshop


@pytest.fixture
def simcord_bot(workshop: Workshop) -> ZoetropeClient:
    """The bot that simcord's own fixture, `simcord_env`, connects."""
    return make_client(workshop)


@pytest.fixture
def club(workshop: Workshop, simcord_bot: ZoetropeClient, simcord_env: Env) -> Club:
    return Club(workshop, simcord_bot, simcord_env)
