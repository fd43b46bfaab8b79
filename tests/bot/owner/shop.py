"""Providers whose accounts a test writes down, for what the owner asks on the command line."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from pydantic import Field, SecretStr

from bot.owner.checkup import Checkup, Finding
from bot.owner.doctor import examine
from providers.base import Account, Provider, ProviderSettings, Usage
from providers.errors import CannotTell
from providers.model import VideoModel
from tests.scripted import FANCY, PLAIN, ScriptedProvider

KEY = "a-key-that-nobody-may-read"
TOKEN = "a-token-that-nobody-may-read"
RICH = Account("$99.00", 99_000_000)
"""The cheapest clip of a shop is 3 s of Plain: $0.0225."""


class ShopSettings(ProviderSettings):
    """As a provider with a key declares them."""

    shop_key: SecretStr = SecretStr("")
    shop_base_url: str = ""
    shop_max_running: int = Field(default=2, ge=1)

    @property
    def missing(self) -> str | None:
        """The key."""
        return None if self.shop_key.get_secret_value() else "SHOP_KEY"


class Never:
    """What is never answered."""


def shop(
    account: Account | Exception | Never = RICH,
    *,
    usage: Sequence[Usage] | Exception | None = None,
    models: tuple[VideoModel, ...] = (PLAIN, FANCY),
    name: str = "shop",
) -> dict[str, type[Provider]]:
    """A provider that tells this of its account, and of what it billed, by its name."""
    told_usage = CannotTell("shop") if usage is None else usage
    its_name, its_models = name, models

    class Shop(ScriptedProvider):
        name = its_name
        Settings = ShopSettings

        def __init__(self, settings: ProviderSettings, folder: Path) -> None:
            super().__init__(settings, folder)
            assert isinstance(settings, ShopSettings)
            self.max_running = settings.shop_max_running
            self.models = its_models

        async def account(self) -> Account:
            if isinstance(account, Never):
                await asyncio.Event().wait()
            if isinstance(account, Exception):
                raise account
            assert isinstance(account, Account)
            return account

        async def usage(self, since: date, until: date) -> list[Usage]:
            if isinstance(told_usage, Exception):
                raise told_usage
            return [one for one in told_usage if since <= one.day <= until]

    return {name: Shop}


async def bought_from(
    account: Account | Exception | Never = RICH, *, models: tuple[VideoModel, ...] = (PLAIN, FANCY)
) -> Checkup:
    """What the doctor says of a deployment with one shop."""
    return await examine(shop(account, models=models), within_seconds=5)


def found(checkup: Checkup, section: str, about: str) -> Finding:
    """The one finding of a section about that."""
    [finding] = [
        finding
        for part in checkup.sections
        if part.name == section
        for finding in part.findings
        if finding.about == about
    ]
    return finding
