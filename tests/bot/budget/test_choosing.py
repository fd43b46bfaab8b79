"""What moderators choose at the desk is checked, written down, and can be undone."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.budget.asking import AskingService
from bot.budget.desk import BudgetService, CapChoice, Giver
from bot.budget.expiring import Expiry
from bot.errors import AmountOutOfRange, BadChoice
from bot.jobs.files import JobFiles
from storage import plans
from storage.acts import ActKind
from storage.allowances import Allowance
from storage.cap_schema import CapScope
from storage.database import Database
from storage.errors import PlanOutdated
from storage.periods import Period
from storage.undoing import CannotUndo
from tests.bot.clock import StillClock
from tests.bot.workshop import GUILD, MEMBER, Workshop

MODERATOR = 40
GIVER = Giver(member_id=MODERATOR)
ROLE = 501


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def desk(database: Database, clock: StillClock, tmp_path: Path) -> BudgetService:
    return BudgetService(database, JobFiles(tmp_path), clock=clock)


async def test_a_changed_setting_is_an_act_and_can_be_undone(desk: BudgetService) -> None:
    await desk.change_settings(
        GUILD, moderator_id=MODERATOR, reason="a quiet week", is_paused=True, price_percent=150
    )

    [act] = (await desk.history(GUILD)).acts
    assert (act.kind, act.actor_id, act.reason) == (ActKind.SETTING, MODERATOR, "a quiet week")
    assert act.before == {"is_paused": False, "price_percent": 100}
    assert act.after == {"is_paused": True, "price_percent": 150}
    undoing = await desk.undo(GUILD, act.number, moderator_id=MODERATOR)
    assert undoing.undoes == act.number
    assert not (await desk.settings(GUILD)).is_paused


@pytest.mark.parametrize(
    "changes", [{"price_percent": 0}, {"timezone": "Atlantis/Centre"}, {"welcome_age_days": -1}]
)
async def test_what_cannot_be_is_refused_in_plain_words(
    desk: BudgetService, changes: dict[str, Any]
) -> None:
    with pytest.raises(BadChoice, match=r"\w+ \w+"):
        await desk.change_settings(GUILD, moderator_id=MODERATOR, **changes)

    assert (await desk.history(GUILD)).of == 0


async def test_amounts_no_account_could_hold_are_refused(desk: BudgetService) -> None:
    choice = CapChoice(scope=CapScope.GUILD, period=Period.MONTH, credits=10**12)
    wanted = Allowance(guild_id=GUILD, role_id=ROLE, period=Period.DAY, credits=10**12)

    with pytest.raises(AmountOutOfRange):
        await desk.set_cap(GUILD, choice, moderator_id=MODERATOR)
    with pytest.raises(AmountOutOfRange):
        await desk.set_allowance(wanted, moderator_id=MODERATOR)
    with pytest.raises(AmountOutOfRange):
        await desk.plan_grant(GUILD, [MEMBER], 0, giver=GIVER)


async def test_a_cap_of_one_member_is_kept_by_account_and_found_by_member(
    desk: BudgetService,
) -> None:
    choice = CapChoice(scope=CapScope.MEMBER, period=Period.WEEK, credits=30, member_id=MEMBER)
    await desk.set_cap(GUILD, choice, moderator_id=MODERATOR)

    [cap] = await desk.caps(GUILD)

    assert (cap.credits, await desk.member_of_account(int(cap.subject))) == (30, MEMBER)
    assert (await desk.history(GUILD, member_id=MEMBER)).of == 1


async def test_a_statement_pays_what_the_members_roles_carry(
    desk: BudgetService, clock: StillClock
) -> None:
    wanted = Allowance(guild_id=GUILD, role_id=ROLE, period=Period.DAY, credits=20)
    await desk.set_allowance(wanted, moderator_id=MODERATOR)

    statement = await desk.statement(GUILD, MEMBER, role_ids=(ROLE,))

    assert statement.account.available == 120
    assert [lot.remaining for lot in statement.expiring] == [20]
    assert await desk.allowances(GUILD) == (wanted,)


async def test_a_plan_is_shown_first_and_then_done_as_shown(desk: BudgetService) -> None:
    plan = await desk.plan_take(GUILD, [MEMBER, MEMBER + 1], 130, giver=GIVER, reason="misuse")

    act = (await desk.carry_out(GUILD, plan.id, giver=GIVER)).act

    assert (plan.total, len(plan.has_less)) == (200, 2)
    assert act.credits == -plan.total
    assert {line.member_id: -line.credits for line in act.lines} == {
        line.member_id: line.credits for line in plan.lines
    }


async def test_a_plan_that_is_outdated_does_nothing(desk: BudgetService) -> None:
    plan = await desk.plan_take(GUILD, [MEMBER], 100, giver=GIVER)
    other = await desk.plan_take(GUILD, [MEMBER], 60, giver=GIVER)
    await desk.carry_out(GUILD, other.id, giver=GIVER)

    with pytest.raises(PlanOutdated):
        await desk.carry_out(GUILD, plan.id, giver=GIVER)

    assert (await desk.statement(GUILD, MEMBER)).account.available == 40


async def test_acts_come_in_pages_newest_first(desk: BudgetService) -> None:
    for percent in range(101, 113):
        await desk.change_settings(GUILD, moderator_id=MODERATOR, price_percent=percent)

    first, second = await desk.history(GUILD), await desk.history(GUILD, page=2)

    assert [act.number for act in first.acts] == list(range(12, 2, -1))
    assert ([act.number for act in second.acts], second.of) == ([2, 1], 12)


async def test_an_act_of_another_guild_is_out_of_reach(desk: BudgetService) -> None:
    await desk.change_settings(GUILD, moderator_id=MODERATOR, is_paused=True)

    with pytest.raises(CannotUndo):
        await desk.undo(GUILD + 1, 1, moderator_id=MODERATOR)

    assert (await desk.settings(GUILD)).is_paused


async def test_the_month_at_a_glance(workshop: Workshop) -> None:
    desk = BudgetService(workshop.database, workshop.files, clock=workshop.clock)
    choice = CapChoice(scope=CapScope.GUILD, period=Period.MONTH, credits=1_000)
    await desk.set_cap(GUILD, choice, moderator_id=MODERATOR)
    await workshop.visit_all(await workshop.order(1))
    await workshop.order(2)

    overview = await desk.overview(GUILD)

    month = overview.month
    assert (month.spent, month.held, month.left, month.cap) == (3, 3, 994, 1_000)
    [member], [model] = month.members, month.models
    assert (member.name, member.spent, member.held) == (str(MEMBER), 3, 3)
    assert model.name.startswith("scripted/")
    assert overview.forecast >= month.used
    assert not overview.exceeds_cap
    assert (await desk.overview(GUILD + 1)).month.used == 0


async def test_what_expired_is_written_down_at_night(
    database: Database, desk: BudgetService, clock: StillClock
) -> None:
    asking = AskingService(database, clock=clock, wake_worker=lambda: None)
    soon = clock() + timedelta(hours=1)
    plan = await desk.plan_grant(GUILD, [MEMBER], 5, giver=GIVER, expires_at=soon)
    await desk.carry_out(GUILD, plan.id, giver=GIVER)
    await desk.plan_grant(GUILD, [MEMBER], 5, giver=GIVER)
    await asking.ask(GUILD, MEMBER, 5, " please ")
    clock.advance(timedelta(days=8))
    chore = Expiry(database)

    assert await chore.is_due(clock())
    await chore.do(clock())

    assert not await chore.is_due(clock())
    [asked] = await asking.history(GUILD, MEMBER)
    assert (asked.text, asked.state) == ("please", "expired")
    assert (await desk.statement(GUILD, MEMBER)).expiring == ()
    assert await database.read(plans.about, GUILD, MEMBER) == []
