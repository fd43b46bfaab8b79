from __future__ import annotations

from functools import partialmethod

import pytest
from simcord import Env

from bot.discord.client import ZoetropeClient
from tests.bot.discord.club import Club, make_client
from tests.bot.workshop import Workshop


@pytest.fixture
def simcord_bot(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> ZoetropeClient:
    """The bot that simcord's own fixture, `simcord_env`, connects."""
    # It looks each 50 ms whether all is quiet, and of that would be most of a test's time.
    sooner = partialmethod(Env._settle_internal, idle=0.002)
    monkeypatch.setattr(Env, "_settle_internal", sooner)
    return make_client(workshop)


@pytest.fixture
def club(workshop: Workshop, simcord_bot: ZoetropeClient, simcord_env: Env) -> Club:
    # Real clips are made meanwhile, and for the five seconds it has a slow machine is too slow.
    simcord_env.settle_timeout = 60
    return Club(workshop, simcord_bot, simcord_env)
