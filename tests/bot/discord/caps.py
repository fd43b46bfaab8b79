"""Caps of the guild in a club."""

from __future__ import annotations

from typing import Any

from storage import caps
from storage.cap_schema import CapScope
from storage.caps import Cap
from storage.periods import Period
from tests.bot.discord.club import Club


async def limit(
    club: Club, scope: CapScope, subject: object = "", credits: int = 1, **changes: Any
) -> None:
    fields: dict[str, Any] = {"period": Period.MONTH, **changes}
    one = Cap(guild_id=club.guild.id, scope=scope, subject=str(subject), credits=credits, **fields)
    await club.workshop.database.run(caps.set_cap, one)
