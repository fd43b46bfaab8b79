"""What is to be known about the bot itself: its settings and its database."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import assert_never

from bot.owner.checkup import Finding, Mark
from bot.settings import Settings
from storage.database import Standing, standing
from storage.errors import BadDatabaseUrl


def settings_findings(settings: Settings, providers: Collection[str]) -> Iterator[Finding]:
    """Say what the bot's own settings amount to. Discord is not asked."""
    if settings.discord_token.get_secret_value():
        text = "DISCORD_TOKEN is set. Whether Discord accepts it shows when the bot starts."
        yield Finding(Mark.GOOD, "discord_token", text)
    else:
        text = (
            "DISCORD_TOKEN is not set, so the bot cannot start. Copy it from the Bot page of your "
            "application in Discord's developer portal into .env."
        )
        yield Finding(Mark.BROKEN, "discord_token", text)
    if settings.public_url:
        text = (
            f"Providers report finished clips to PUBLIC_URL, {settings.public_url}, which must "
            f"lead to port {settings.port} of this machine."
        )
    else:
        text = (
            "PUBLIC_URL is not set: the bot asks the providers how its tasks stand, and learns of "
            "a finished clip a few seconds later."
        )
    yield Finding(Mark.NOTE, "public_url", text)
    strangers = {one.provider for one in settings.price_overrides} - set(providers)
    for name in sorted(strangers):
        text = (
            f"PRICES sets a price of “{name}”, which is no provider here, so it does nothing. "
            f"There are: {', '.join(sorted(providers))}."
        )
        yield Finding(Mark.WARNING, "prices", text)


async def database_finding(url: str) -> Finding:
    """Say how the database stands; the bot may be running on it."""
    try:
        stands = await standing(url)
    except BadDatabaseUrl as error:
        text = f"DATABASE_URL names nothing that can be used: {error}."
        return Finding(Mark.BROKEN, "database", text)
    file = url.removeprefix("sqlite:///")
    match stands:
        case Standing.MISSING:
            text = f"There is no database at {file} yet; the first start makes it."
            return Finding(Mark.NOTE, "database", text)
        case Standing.OLDER:
            text = f"The database {file} is of an older version; the next start updates it."
            return Finding(Mark.NOTE, "database", text)
        case Standing.CURRENT:
            return Finding(Mark.GOOD, "database", f"The database {file} can be read.")
        case _:
            assert_never(stands)
