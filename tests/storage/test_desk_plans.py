"""Plans: kept for a day, for the moderator they were shown to, and carried out once."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from storage import acts, guilds, jobs, members, plans
from storage.acts import ActKind
from storage.backups import restore_backup
from storage.books import audit
from storage.database import Database
from storage.errors import GivingCeilingReached, PlanGone, PlanOutdated
from storage.giving import Giver, Plan
from storage.plans import LIFETIME, MOST_OF_A_MODERATOR
from tests.storage.copies import url, write_backup
from tests.storage.desk import GIVER, MODERATOR, available, kept
from tests.storage.examples import GUILD, MEMBER, NOW, new_job, seconds

OTHER = 23
ELSEWHERE = GUILD + 1
COLLEAGUE = Giver(member_id=MODERATOR + 1, is_unlimited=True)


def shown(conn: sa.Connection) -> Plan:
    return kept(conn, credits=50)


def shown_less(conn: sa.Connection) -> Plan:
    return kept(conn, credits=40)


def confirm(conn: sa.Connection, plan_id: str, giver: Giver = GIVER) -> int:
    return plans.carry_out(conn, GUILD, plan_id, giver, now=NOW)


def lines(conn: sa.Connection) -> int:
    return int(conn.exec_driver_sql("SELECT count(*) FROM plan_line").scalar_one())


def test_a_plan_is_kept_as_it_was_shown(conn: sa.Connection) -> None:
    jobs.create(conn, new_job(price_credits=70), now=NOW)

    give = kept(conn, ActKind.GRANT, 50, expires_at=NOW + timedelta(days=2))
    take = kept(conn, ActKind.TAKE, 50, member_ids=(OTHER, MEMBER), reason=None)

    assert [line.credits for line in take.lines] == [50, 30]
    assert plans.of_moderator(conn, GUILD, MODERATOR) == [give, take]


def test_where_there_is_nothing_to_take_nothing_is_kept(conn: sa.Connection) -> None:
    guilds.change(conn, GUILD, starting_credits=0)

    kept(conn, ActKind.TAKE, 50)

    assert plans.of_moderator(conn, GUILD, MODERATOR) == []


def test_a_plan_is_carried_out_once_however_often_it_is_confirmed(conn: sa.Connection) -> None:
    plan = kept(conn, credits=50, member_ids=(MEMBER, OTHER))

    numbers = {confirm(conn, plan.id) for _ in range(3)}

    assert (numbers, available(conn)) == ({1}, 150)
    assert acts.get(conn, GUILD, 1) is not None
    assert (plans.of_moderator(conn, GUILD, MODERATOR), lines(conn)) == ([], 0)
    assert audit(conn).discrepancies == ()


async def test_of_two_presses_at_once_one_gives(database: Database) -> None:
    plan = await database.run(shown)

    presses = (
        database.run(plans.carry_out, GUILD, plan.id, GIVER, now=NOW + seconds(number))
        for number in range(8)
    )

    assert set(await asyncio.gather(*presses)) == {1}
    assert await database.run(available) == 150


async def test_of_two_plans_confirmed_at_once_none_goes_over_the_ceiling(
    database: Database,
) -> None:
    await database.run(guilds.change, GUILD, giving_ceiling=60)
    both = [await database.run(shown), await database.run(shown_less)]

    came = await asyncio.gather(
        *(database.run(plans.carry_out, GUILD, one.id, GIVER, now=NOW) for one in both),
        return_exceptions=True,
    )

    assert [type(each) for each in came] == [int, GivingCeilingReached]
    assert await database.run(available) == 150


async def test_a_plan_outlives_the_process_that_made_it(path: Path) -> None:
    async with Database.open(url(path)) as database:
        plan = await database.run(shown)

    async with Database.open(url(path)) as database:
        await database.run(confirm, plan.id)

        assert await database.run(available) == 150


@pytest.mark.parametrize(
    ("guild_id", "giver"), [(GUILD, COLLEAGUE), (ELSEWHERE, GIVER)], ids=["who", "where"]
)
def test_a_plan_is_nobody_elses_and_of_no_other_guild(
    conn: sa.Connection, guild_id: int, giver: Giver
) -> None:
    plan = kept(conn)

    with pytest.raises(PlanGone):
        plans.carry_out(conn, guild_id, plan.id, giver, now=NOW)
    confirm(conn, plan.id)
    with pytest.raises(PlanGone):
        plans.carry_out(conn, guild_id, plan.id, giver, now=NOW)

    assert available(conn) == 150


def test_a_plan_is_kept_for_a_day(conn: sa.Connection) -> None:
    plan = kept(conn)
    almost, over = NOW + LIFETIME - seconds(1), NOW + LIFETIME

    plans.drop_expired(conn, now=almost)
    assert plans.of_moderator(conn, GUILD, MODERATOR) == [plan]
    with pytest.raises(PlanGone):
        plans.carry_out(conn, GUILD, plan.id, GIVER, now=over)
    plans.drop_expired(conn, now=over)

    assert (plans.of_moderator(conn, GUILD, MODERATOR), lines(conn)) == ([], 0)


def test_credits_that_would_be_gone_already_are_not_given(conn: sa.Connection) -> None:
    plan = kept(conn, expires_at=NOW + seconds(60))

    with pytest.raises(PlanGone):
        plans.carry_out(conn, GUILD, plan.id, GIVER, now=NOW + seconds(60))


def test_a_plan_somebody_can_no_longer_meet_does_nothing_and_stays(conn: sa.Connection) -> None:
    plan = kept(conn, ActKind.TAKE, 50, member_ids=(OTHER, MEMBER))
    jobs.create(conn, new_job(price_credits=70), now=NOW)

    with pytest.raises(PlanOutdated), conn.begin_nested():
        confirm(conn, plan.id)

    assert available(conn, member_id=OTHER) == 100
    assert plans.of_moderator(conn, GUILD, MODERATOR) == [plan]


def test_a_ceiling_set_meanwhile_binds_when_the_plan_is_confirmed(conn: sa.Connection) -> None:
    plan = kept(conn, credits=50)
    guilds.change(conn, GUILD, giving_ceiling=40)

    with pytest.raises(GivingCeilingReached), conn.begin_nested():
        confirm(conn, plan.id)

    assert available(conn) == 100


def test_of_too_many_plans_the_oldest_goes(conn: sa.Connection) -> None:
    theirs = kept(conn, id="plan:theirs", giver=COLLEAGUE)

    made = [
        kept(conn, id=f"plan:{number}", now=NOW + seconds(number))
        for number in range(MOST_OF_A_MODERATOR + 1)
    ]

    assert plans.of_moderator(conn, GUILD, MODERATOR) == made[1:]
    assert plans.of_moderator(conn, GUILD, COLLEAGUE.member_id) == [theirs]
    assert lines(conn) == MOST_OF_A_MODERATOR + 1


def test_a_plan_goes_whole_with_whoever_it_names_and_is_handed_out_to_them(
    conn: sa.Connection,
) -> None:
    for_both = kept(conn, id="plan:both", member_ids=(MEMBER, OTHER))
    for_other = kept(conn, id="plan:other", member_ids=(OTHER,))
    elsewhere = kept(conn, id="plan:elsewhere", guild_id=ELSEWHERE)
    own = kept(conn, id="plan:own", member_ids=(OTHER,), giver=Giver(member_id=MEMBER))

    held = members.forget(conn, GUILD, MEMBER, pseudonym=-7)

    assert (held.desk.plans, held.desk.own_plans) == ((for_both,), (own,))
    assert not held.is_empty
    assert members.holdings(conn, GUILD, MEMBER).is_empty
    assert plans.of_moderator(conn, GUILD, MODERATOR) == [for_other]
    assert plans.about(conn, GUILD, OTHER) == [for_other]
    assert plans.about(conn, ELSEWHERE, MEMBER) == [elsewhere]
    for plan in (for_both, own):
        with pytest.raises(PlanGone):
            confirm(conn, plan.id)


async def test_a_restored_backup_confirms_nothing_that_was_shown_before(
    path: Path, target: Path
) -> None:
    async with Database.open(url(path)) as database:
        plan = await database.run(shown)
    write_backup(path, target)

    restore_backup(target, path, force=True)

    async with Database.open(url(path)) as database:
        with pytest.raises(PlanGone):
            await database.run(confirm, plan.id)
        assert await database.read(plans.about, GUILD, MEMBER) == []
