from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from pydantic_settings import BaseSettings

import providers.http
from bot.settings import Settings
from providers import load_providers
from storage.migrate import migrate
from tests.bot.owner.shop import KEY, TOKEN
from tests.bot.owner.tampering import a_little_history, write


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


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with that history; every test gets a copy."""
    path = tmp_path_factory.mktemp("history") / "zoetrope.db"
    migrate(path)
    write(path, a_little_history)
    return path


@pytest.fixture
def database(history: Path, tmp_path: Path) -> Path:
    path = tmp_path / "data" / "zoetrope.db"
    path.parent.mkdir()
    shutil.copy(history, path)
    return path
