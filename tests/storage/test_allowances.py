"""Allowances and welcome grants: to whom, when, and never twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from storage import allowances, guilds, jobs, members
from storage.allowances import Allowance
from storage.books import check_books
from storage.periods import Period
from storage.posting import DISCORD_EPOCH, TIME_BITS
from tests.storage.desk import available
from tests.storage.examples import GUILD, MEMBER, NOW, new_job

LEVEL_1, LEVEL_2 = 501, 502


def carry(
    conn: sa.Connection, role_id: int, credits: int, period: Period = Period.MONTH, **more: bool
) -> None:
    one = Allowance(guild_id=GUILD, role_id=role_id, period=period, credits=credits, **more)
    allowances.set_allowance(conn, one)


def give(conn: sa.Connection, *role_ids: int, now: datetime = NOW, member_id: int = MEMBER) -> int:
    return allowances.give(conn, GUILD, member_id, role_ids, now=now)


def test_a_role_pays_once_a_period_and_again_in_the_next(conn: sa.Connection) -> None:
    carry(conn, LEVEL_1, 20, Period.DAY)

    assert [give(conn, LEVEL_1), give(conn, LEVEL_1)] == [20, 0]
    assert give(conn, LEVEL_1, now=NOW + timedelta(days=1)) == 20
    assert check_books(conn) == []


def test_a_month_begins_by_the_guilds_own_clock(conn: sa.Connection) -> None:
    guilds.change(conn, GUILD, timezone="Asia/Tokyo")
    carry(conn, LEVEL_1, 20)
    give(conn, LEVEL_1)

    assert give(conn, LEVEL_1, now=datetime(2026, 5, 31, 14, 59, tzinfo=UTC)) == 0
    assert give(conn, LEVEL_1, now=datetime(2026, 5, 31, 15, 0, tzinfo=UTC)) == 20


@pytest.mark.parametrize(("adds_up", "given"), [(False, 30), (True, 50)])
def test_of_several_roles_the_highest_counts_or_all(
    conn: sa.Connection, adds_up: bool, given: int
) -> None:
    guilds.change(conn, GUILD, roles_add_up=adds_up)
    carry(conn, LEVEL_1, 20)
    carry(conn, LEVEL_2, 30)

    assert give(conn, LEVEL_1, LEVEL_2, 999) == given
    assert available(conn) == 100 + given


def test_what_is_left_goes_with_the_period_unless_it_carries_over(conn: sa.Connection) -> None:
    carry(conn, LEVEL_1, 20, Period.DAY)
    carry(conn, LEVEL_2, 5, Period.DAY, carries_over=True)
    give(conn, LEVEL_1)
    give(conn, LEVEL_2, member_id=23)
    tomorrow = NOW + timedelta(days=1)

    assert available(conn, now=tomorrow) == 100
    assert available(conn, member_id=23, now=tomorrow) == 105


def test_no_role_and_no_allowance_give_nothing_and_open_nothing(conn: sa.Connection) -> None:
    carry(conn, LEVEL_1, 20)

    assert [give(conn), give(conn, LEVEL_2)] == [0, 0]
    assert conn.exec_driver_sql("SELECT count(*) FROM account").scalar() == 0


def test_an_order_is_paid_by_the_allowance_it_finds(conn: sa.Connection) -> None:
    guilds.change(conn, GUILD, starting_credits=0)
    carry(conn, LEVEL_1, 20)

    jobs.create(conn, new_job(price_credits=20), now=NOW, role_ids=(LEVEL_1,))

    assert available(conn) == 0


def test_deleting_ones_data_brings_no_second_allowance(conn: sa.Connection) -> None:
    carry(conn, LEVEL_1, 20)
    give(conn, LEVEL_1)

    members.forget(conn, GUILD, MEMBER, pseudonym=-5)

    assert (give(conn, LEVEL_1), available(conn)) == (0, 0)
    assert give(conn, LEVEL_1, now=NOW + timedelta(days=30)) == 20
    assert check_books(conn) == []


def made_at(moment: datetime) -> int:
    """The id of an account that was made on Discord then."""
    return ((moment - DISCORD_EPOCH) // timedelta(milliseconds=1)) << TIME_BITS


def test_a_very_new_account_is_welcomed_later_and_once(conn: sa.Connection) -> None:
    newcomer = made_at(NOW - timedelta(days=1))
    old_enough = NOW + timedelta(days=2)

    assert available(conn, member_id=newcomer) == 0
    assert available(conn, member_id=newcomer, now=old_enough - timedelta(seconds=1)) == 0
    assert available(conn, member_id=newcomer, now=old_enough) == 100
    assert available(conn, member_id=newcomer, now=old_enough + timedelta(days=9)) == 100
    assert check_books(conn) == []


def test_a_guild_may_welcome_anybody(conn: sa.Connection) -> None:
    guilds.change(conn, GUILD, welcome_age_days=0)

    assert available(conn, member_id=made_at(NOW)) == 100


def test_nobody_is_welcomed_twice_by_deleting_their_data(conn: sa.Connection) -> None:
    newcomer = made_at(NOW - timedelta(days=1))
    available(conn)
    available(conn, member_id=newcomer)
    later = NOW + timedelta(days=9)

    members.forget(conn, GUILD, MEMBER, pseudonym=-5)
    members.forget(conn, GUILD, newcomer, pseudonym=-6)

    assert (available(conn, now=later), available(conn, member_id=newcomer, now=later)) == (0, 100)


@pytest.mark.parametrize(("period", "credits"), [(Period.JOB, 5), (Period.DAY, 0)])
def test_an_allowance_that_cannot_be_is_refused(
    conn: sa.Connection, period: Period, credits: int
) -> None:
    with pytest.raises(ValueError, match="no role carries"):
        carry(conn, LEVEL_1, credits, period)
