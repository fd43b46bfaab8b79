"""A member who asks the moderators for credits, and a job that waits for them."""

from __future__ import annotations

import discord
from simcord import ChannelHandle, InteractionResult

from storage import asks, guilds
from storage.asks import Ask
from storage.errors import NotEnoughCredits
from tests.bot.discord.club import IMAGE, Club
from tests.bot.workshop import PRICE

ASK, APPROVE, APPROVE_50 = "Ask for credits", "Approve", "Approve · 50 credits"
OTHER, DENY = "Change amount …", "Deny …"
WHY = "a film for my sister"


async def with_log(club: Club) -> ChannelHandle:
    """Let moderators be asked in a channel of their own."""
    logs = club.guild.create_text_channel("mod-log")
    await club.workshop.database.run(guilds.change, club.guild.id, log_channel_id=logs.id)
    return logs


async def refused(club: Club) -> discord.Message:
    """The private answer to an order of somebody who lacks a credit."""
    await club.start_with(PRICE - 1)
    result = await club.animate()
    error = club.env.errors[-1]
    assert isinstance(getattr(error, "original", error), NotEnoughCredits)
    [said] = [message for message in [result.response, *result.followups] if message]
    return said.message


async def ask(club: Club, credits: str = "50", why: str = WHY) -> InteractionResult:
    """Let the member ask for credits."""
    shown = await club.member.click(await refused(club), label=ASK)
    return await club.member.submit_modal(shown, {"credits": credits, "why": why})


async def show_everything(club: Club) -> None:
    """Let somebody new ask for credits, and a moderator open each form about that."""
    logs = await with_log(club)
    await club.start_with(0)
    eve = club.guild.add_member(club.env.create_user("eve"))
    result = await eve.slash(club.channel, "animate", image=IMAGE, prompt="rain")
    assert club.env.errors
    shown = await eve.click(result.followups[0], label=ASK)
    await eve.submit_modal(shown, {"credits": "50", "why": WHY})
    for label in (OTHER, DENY):
        await club.moderator.click(logs.history()[0], label=label)


async def asked(club: Club) -> Ask:
    """The one question of the member, as it stands."""
    database = club.workshop.database
    [found] = await database.read(asks.of_member, club.guild.id, club.member.id, limit=9)
    return found


async def above_threshold(club: Club) -> None:
    """Let the member order what a moderator has to let begin; its thread is open, and its card."""
    database = club.workshop.database
    await database.run(guilds.change, club.guild.id, approval_credits=PRICE - 1)
    await club.animate(prompt="heavy rain")
    await club.visit()
    await club.visit()


async def keep_house(club: Club) -> None:
    """Do what is done every minute about cards."""
    cards = club.workshop.bench.ask_cards
    assert cards is not None
    now = club.workshop.clock()
    if await cards.is_due(now):
        await cards.do(now)


def said(result: InteractionResult) -> str:
    """The words of a private answer."""
    assert result.response is not None
    assert result.ephemeral
    return result.response.content


def notifies(club: Club, channel: ChannelHandle) -> list[object]:
    """Whom the messages posted in a channel notify, as Discord was told."""
    return [
        (request.json or {}).get("allowed_mentions")
        for request in club.env.http_requests
        if request.method == "POST" and request.path == f"/channels/{channel.id}/messages"
    ]


def direct(club: Club) -> list[str]:
    """What the bot wrote to the member directly."""
    return [message.content for message in club.member.user.dm_channel.history()]
