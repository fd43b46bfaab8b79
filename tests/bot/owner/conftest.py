from __future__ import annotations

from pathlib import Path

import pytest
from pydantic_settings import BaseSettings

import providers.http
from bot.settings import Settings
from providers import load_providers
from tests.bot.owner.shop import KEY, TOKEN


@pytest.fixture(autouse=True)
def deployment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A folder of its own, the bot's token, the key of a shop, and no other setting."""
    known: list[type[BaseSettings]] = [Settings]
    known += [kind.Settings for kind in load_providers().values()]
    for name in {name.upper() for settings in known for name in settings.model_fields}:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DISCORD_TOKEN", TOKEN)
    monkeypatch.setenv("SHOP_KEY", KEY)
    monkeypatch.setattr(providers.http, "PAUSE_SECONDS", 0.001)
    monkeypatch.chdir(tmp_path)
