"""Alerts as moderators read them in their log channel."""

from __future__ import annotations

import hashlib

import discord

from bot.cap_words import alert_sentence
from bot.discord.calls import reliably
from bot.jobs.thread import ThreadGone
from storage.alerts import Alert

NONCE_CHARS = 24


class DiscordAlerts:
    """Implements `bot.budget.alerting.AlertBoard`."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client

    async def post(self, alert: Alert, *, channel_id: int) -> None:
        """Post an alert; repeated within minutes, Discord shows it once."""
        place = self._client.get_partial_messageable(channel_id, guild_id=alert.guild_id)
        nonce = _nonce(alert)
        try:
            await reliably(
                lambda: place.send(
                    alert_sentence(alert),
                    nonce=nonce,
                    allowed_mentions=discord.AllowedMentions.none(),
                )
            )
        except discord.HTTPException as error:
            raise ThreadGone(str(error)) from error


def _nonce(alert: Alert) -> str:
    named = (alert.guild_id, alert.scope, alert.subject, alert.period, alert.start, alert.percent)
    return hashlib.sha256(repr(named).encode()).hexdigest()[:NONCE_CHARS]
