"""Tells moderators, in their log channel, that a provider refused too much of their guild."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from bot.jobs.thread import ThreadGone, ThreadUnreachable
from bot.logs import get_logger
from storage import guilds, strikes
from storage.database import Database
from storage.strikes import Brake

log = get_logger("shield")


class BrakeBoard(Protocol):
    """Where moderators read of it; `bot.discord.reports` provides it."""

    async def post_brake(self, brake: Brake, *, channel_id: int) -> None:
        """Post it. Raises ThreadGone or ThreadUnreachable."""


class Braking:
    """A chore: posts what was noted since the last look."""

    name = "brakes"

    def __init__(self, database: Database, board: BrakeBoard) -> None:
        self._database = database
        self._board = board

    async def is_due(self, now: datetime) -> bool:
        """Whether there is anything nobody was told of."""
        return bool(await self._database.read(strikes.untold_brakes))

    async def do(self, now: datetime) -> None:
        """Tell of each; what Discord does not take now is tried again."""
        for brake in await self._database.read(strikes.untold_brakes):
            log.warning("much was refused", guild=brake.guild_id, provider=brake.provider)
            channel_id = await self._database.read(guilds.log_channel, brake.guild_id)
            try:
                if channel_id is not None:
                    await self._board.post_brake(brake, channel_id=channel_id)
            except ThreadUnreachable as error:
                log.warning("the news has to wait", guild=brake.guild_id, reason=str(error))
                continue
            except ThreadGone as error:
                log.warning("it cannot be posted", guild=brake.guild_id, reason=str(error))
            await self._database.run(strikes.told_of_brake, brake)
