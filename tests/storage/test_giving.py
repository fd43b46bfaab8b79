"""A plan says exactly what carrying it out does, or it is not carried out at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from storage import acts, giving, guilds, jobs, undoing
from storage.acts import ActKind
from storage.books import check_books
from storage.errors import GivingCeilingReached, PlanOutdated
from storage.giving import Giver
from tests.storage.desk import GIVER, MODERATOR, available, done, planned
from tests.storage.examples import GUILD, MEMBER, NOW, new_job


def tables(conn: sa.Connection) -> list[object]:
    names = ("account", "entry", "act", "lot", "reason")
    return [conn.exec_driver_sql(f"SELECT * FROM {name}").all() for name in names]


def test_a_plan_changes_nothing_at_all(conn: sa.Connection) -> None:
    before = tables(conn)

    planned(conn, member_ids=(MEMBER, 23, 24))

    assert tables(conn) == before


def test_a_take_leaves_nobody_below_zero_and_says_who_has_less(conn: sa.Connection) -> None:
    jobs.create(conn, new_job(price_credits=70), now=NOW)

    plan = planned(conn, ActKind.TAKE, 50, member_ids=(MEMBER, 23))

    assert [(line.credits, line.available) for line in plan.lines] == [(30, 30), (50, 100)]
    assert [line.member_id for line in plan.has_less] == [MEMBER]
    giving.carry_out(conn, plan, GIVER, now=NOW)
    assert (available(conn), available(conn, member_id=23)) == (0, 50)
    assert check_books(conn) == []


def test_a_plan_that_somebody_can_no_longer_meet_does_nothing(conn: sa.Connection) -> None:
    plan = planned(conn, ActKind.TAKE, 50, member_ids=(23, MEMBER))
    jobs.create(conn, new_job(price_credits=70), now=NOW)

    conn.exec_driver_sql("SAVEPOINT call")
    with pytest.raises(PlanOutdated) as refused:
        giving.carry_out(conn, plan, GIVER, now=NOW)
    conn.exec_driver_sql("ROLLBACK TO call")

    assert refused.value.member_id == MEMBER
    assert available(conn, member_id=23) == 100
    assert acts.count(conn, GUILD) == 0


def test_what_is_given_at_once_is_given_once_for_what_asked_for_it(conn: sa.Connection) -> None:
    guilds.change(conn, GUILD, giving_ceiling=60)
    blank = replace(planned(conn), lines=())

    numbers = {giving.at_once(conn, blank, GIVER, [MEMBER], 50, now=NOW) for _ in range(3)}

    assert (numbers, available(conn)) == ({1}, 150)


def test_somebody_named_twice_gets_it_once(conn: sa.Connection) -> None:
    assert planned(conn, member_ids=(MEMBER, MEMBER)).total == 50


def test_a_managers_giving_ends_at_the_ceiling_and_begins_anew_with_the_month(
    conn: sa.Connection,
) -> None:
    guilds.change(conn, GUILD, giving_ceiling=60, timezone="Asia/Tokyo")
    first = done(conn, credits=60)

    with pytest.raises(GivingCeilingReached) as refused:
        planned(conn, credits=1)

    assert (refused.value.given, refused.value.ceiling, refused.value.asked) == (60, 60, 1)
    assert refused.value.resets_at is not None
    assert refused.value.resets_at.isoformat() == "2026-05-31T15:00:00+00:00"
    planned(conn, credits=1, now=refused.value.resets_at)
    planned(conn, credits=1, giver=Giver(member_id=8))
    planned(conn, credits=1, giver=Giver(member_id=MODERATOR, is_unlimited=True))
    undoing.undo(conn, GUILD, first, MODERATOR, now=NOW)
    planned(conn, credits=60)


def test_what_is_granted_for_a_while_expires(conn: sa.Connection) -> None:
    done(conn, credits=50, expires_at=NOW + timedelta(days=1))

    assert (available(conn), available(conn, now=NOW + timedelta(days=1))) == (150, 100)
