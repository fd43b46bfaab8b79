"""What a command may ask of the ledger: look, grant, and choose what newcomers start with."""

from __future__ import annotations

from dataclasses import dataclass

from bot.clock import Clock
from bot.errors import AmountOutOfRange
from storage import guilds, jobs, ledger
from storage.database import Database
from storage.jobs import Job
from storage.ledger import Account, Entry

RECENT = 5
MOST_AT_ONCE = 1_000_000


@dataclass(frozen=True)
class Statement:
    """One member's account and what moved it lately, newest first."""

    account: Account
    jobs: tuple[Job, ...]
    entries: tuple[Entry, ...]


class CreditService:
    """Looks at accounts and gives credits."""

    def __init__(self, database: Database, *, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def statement(self, guild_id: int, member_id: int) -> Statement:
        """A member's credits; a new member's account is opened with the guild's starting grant."""
        account = await self._database.run(ledger.account, guild_id, member_id, now=self._clock())
        recent = await self._database.read(jobs.of_member, guild_id, member_id, limit=RECENT)
        entries = await self._database.read(ledger.entries, guild_id, member_id, limit=RECENT)
        return Statement(account, tuple(recent), tuple(entries))

    async def grant(
        self,
        *,
        guild_id: int,
        member_id: int,
        credits: int,
        moderator_id: int,
        reason: str | None,
        interaction_id: int,
    ) -> Account:
        """Give a member credits, once for each interaction. Raises AmountOutOfRange."""
        _check_amount(credits, least=1)
        return await self._database.run(
            ledger.grant,
            guild_id=guild_id,
            member_id=member_id,
            credits=credits,
            actor_id=moderator_id,
            reason=reason,
            source=f"grant:{interaction_id}",
            now=self._clock(),
        )

    async def starting_credits(self, guild_id: int) -> int:
        """What a new member of the guild starts with."""
        return await self._database.read(guilds.starting_credits, guild_id)

    async def set_starting_credits(self, guild_id: int, credits: int) -> None:
        """Choose what members who are new from now on start with. Raises AmountOutOfRange."""
        _check_amount(credits, least=0)
        await self._database.run(guilds.set_starting_credits, guild_id, credits)


def _check_amount(credits: int, *, least: int) -> None:
    if not least <= credits <= MOST_AT_ONCE:
        raise AmountOutOfRange(least, MOST_AT_ONCE)
