"""A job nobody can tell about, in a server whose moderators are asked."""

from __future__ import annotations

from dataclasses import replace

import discord

from bot.discord.cards import DiscordCards
from providers.errors import CannotTell
from storage.jobs import Job, JobState
from tests.bot.discord.club import Club, texts
from tests.scripted import ANSWER_LOST

RAN, NEVER, AGAIN = "It ran: deliver", "It never ran: close", "Run again …"
SURE = "Yes, run it again · 3 credits"
DECIDED = "That is decided already; the card says how."


def wire(club: Club) -> None:
    """Let the bot ask moderators, as `bot.app` does."""
    bench = club.workshop.bench
    club.workshop.bench = replace(bench, cards=DiscordCards(club.client, bench.catalogue))


async def lost(club: Club) -> Job:
    """A job nobody can tell about; its thread was told, and the moderators were asked."""
    club.workshop.provider.submits.append(ANSWER_LOST)
    await club.animate(prompt="heavy rain")
    while (await job_of(club)).state is not JobState.UNKNOWN:
        await club.visit()
    club.workshop.provider.finds.append(CannotTell("no look-up"))
    club.workshop.advance(seconds=club.workshop.provider.deadline_seconds + 1)
    await club.finish()
    return await job_of(club)


async def job_of(club: Club) -> Job:
    return (await club.jobs())[-1]


def card(club: Club) -> discord.Message:
    (message,) = [message for message in club.posts if "heavy rain" in texts(message)]
    return message
