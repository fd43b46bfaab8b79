"""What a command may ask of a guild's shield: who may not order, and which words are forbidden.

Each change is an act. Authority is checked before, where the moderator's permissions are known.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from bot.budget.clip_reports import ClipReports
from bot.budget.folding import fold
from bot.clock import Clock
from bot.errors import NoWord
from storage import blocks, strikes, words
from storage.blocks import Block as Block
from storage.blocks import Blocked as Blocked
from storage.database import Database
from storage.strikes import Strike as Strike
from storage.words import ForbiddenWord


@dataclass(frozen=True, kw_only=True)
class ShieldStanding:
    """How a member stands with the shield."""

    block: Block | None
    """In force."""
    strikes: tuple[Strike, ...]
    """Those that count, newest first."""


class ShieldService:
    """Blocks members, keeps a guild's words, and takes reports about clips."""

    def __init__(
        self,
        database: Database,
        reports: ClipReports,
        *,
        clock: Clock,
        wake_worker: Callable[[], None],
    ) -> None:
        self.reports = reports
        self._database = database
        self._clock = clock
        self._wake_worker = wake_worker

    async def block(
        self,
        guild_id: int,
        member_id: int,
        *,
        moderator_id: int,
        lasts: timedelta | None = None,
        reason: str | None = None,
    ) -> Block:
        """Let a member order nothing, and cancel what they have in line; say what stands now.

        That is the block in force, where it ends no earlier than this one would.
        """
        now = self._clock()
        stands = await self._database.run(
            blocks.block_member,
            guild_id,
            member_id,
            moderator_id,
            until=None if lasts is None else now + lasts,
            reason=reason,
            now=now,
        )
        self._wake_worker()
        return stands

    async def unblock(
        self, guild_id: int, member_id: int, *, moderator_id: int, reason: str | None = None
    ) -> Block | None:
        """Lift whatever keeps a member from ordering, and return it; None where nothing did.

        Their strikes count no more.
        """
        return await self._database.run(
            blocks.lift, guild_id, member_id, moderator_id, reason=reason, now=self._clock()
        )

    async def blocked(self, guild_id: int) -> tuple[Blocked, ...]:
        """Who may order nothing, newest first, at most 25."""
        return tuple(await self._database.read(blocks.of_guild, guild_id, now=self._clock()))

    async def standing(self, guild_id: int, member_id: int) -> ShieldStanding:
        """How one member stands."""
        now = self._clock()
        found = await self._database.read(strikes.of_member, guild_id, member_id)
        return ShieldStanding(
            block=await self._database.read(blocks.of_member, guild_id, member_id, now=now),
            strikes=tuple(strike for strike in found if strike.counts(now)),
        )

    async def words(self, guild_id: int) -> tuple[ForbiddenWord, ...]:
        """What no prompt may contain."""
        return tuple(await self._database.read(words.of_guild, guild_id))

    async def forbid(self, guild_id: int, word: str, *, moderator_id: int) -> bool:
        """Forbid a word; False where it was before. Raises NoWord, TooManyWords."""
        new = ForbiddenWord(word=word.strip(), folded=_folded(word))
        return await self._database.run(words.add, guild_id, moderator_id, new, now=self._clock())

    async def allow(self, guild_id: int, word: str, *, moderator_id: int) -> bool:
        """Allow a word again; False where it was allowed. Raises NoWord."""
        return await self._database.run(
            words.remove, guild_id, moderator_id, _folded(word), now=self._clock()
        )


def _folded(word: str) -> str:
    folded = fold(word)
    if not folded:
        raise NoWord
    return folded
