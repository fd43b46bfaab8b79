"""Tells moderators, in their log channel, how much of a cap is used; each alert once."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from bot.jobs.thread import ThreadGone, ThreadUnreachable
from bot.logs import get_logger
from storage import alerts, guilds
from storage.alerts import Alert
from storage.cap_schema import OWNER
from storage.database import Database

log = get_logger("alerts")


class AlertBoard(Protocol):
    """Where moderators read alerts; `bot.discord.alerts` provides it."""

    async def post(self, alert: Alert, *, channel_id: int) -> None:
        """Post an alert. Raises ThreadGone or ThreadUnreachable."""


class Alerting:
    """A chore: posts what was noted since the last look."""

    name = "alerts"

    def __init__(self, database: Database, board: AlertBoard) -> None:
        self._database = database
        self._board = board

    async def is_due(self, now: datetime) -> bool:
        """Whether there is anything nobody was told of."""
        return bool(await self._database.read(alerts.untold))

    async def do(self, now: datetime) -> None:
        """Tell of each alert; what Discord does not take now is tried again in a minute."""
        for alert in await self._database.read(alerts.untold):
            try:
                await self._tell(alert)
            except ThreadUnreachable as error:
                log.warning("an alert has to wait", guild=alert.guild_id, reason=str(error))
            else:
                await self._database.run(alerts.told, alert, now=now)

    async def _tell(self, alert: Alert) -> None:
        log.warning(
            "much of a cap is used",
            guild=alert.guild_id,
            scope=alert.scope.value,
            subject=alert.subject,
            period=alert.period.value,
            percent=alert.percent,
        )
        if alert.guild_id == OWNER:
            # The owner reads the log; what all guilds spend is no guild's business.
            return
        channel_id = await self._database.read(guilds.log_channel, alert.guild_id)
        if channel_id is None:
            return
        try:
            await self._board.post(alert, channel_id=channel_id)
        except ThreadGone as error:
            log.warning("no alert can be posted there", guild=alert.guild_id, reason=str(error))
