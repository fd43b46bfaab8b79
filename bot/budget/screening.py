"""What a guild's shield asks of an order before anything of it is fetched or set aside.

Whoever is blocked hears so here at once; what counts is asked again where the hold is taken.
"""

from __future__ import annotations

from datetime import datetime

from bot.budget.folding import forbidden_in
from bot.errors import ForbiddenPrompt, WrongChannelAge
from bot.jobs.order import Order
from storage import blocks, words
from storage.database import Database
from storage.guilds import GuildSettings
from storage.words import ForbiddenWord


async def screen(database: Database, order: Order, chosen: GuildSettings, *, now: datetime) -> None:
    """Let an order through. Raises MemberBlocked, WrongChannelAge or ForbiddenPrompt."""
    if not chosen.age_rule.allows(is_restricted=order.is_age_restricted):
        raise WrongChannelAge(chosen.age_rule)
    await database.read(blocks.check, order.guild_id, order.member_id, now=now)
    forbidden = await database.read(words.of_guild, order.guild_id)
    for text in (order.prompt, order.negative_prompt or ""):
        check_words(text, forbidden)


def check_words(text: str, forbidden: list[ForbiddenWord]) -> None:
    """Raises ForbiddenPrompt."""
    if forbidden and forbidden_in(text, forbidden):
        raise ForbiddenPrompt
