"""What the settings of a deployment amount to: its open providers, and what they offer."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

from bot.errors import UnknownModel
from bot.jobs.catalogue import Catalogue
from bot.logs import get_logger
from bot.settings import BadSettings, Settings, load_provider_settings
from providers import load_providers
from providers.base import Provider

log = get_logger("app")


@asynccontextmanager
async def open_providers(settings: Settings) -> AsyncIterator[dict[str, Provider]]:
    """Open every provider whose keys are set, by name. Raises BadSettings."""
    async with AsyncExitStack() as stack:
        opened: dict[str, Provider] = {}
        for name, kind in load_providers().items():
            its_settings = load_provider_settings(kind)
            if its_settings.missing:
                log.debug("provider left closed", provider=name, missing=its_settings.missing)
                continue
            folder = settings.files_folder / "providers" / name
            opened[name] = await stack.enter_async_context(kind(its_settings, folder))
        yield opened


def make_catalogue(settings: Settings, providers: Mapping[str, Provider]) -> Catalogue:
    """Everything the open providers offer, at the owner's prices. Raises BadSettings."""
    try:
        return Catalogue(
            tuple(providers.values()),
            credit_microdollars=settings.credit_microdollars,
            prices=settings.price_overrides,
            default_model=settings.default_model,
        )
    except UnknownModel as error:
        raise BadSettings(
            f"PRICES or DEFAULT_MODEL names “{error.asked}”, which is no model here. "
            f"There are: {', '.join(error.known)}. Correct it in .env and start again."
        ) from error
