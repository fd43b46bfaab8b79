from __future__ import annotations

from pathlib import Path

import pytest

from bot.budget.desk import MOST_AT_ONCE, RECENT, BudgetService, Giver
from bot.errors import AmountOutOfRange
from bot.jobs.files import JobFiles
from storage.books import check_books
from storage.database import Database
from storage.ledger import Account
from tests.bot.clock import StillClock
from tests.bot.workshop import GUILD, MEMBER, Workshop

MODERATOR = 40


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> BudgetService:
    return BudgetService(database, JobFiles(tmp_path), clock=StillClock())


async def grant(desk: BudgetService, credits: int, *, interaction_id: int = 1) -> Account:
    return await desk.grant(
        guild_id=GUILD,
        member_id=MEMBER,
        credits=credits,
        giver=Giver(member_id=MODERATOR),
        reason="a contest",
        interaction_id=interaction_id,
    )


async def test_a_new_member_starts_with_the_guilds_credits(desk: BudgetService) -> None:
    statement = await desk.statement(GUILD, MEMBER)

    assert (statement.account.available, statement.account.held) == (100, 0)
    assert statement.jobs == ()
    assert [entry.posted_change for entry in statement.entries] == [100]


async def test_a_guild_chooses_what_new_members_start_with(desk: BudgetService) -> None:
    await desk.statement(GUILD, MEMBER)

    await desk.change_settings(GUILD, moderator_id=MODERATOR, starting_credits=0)

    assert (await desk.settings(GUILD)).starting_credits == 0
    assert (await desk.statement(GUILD, MEMBER)).account.available == 100
    assert (await desk.statement(GUILD, MEMBER + 1)).account.available == 0
    assert (await desk.settings(GUILD + 1)).starting_credits == 100


async def test_a_grant_is_given_and_remembered_with_its_reason(desk: BudgetService) -> None:
    account = await grant(desk, 25)

    entry = (await desk.statement(GUILD, MEMBER)).entries[0]
    assert account.available == 125
    assert (entry.posted_change, entry.actor_id, entry.reason) == (25, MODERATOR, "a contest")


async def test_a_repeated_interaction_grants_once(desk: BudgetService, database: Database) -> None:
    await grant(desk, 25)
    await grant(desk, 25)
    account = await grant(desk, 25, interaction_id=2)

    assert account.available == 150
    assert await database.read(check_books) == []


@pytest.mark.parametrize("credits", [1, MOST_AT_ONCE])
async def test_the_least_and_the_most_are_given(desk: BudgetService, credits: int) -> None:
    assert (await grant(desk, credits)).available == 100 + credits


@pytest.mark.parametrize("credits", [0, -5, MOST_AT_ONCE + 1])
async def test_other_amounts_are_refused(desk: BudgetService, credits: int) -> None:
    with pytest.raises(AmountOutOfRange) as refused:
        await grant(desk, credits)

    assert (refused.value.least, refused.value.most) == (1, MOST_AT_ONCE)
    assert (await desk.statement(GUILD, MEMBER)).account.available == 100


@pytest.mark.parametrize("credits", [-1, MOST_AT_ONCE + 1])
async def test_other_starts_are_refused(desk: BudgetService, credits: int) -> None:
    with pytest.raises(AmountOutOfRange):
        await desk.change_settings(GUILD, moderator_id=MODERATOR, starting_credits=credits)

    assert (await desk.settings(GUILD)).starting_credits == 100


async def test_a_statement_shows_the_latest_jobs_first(
    desk: BudgetService, workshop: Workshop
) -> None:
    for number in range(1, RECENT + 3):
        await workshop.order(number)
        workshop.advance(seconds=1)

    statement = await desk.statement(GUILD, MEMBER)

    assert [job.interaction_id for job in statement.jobs] == [7, 6, 5, 4, 3]
    assert statement.account.held == 21
    assert [entry.held_change for entry in statement.entries] == [3] * RECENT
