"""Questions to the moderators on Discord: each card is posted once, and edited where it stands."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any, TypeVar

import discord

from bot.budget.dossier import Dossier
from bot.discord.calls import reliably
from bot.discord.direct import direct_id, write_once
from bot.discord.looking import already_there, post_once
from bot.discord.views.asking import AskCard, Reply, reply_id
from bot.discord.views.asking_text import ask_mark, told_text
from bot.jobs.catalogue import Catalogue
from bot.jobs.thread import ThreadGone, ThreadUnreachable

T = TypeVar("T")


class DiscordAskBoard:
    """Implements `bot.budget.ask_cards.AskBoard`."""

    def __init__(self, client: discord.Client, catalogue: Catalogue) -> None:
        self._client = client
        self._catalogue = catalogue

    async def post(self, dossier: Dossier, *, channel_id: int) -> int:
        """Post a card once, and return the message's id."""
        ask = dossier.ask
        place = self._client.get_partial_messageable(channel_id, guild_id=ask.guild_id)
        mark = reply_id(Reply.DENY, ask.id)
        return await _or_gone(
            post_once(
                lambda: already_there(place, mark),
                lambda: place.send(view=self._card(dossier), nonce=f"ask-{ask.id}"),
            )
        )

    async def show(self, dossier: Dossier) -> None:
        """Edit a posted card."""
        ask = dossier.ask
        assert ask.channel_id is not None
        assert ask.message_id is not None
        place = self._client.get_partial_messageable(ask.channel_id, guild_id=ask.guild_id)
        message = place.get_partial_message(ask.message_id)
        await _or_gone(reliably(lambda: message.edit(view=self._card(dossier))))

    async def tell(self, dossier: Dossier) -> None:
        """Write to the member directly: what they asked for is nobody else's business."""
        ask = dossier.ask
        guild = self._client.get_guild(ask.guild_id)
        if guild is None and not self._client.is_ready():
            raise ThreadUnreachable("the names of servers are not known yet")
        channel_id = await direct_id(self._client, ask.member_id)
        await _or_gone(
            write_once(
                self._client,
                channel_id,
                told_text(dossier, guild=guild.name if guild else None),
                is_it=lambda content: content.endswith(ask_mark(ask)),
                nonce=f"ask-{ask.id}-told",
                member_id=ask.member_id,
            )
        )

    def _card(self, dossier: Dossier) -> AskCard:
        job = dossier.job
        name = self._catalogue.name_of(job.provider, job.model) if job else ""
        return AskCard(dossier, name)


async def _or_gone(call: Coroutine[Any, Any, T]) -> T:
    """What Discord refuses for any other reason it will refuse again."""
    try:
        return await call
    except discord.HTTPException as error:
        raise ThreadGone(str(error)) from error
