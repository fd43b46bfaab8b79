"""Seeing and pressing previews."""

from __future__ import annotations

from dataclasses import replace

import discord
from discord import ui
from simcord import InteractionResult, MemberActor

from providers.model import Shape, Variant
from storage import guilds
from tests.bot.discord.club import Club
from tests.bot.discord.desk import now
from tests.bot.discord.lists import buttons, shown
from tests.bot.orders import picture
from tests.scripted import PLAIN

MAKE, PAD, CROP, NEVER = "Make it · 3 credits", "Pad instead", "Crop instead", "Never mind"
WIDE = ("wide.png", picture((640, 360)))
TALL = ("tall.png", picture((600, 1200)))
BOTH = replace(
    PLAIN,
    id="both-1",
    name="Both",
    variants=(Variant(microdollars=10_000, last_frame=True),),
    shapes=(Shape.LANDSCAPE,),
)


async def previewed(club: Club, **options: object) -> discord.Message:
    """Let the member ask for a preview, and return the card."""
    return shown(await club.animate(preview=True, **options))


async def press(
    club: Club, card: discord.Message, label: str, actor: MemberActor | None = None
) -> InteractionResult:
    return await (actor or club.member).click(card, label=label)


def card_now(club: Club, card: discord.Message) -> discord.Message:
    return now(club, card, club.member)


def beneath(result: InteractionResult) -> str:
    """What is said to the member alone, beneath the card."""
    (said,) = [each for each in result.followups if each.ephemeral]
    return said.content


async def pictures(card: discord.Message) -> list[bytes]:
    return [await attachment.read() for attachment in card.attachments]


async def copied(club: Club, card: discord.Message, label: str) -> discord.Message:
    """A message with a button of the card as it is now, which outlives the card."""
    copy = ui.View(timeout=None)
    copy.add_item(ui.Button(label=label, custom_id=buttons(card)[label]))
    copy.stop()
    place = club.client.get_partial_messageable(club.channel.id, guild_id=club.guild.id)
    return await place.send("a copy", view=copy)


def kept(club: Club) -> list[str]:
    folder = club.workshop.files.upload("")
    return sorted(path.name for path in folder.glob("*"))


def sent(club: Club) -> list[bytes]:
    """The picture the provider was given, and the last frame where there was one."""
    (request,) = club.workshop.provider.requests
    return [path.read_bytes() for path in (request.picture, request.last_frame) if path]


async def set_price(club: Club, percent: int) -> None:
    await club.workshop.database.run(guilds.change, club.guild.id, price_percent=percent)
