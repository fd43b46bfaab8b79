"""Asking one provider one thing, outside the running bot: whatever goes wrong is an answer too."""

from __future__ import annotations

import asyncio
import enum
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Generic, TypeVar

from pydantic import SecretStr

from bot.settings import BadSettings, load_provider_settings
from providers.base import Account, Provider, ProviderSettings
from providers.errors import CannotTell, KeyRefused, ProviderError

T = TypeVar("T")


class Why(enum.StrEnum):
    """Why a provider did not say what it was asked."""

    NO_KEY = "no_key"
    """Its settings are left empty: the owner does without it."""
    BAD_SETTINGS = "bad_settings"
    KEY_REFUSED = "key_refused"
    CANNOT_TELL = "cannot_tell"
    TOO_SLOW = "too_slow"
    UNREACHABLE = "unreachable"
    BROKE = "broke"
    """A fault in the provider's module."""


@dataclass(frozen=True)
class NoAnswer:
    """A provider that did not say what it was asked."""

    why: Why
    detail: str
    """For its owner; without the values of secret settings."""


@dataclass(frozen=True)
class Asked(Generic[T]):
    """A provider, and what it said."""

    kind: type[Provider]
    provider: Provider | None
    """What it declares under the owner's settings; None where it was not opened. It is closed."""
    answer: T | NoAnswer


async def account(provider: Provider) -> Account:
    """The question how the owner's account stands."""
    return await provider.account()


async def ask(
    kind: type[Provider],
    question: Callable[[Provider], Awaitable[T]],
    *,
    within_seconds: float,
) -> Asked[T]:
    """Open a provider, ask it, and close it; its trouble is an answer, and is never raised."""
    settings = provider = None
    try:
        settings = load_provider_settings(kind)
        if settings.missing:
            return Asked(kind, None, NoAnswer(Why.NO_KEY, settings.missing))
        async with asyncio.timeout(within_seconds), _opened(kind, settings) as provider:
            return Asked(kind, provider, await question(provider))
    except Exception as error:
        # A provider may be anybody's file, and its fault must not hide what the others say.
        detail = _without_secrets(str(error), settings)
        return Asked(kind, provider, NoAnswer(*_reading(error, detail)))


@asynccontextmanager
async def _opened(kind: type[Provider], settings: ProviderSettings) -> AsyncIterator[Provider]:
    """With an empty folder, because its own one belongs to the bot that runs."""
    with TemporaryDirectory(prefix="zoetrope-") as folder:
        async with kind(settings, Path(folder, kind.name)) as provider:
            yield provider


def _reading(error: Exception, detail: str) -> tuple[Why, str]:
    match error:
        case BadSettings():
            return Why.BAD_SETTINGS, detail
        case KeyRefused():
            return Why.KEY_REFUSED, detail
        case CannotTell():
            return Why.CANNOT_TELL, detail
        case TimeoutError():
            return Why.TOO_SLOW, detail
        case ProviderError():
            return Why.UNREACHABLE, detail
        case _:
            return Why.BROKE, type(error).__name__


def _without_secrets(text: str, settings: ProviderSettings | None) -> str:
    for _, value in settings or ():
        if isinstance(value, SecretStr) and value.get_secret_value():
            text = text.replace(value.get_secret_value(), "…")
    return text
