"""What members ask of the moderators, and how these answer: for credits, or that a job begins."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta

from bot.budget.ask_cards import AskCards
from bot.budget.desk import MOST_AT_ONCE
from bot.budget.dossier import Dossier, open_dossier
from bot.clock import Clock
from bot.errors import AmountOutOfRange
from bot.jobs.outcomes import Outcome
from storage import allowances, answers, asks
from storage.answers import Answered as Answered
from storage.asks import Ask as Ask
from storage.asks import AskKind as AskKind
from storage.asks import AskState as AskState
from storage.database import Database
from storage.giving import Giver

HISTORY = 5
LATELY = timedelta(days=30)


class AskingService:
    """Takes questions and answers, each answer once."""

    def __init__(
        self,
        database: Database,
        *,
        clock: Clock,
        wake_worker: Callable[[], None],
        cards: AskCards | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._wake_worker = wake_worker
        self._cards = cards

    async def ask(
        self,
        guild_id: int,
        member_id: int,
        credits: int,
        why: str,
        *,
        role_ids: Iterable[int] = (),
    ) -> Ask:
        """Ask for credits. Raises AmountOutOfRange, and AskedAlready while the last is open."""
        if not 1 <= credits <= MOST_AT_ONCE:
            raise AmountOutOfRange(1, MOST_AT_ONCE)
        now = self._clock()
        if roles := tuple(role_ids):
            await self._database.run(allowances.give, guild_id, member_id, roles, now=now)
        asked = await self._database.run(
            asks.for_credits, guild_id, member_id, credits, why.strip(), now=now
        )
        await self._show(asked)
        return asked

    async def check_may_ask(self, guild_id: int, member_id: int) -> None:
        """Raises AskedAlready while the last question for credits is open."""
        await self._database.read(asks.check_may_ask, guild_id, member_id, now=self._clock())

    async def pending(self, guild_id: int) -> tuple[Ask, ...]:
        """What waits for an answer, oldest first."""
        return tuple(await self._database.read(asks.pending, guild_id, now=self._clock()))

    async def look_up(self, ask_id: int) -> Ask:
        """One question as it stands. Raises AskNotFound."""
        return await self._database.read(asks.get, ask_id)

    async def of_job(self, job_id: str) -> Ask | None:
        """The question whether a job may begin; None where it needed none."""
        return await self._database.read(asks.of_job, job_id)

    async def history(self, guild_id: int, member_id: int) -> tuple[Ask, ...]:
        """What a member asked lately, newest first."""
        return tuple(await self._database.read(asks.of_member, guild_id, member_id, limit=HISTORY))

    async def last(self, guild_id: int, member_id: int) -> Dossier | None:
        """What a member asked lately for credits, with the answer; None where that is long ago."""
        now = self._clock()
        for asked in await self.history(guild_id, member_id):
            if asked.kind is AskKind.CREDITS and now - asked.created_at < LATELY:
                return await open_dossier(self._database, asked.id, now=now, with_history=False)
        return None

    async def grant(
        self, ask_id: int, *, giver: Giver, credits: int | None = None, reason: str | None = None
    ) -> Answered:
        """Grant what was asked for, or another amount; let a job begin. Counts once.

        Raises AskNotFound, AmountOutOfRange, GivingCeilingReached.
        """
        if credits is not None and not 1 <= credits <= MOST_AT_ONCE:
            raise AmountOutOfRange(1, MOST_AT_ONCE)
        asked = await self.look_up(ask_id)
        return await self._answer(asked, giver, credits or max(1, asked.credits), reason)

    async def deny(self, ask_id: int, *, giver: Giver, reason: str | None = None) -> Answered:
        """Grant nothing; a job that waits ends, and its hold is given back. Counts once."""
        return await self._answer(await self.look_up(ask_id), giver, 0, reason)

    async def keep_card(
        self, ask_id: int, *, channel_id: int | None, message_id: int | None
    ) -> None:
        """Remember where the moderators' card stands."""
        await self._database.run(
            asks.keep_card, ask_id, channel_id=channel_id, message_id=message_id
        )

    async def _answer(self, asked: Ask, giver: Giver, granted: int, reason: str | None) -> Answered:
        answered = await self._database.run(
            answers.answer,
            asked.id,
            giver,
            granted=granted,
            reason=reason,
            failure=Outcome.NOT_APPROVED.value,
            now=self._clock(),
        )
        if answered.ask.kind is AskKind.JOB:
            self._wake_worker()
        await self._show(answered.ask)
        return answered

    async def _show(self, asked: Ask) -> None:
        if self._cards is not None:
            await self._cards.update(asked.id)
