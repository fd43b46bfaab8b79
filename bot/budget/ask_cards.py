"""Keeps the moderators' cards as the questions stand, and tells members what was answered.

Whoever changes a question brings its card up to date at once; what a crash or Discord left undone
is done by the chore.
"""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import datetime
from typing import Protocol

from bot.budget.dossier import Dossier, open_dossier
from bot.clock import Clock
from bot.jobs.thread import ThreadError, ThreadGone
from bot.logs import get_logger
from storage import asks, guilds
from storage.asks import Ask, AskKind, AskState
from storage.database import Database

log = get_logger("asks")


class AskBoard(Protocol):
    """Where moderators answer and members are told; `bot.discord.asking` provides it.

    All of it is safe to repeat, and raises ThreadGone or ThreadUnreachable.
    """

    async def post(self, dossier: Dossier, *, channel_id: int) -> int:
        """Post a card once, and return the message's id."""
        ...

    async def show(self, dossier: Dossier) -> None:
        """Bring a posted card up to date."""
        ...

    async def tell(self, dossier: Dossier) -> None:
        """Tell a member, once, what became of a question for credits."""
        ...


class AskCards:
    """A chore too: posts cards that are missing, and settles those of questions that are over."""

    name = "asks"

    def __init__(self, database: Database, board: AskBoard, *, clock: Clock) -> None:
        self._database = database
        self._board = board
        self._clock = clock

    async def is_due(self, now: datetime) -> bool:
        """Whether a card does not say what it should."""
        return bool(await self._database.read(asks.unsettled, now=now))

    async def do(self, now: datetime) -> None:
        """Bring such cards up to date; what Discord does not take now is tried again."""
        await self._database.run(asks.expire_due, now=now)
        shut = set[int]()
        for asked in await self._database.read(asks.unsettled, now=now):
            # One refusal says enough: Discord shuts out whoever collects them.
            if asked.guild_id not in shut and not await self.update(asked.id):
                shut.add(asked.guild_id)

    async def update(self, ask_id: int) -> bool:
        """Bring one card up to date, or leave that to the chore; say whether it is."""
        try:
            return await self.bring_up_to_date(ask_id)
        except ThreadError as error:
            log.warning("a card has to wait", ask=ask_id, reason=str(error))
            return False

    async def bring_up_to_date(self, ask_id: int) -> bool:
        """Post a card that is missing; settle that of a question which is over.

        False where no place takes the card. Raises ThreadUnreachable.
        """
        asked = await self._database.read(asks.get, ask_id)
        if asked.state is AskState.OPEN:
            if asked.message_id is None and not await self._post(asked):
                return False
            # Somebody may have been quicker than what was just written down.
            asked = await self._database.read(asks.get, ask_id)
        if asked.state is not AskState.OPEN:
            await self._settle(asked)
        return True

    async def dossier(self, asked: Ask, *, with_history: bool) -> Dossier:
        """All that a card about a question shows."""
        return await open_dossier(
            self._database, asked.id, now=self._clock(), with_history=with_history
        )

    async def _post(self, asked: Ask) -> bool:
        log_channel = await self._database.read(guilds.log_channel, asked.guild_id)
        found = await self.dossier(asked, with_history=True)
        thread_id = found.job.thread_id if found.job else None
        for channel_id in (log_channel, thread_id):
            if channel_id is None:
                continue
            if channel_id != log_channel:
                # In the job's thread everybody reads along.
                found = await self.dossier(asked, with_history=False)
            try:
                message_id = await self._board.post(found, channel_id=channel_id)
            except ThreadGone as error:
                log.warning("no card can be posted there", ask=asked.id, reason=str(error))
                continue
            await self._keep(asked, channel_id, message_id)
            return True
        return False

    async def _settle(self, asked: Ask) -> None:
        # The history served to decide; there is no reason to leave it lying about.
        found = await self.dossier(asked, with_history=False)
        # Of a job its member is told by the job's own steps.
        if asked.kind is AskKind.CREDITS and asked.member_id > 0:
            await self._despite_loss(self._board.tell(found), asked)
        # Somebody else may have settled the card since the question was read.
        if found.ask.message_id is not None:
            await self._despite_loss(self._board.show(found), asked)
            # The card is as it stays, which is how the chore knows that nothing is left to do.
            await self._keep(asked, asked.channel_id, None)

    async def _despite_loss(self, doing: Awaitable[None], asked: Ask) -> None:
        """A card that was deleted is not missed, and whoever takes no messages is not told."""
        try:
            await doing
        except ThreadGone as error:
            log.info("an answer reaches nobody", ask=asked.id, reason=str(error))

    async def _keep(self, asked: Ask, channel_id: int | None, message_id: int | None) -> None:
        await self._database.run(
            asks.keep_card, asked.id, channel_id=channel_id, message_id=message_id
        )
