"""A look at the whole deployment, for its owner. It spends nothing and changes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence

from bot.deployment import make_catalogue
from bot.owner.asking import Asked, account, ask
from bot.owner.bot_check import database_finding, settings_findings
from bot.owner.checkup import Checkup, Finding, Mark, Section
from bot.owner.disk_check import disk_finding
from bot.owner.pricing import price_entries, price_findings
from bot.owner.provider_check import account_findings
from bot.settings import BadSettings, Settings, load_settings
from providers.base import Account, Provider
from providers.model import VideoModel

PATIENCE_SECONDS = 15.0
"""How long one provider may take."""


async def examine(
    kinds: Mapping[str, type[Provider]], *, within_seconds: float = PATIENCE_SECONDS
) -> Checkup:
    """Look at the settings, the database and these providers, of which anything may be broken."""
    async with asyncio.TaskGroup() as group:
        asking = [
            group.create_task(ask(kind, account, within_seconds=within_seconds))
            for kind in kinds.values()
        ]
    asked = [task.result() for task in asking]
    settings, findings = await _own_findings(kinds)
    offered, troubles = _offered(settings, asked)
    sections = [Section("The bot", (*findings, *troubles))]
    for one in asked:
        models = offered.get(one.kind.name, [])
        found = [*account_findings(one, models, within_seconds=within_seconds)]
        if one.provider is not None:
            overrides = settings.price_overrides if settings else ()
            found += price_findings(one.kind.name, models, overrides)
        sections.append(Section(one.kind.name, tuple(found)))
    return Checkup(tuple(sections), _prices_line(settings, offered))


async def _own_findings(
    kinds: Mapping[str, type[Provider]],
) -> tuple[Settings | None, list[Finding]]:
    try:
        settings = load_settings()
    except BadSettings as error:
        return None, [Finding(Mark.BROKEN, "settings", str(error))]
    found = [
        *settings_findings(settings, kinds),
        await database_finding(settings.database_url),
        await disk_finding(settings),
    ]
    return settings, found


def _offered(
    settings: Settings | None, asked: Sequence[Asked[Account]]
) -> tuple[dict[str, list[VideoModel]], list[Finding]]:
    """The models by provider at the owner's prices, or at ours where those cannot be used."""
    opened = {one.kind.name: one.provider for one in asked if one.provider is not None}
    offered = {name: list(provider.models) for name, provider in opened.items()}
    if settings is None:
        return offered, []
    try:
        catalogue = make_catalogue(settings, opened)
    except BadSettings as error:
        return offered, [Finding(Mark.BROKEN, "prices", str(error))]
    return {
        name: [choice.model for choice in catalogue.choices if choice.provider == name]
        for name in opened
    }, []


def _prices_line(settings: Settings | None, offered: Mapping[str, Sequence[VideoModel]]) -> str:
    assumed = [*_assumed(offered)]
    if settings is None or not assumed:
        return ""
    given = [entry for text in settings.prices.split(",") if (entry := text.strip())]
    return "PRICES=" + ", ".join(given + assumed)


def _assumed(offered: Mapping[str, Sequence[VideoModel]]) -> Iterator[str]:
    for provider, models in offered.items():
        for model in models:
            if model.price_note.is_assumed:
                yield from price_entries(provider, model)
