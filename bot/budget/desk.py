"""What a command may ask of a guild's budget: look, give, take, choose, and undo.

Whatever a moderator changes here is an act: who, whom, what, why and when. Authority is checked
before, where the moderator's permissions are known.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.budget.overview import ActsPage as ActsPage
from bot.budget.overview import Done as Done
from bot.budget.overview import Overview as Overview
from bot.budget.overview import Statement as Statement
from bot.budget.overview import forecast
from bot.budget.reporting import ReportingService
from bot.clock import Clock
from bot.errors import AmountOutOfRange, BadChoice
from bot.jobs.files import JobFiles
from storage import (
    acts,
    alerts,
    allowances,
    caps,
    choosing,
    giving,
    guilds,
    jobs,
    ledger,
    lots,
    plans,
    undoing,
)
from storage import month as months
from storage.acts import ActKind, Recorded
from storage.allowances import Allowance
from storage.caps import Cap
from storage.choosing import CapChoice as CapChoice
from storage.database import Database
from storage.giving import Giver as Giver
from storage.giving import Plan as Plan
from storage.guilds import GuildSettings
from storage.ledger import Account

RECENT = 5
MOST_AT_ONCE = 1_000_000
ACTS_ON_A_PAGE = 10
ALERTS_SHOWN = 5
AMOUNTS = {"starting_credits", "approval_credits", "giving_ceiling"}


class BudgetService:
    """Shows a guild's budget, and lets moderators change it."""

    def __init__(self, database: Database, files: JobFiles, *, clock: Clock) -> None:
        self.reports = ReportingService(database, files, clock=clock)
        self._database = database
        self._clock = clock

    async def statement(
        self, guild_id: int, member_id: int, *, role_ids: Iterable[int] = ()
    ) -> Statement:
        """A member's credits, with what their roles carry and they have not had yet.

        A new member's account is opened with the guild's starting grant.
        """
        database, now = self._database, self._clock()
        if roles := tuple(role_ids):
            await database.run(allowances.give, guild_id, member_id, roles, now=now)
        account = await database.run(ledger.account, guild_id, member_id, now=now)
        recent = await database.read(jobs.of_member, guild_id, member_id, limit=RECENT)
        entries = await database.read(ledger.entries, guild_id, member_id, limit=RECENT)
        expiring = await database.read(lots.of_member, guild_id, member_id)
        return Statement(account, tuple(recent), tuple(entries), tuple(expiring))

    async def overview(self, guild_id: int) -> Overview:
        """The guild's month at a glance."""
        now = self._clock()
        month = await self._database.read(months.so_far, guild_id, now=now)
        recent = await self._database.read(alerts.recent, guild_id, limit=ALERTS_SHOWN)
        return Overview(month=month, forecast=forecast(month, now=now), alerts=tuple(recent))

    async def settings(self, guild_id: int) -> GuildSettings:
        """All a guild has set, but for caps and allowances."""
        return await self._database.read(guilds.settings, guild_id)

    async def caps(self, guild_id: int) -> tuple[Cap, ...]:
        """A guild's caps. The subject of a member's is an account: `member_of_account` names it."""
        return tuple(await self._database.read(caps.of_guild, guild_id))

    async def member_of_account(self, account_id: int) -> int:
        """Whose an account is; below zero once they were forgotten."""
        return await self._database.read(ledger.member_of, account_id)

    async def allowances(self, guild_id: int) -> tuple[Allowance, ...]:
        """What a guild's roles carry."""
        return tuple(await self._database.read(allowances.of_guild, guild_id))

    def in_days(self, days: int) -> datetime:
        """When credits that last so many days expire."""
        return self._clock() + timedelta(days=days)

    async def plan_grant(
        self,
        guild_id: int,
        member_ids: Sequence[int],
        credits: int,
        *,
        giver: Giver,
        reason: str | None = None,
        expires_at: datetime | None = None,
    ) -> Plan:
        """Say whom a grant would give how much, and keep that for a day.

        Raises AmountOutOfRange, BadChoice, GivingCeilingReached.
        """
        blank = self._blank(ActKind.GRANT, guild_id, credits, giver, reason, expires_at)
        return await self._plan(blank, giver, member_ids, credits)

    async def plan_take(
        self,
        guild_id: int,
        member_ids: Sequence[int],
        credits: int,
        *,
        giver: Giver,
        reason: str | None = None,
    ) -> Plan:
        """Say from whom how much would be taken, never more than is available; keep it for a day.

        Raises AmountOutOfRange.
        """
        blank = self._blank(ActKind.TAKE, guild_id, credits, giver, reason)
        return await self._plan(blank, giver, member_ids, credits)

    async def carry_out(self, guild_id: int, plan_id: str, *, giver: Giver) -> Done:
        """Do exactly what a moderator was shown, or nothing; once, however often it is asked for.

        Raises PlanGone, PlanOutdated, GivingCeilingReached.
        """
        now = self._clock()
        number = await self._database.run(plans.carry_out, guild_id, plan_id, giver, now=now)
        act = await self.act(guild_id, number)
        concerned = [line.member_id for line in act.lines]
        available = await self._database.run(ledger.available, guild_id, concerned, now=now)
        return Done(act=act, available=available)

    async def grant(
        self,
        *,
        guild_id: int,
        member_id: int,
        credits: int,
        giver: Giver,
        reason: str | None,
        interaction_id: int,
        expires_at: datetime | None = None,
    ) -> Account:
        """Give one member credits, once for each interaction, and say how they stand.

        Raises AmountOutOfRange, BadChoice, GivingCeilingReached.
        """
        now = self._clock()
        blank = self._blank(ActKind.GRANT, guild_id, credits, giver, reason, expires_at)
        named = replace(blank, id=f"grant:{interaction_id}")
        await self._database.run(giving.at_once, named, giver, [member_id], credits, now=now)
        return await self._database.run(ledger.account, guild_id, member_id, now=now)

    async def act(self, guild_id: int, number: int) -> Recorded:
        """One act of a guild. Raises CannotUndo where there is none."""
        found = await self._database.read(acts.get, guild_id, number)
        if found is None:
            raise undoing.CannotUndo(undoing.Obstacle.UNKNOWN)
        return found

    async def history(
        self, guild_id: int, *, page: int = 1, member_id: int | None = None
    ) -> ActsPage:
        """A page of what moderators did, newest first; to one member, if one is named."""
        found = await self._database.read(
            acts.history,
            guild_id,
            skip=(page - 1) * ACTS_ON_A_PAGE,
            limit=ACTS_ON_A_PAGE,
            member_id=member_id,
        )
        of = await self._database.read(acts.count, guild_id, member_id=member_id)
        return ActsPage(acts=tuple(found), of=of)

    async def undo(
        self, guild_id: int, number: int, *, moderator_id: int, reason: str | None = None
    ) -> Recorded:
        """Put back exactly what an act changed, once, and return what that did.

        Raises CannotUndo.
        """
        undone_by = await self._database.run(
            undoing.undo, guild_id, number, moderator_id, reason=reason, now=self._clock()
        )
        return await self.act(guild_id, undone_by)

    async def change_settings(
        self,
        guild_id: int,
        *,
        moderator_id: int,
        reason: str | None = None,
        **changes: Any,
    ) -> GuildSettings:
        """Set some of a guild's settings by their names. Raises AmountOutOfRange, BadChoice."""
        for name in AMOUNTS & changes.keys():
            if changes[name] is not None:
                _check_amount(changes[name], least=0)
        with _in_plain_words():
            await self._database.run(
                choosing.change_settings,
                guild_id,
                moderator_id,
                changes,
                reason=reason,
                now=self._clock(),
            )
        return await self.settings(guild_id)

    async def set_cap(
        self, guild_id: int, choice: CapChoice, *, moderator_id: int, reason: str | None = None
    ) -> None:
        """Set a cap, or lift it. Raises AmountOutOfRange, BadChoice."""
        _check_amount(choice.credits or 0, least=0)
        now = self._clock()
        with _in_plain_words():
            await self._database.run(
                choosing.set_cap, guild_id, moderator_id, choice, reason=reason, now=now
            )

    async def set_allowance(
        self, wanted: Allowance, *, moderator_id: int, reason: str | None = None
    ) -> None:
        """Set what a role carries, or end it with none. Raises AmountOutOfRange, BadChoice."""
        _check_amount(wanted.credits, least=0)
        now = self._clock()
        with _in_plain_words():
            await self._database.run(
                choosing.set_allowance, wanted, moderator_id, reason=reason, now=now
            )

    async def _plan(
        self, blank: Plan, giver: Giver, member_ids: Sequence[int], credits: int
    ) -> Plan:
        return await self._database.run(
            plans.make, blank, giver, member_ids, credits, now=self._clock()
        )

    def _blank(
        self,
        kind: ActKind,
        guild_id: int,
        credits: int,
        giver: Giver,
        reason: str | None,
        expires_at: datetime | None = None,
    ) -> Plan:
        """A plan that concerns nobody yet."""
        _check_amount(credits, least=1)
        if expires_at is not None and expires_at <= self._clock():
            raise BadChoice("credits that expire in the past are gone already")
        return Plan(
            id=f"plan:{secrets.token_hex(8)}",
            guild_id=guild_id,
            actor_id=giver.member_id,
            kind=kind,
            lines=(),
            reason=reason,
            expires_at=expires_at,
        )


@contextmanager
def _in_plain_words() -> Iterator[None]:
    try:
        yield
    except ValueError as error:
        raise BadChoice(str(error)) from error


def _check_amount(credits: int, *, least: int) -> None:
    if not least <= credits <= MOST_AT_ONCE:
        raise AmountOutOfRange(least, MOST_AT_ONCE)
