"""Undoing restores exactly, once, or touches nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from storage import acts, allowances, answers, asks, caps, choosing, guilds, jobs, lots, undoing
from storage.acts import ActKind
from storage.allowances import Allowance
from storage.books import check_books
from storage.cap_schema import CapScope
from storage.choosing import CapChoice
from storage.periods import Period
from storage.undoing import CannotUndo, Obstacle
from tests.storage.desk import GIVER, MODERATOR, available, done
from tests.storage.examples import GUILD, MEMBER, NOW, new_job

SOON = NOW + timedelta(hours=1)


def undo(conn: sa.Connection, number: int) -> int:
    return undoing.undo(conn, GUILD, number, MODERATOR, reason="by mistake", now=NOW)


def left(conn: sa.Connection) -> list[int]:
    return [lot.remaining for lot in lots.of_member(conn, GUILD, MEMBER)]


def refusal(conn: sa.Connection, number: int) -> Obstacle:
    conn.exec_driver_sql("SAVEPOINT call")
    with pytest.raises(CannotUndo) as refused:
        undo(conn, number)
    conn.exec_driver_sql("ROLLBACK TO call")
    return refused.value.why


def test_a_grant_to_many_is_taken_back_from_all(conn: sa.Connection) -> None:
    number = done(conn, member_ids=(MEMBER, 23))

    undone_by = undo(conn, number)

    assert (available(conn), available(conn, member_id=23)) == (100, 100)
    act, undoing_act = acts.get(conn, GUILD, number), acts.get(conn, GUILD, undone_by)
    assert act is not None
    assert undoing_act is not None
    assert (act.undone_by, undoing_act.undoes) == (undone_by, number)
    assert (undoing_act.credits, undoing_act.reason) == (-100, "by mistake")
    assert check_books(conn) == []


def test_a_grant_that_expires_is_taken_back_as_far_as_it_has_not(conn: sa.Connection) -> None:
    kept = done(conn, credits=30, expires_at=SOON)
    done(conn, credits=20, expires_at=SOON + timedelta(hours=1), id="plan:2")

    undo(conn, kept)

    assert (available(conn), left(conn)) == (120, [20])
    assert check_books(conn) == []


def test_what_expired_already_is_not_taken_twice(conn: sa.Connection) -> None:
    number = done(conn, credits=30, expires_at=SOON)

    undoing.undo(conn, GUILD, number, MODERATOR, now=SOON)

    assert available(conn, now=SOON) == 100
    assert check_books(conn) == []


def test_a_take_is_given_back_with_the_same_days_left(conn: sa.Connection) -> None:
    done(conn, credits=30, expires_at=SOON)
    number = done(conn, ActKind.TAKE, 110)
    assert left(conn) == [20]

    undo(conn, number)

    assert (available(conn), left(conn)) == (130, [30])
    assert available(conn, now=SOON) == 100
    assert check_books(conn) == []


def test_a_grant_somebody_has_set_aside_stays_whole(conn: sa.Connection) -> None:
    number = done(conn, member_ids=(23, MEMBER))
    jobs.create(conn, new_job(price_credits=120), now=NOW)

    assert refusal(conn, number) is Obstacle.LESS_AVAILABLE
    assert available(conn, member_id=23) == 150


def test_an_act_is_undone_once_and_an_undoing_stays(conn: sa.Connection) -> None:
    number = done(conn)
    undone_by = undo(conn, number)

    assert refusal(conn, number) is Obstacle.UNDONE
    assert refusal(conn, undone_by) is Obstacle.STAYS
    assert refusal(conn, 99) is Obstacle.UNKNOWN


def test_settings_go_back_to_what_they_were(conn: sa.Connection) -> None:
    before = guilds.settings(conn, GUILD)
    changes = {"is_paused": True, "channels": frozenset({7, 8}), "price_percent": 150}
    number = choosing.change_settings(conn, GUILD, MODERATOR, changes, now=NOW)
    assert number is not None

    undo(conn, number)

    assert guilds.settings(conn, GUILD) == before


def test_a_setting_somebody_changed_since_stays(conn: sa.Connection) -> None:
    number = choosing.change_settings(conn, GUILD, MODERATOR, {"price_percent": 150}, now=NOW)
    choosing.change_settings(conn, GUILD, MODERATOR, {"price_percent": 90}, now=NOW)

    assert number is not None
    assert refusal(conn, number) is Obstacle.CHANGED_SINCE
    assert guilds.settings(conn, GUILD).price_percent == 90


def test_a_choice_that_changes_nothing_is_no_act(conn: sa.Connection) -> None:
    assert choosing.change_settings(conn, GUILD, MODERATOR, {"is_paused": False}, now=NOW) is None


@pytest.mark.parametrize("member_id", [None, MEMBER])
def test_caps_that_were_set_changed_or_lifted_are_put_back(
    conn: sa.Connection, member_id: int | None
) -> None:
    stood = []
    numbers = []
    for credits in (100, 200, None):
        stood.append(caps.of_guild(conn, GUILD))
        choice = CapChoice(
            scope=CapScope.MEMBER, period=Period.MONTH, credits=credits, member_id=member_id
        )
        numbers.append(choosing.set_cap(conn, GUILD, MODERATOR, choice, now=NOW))

    for number, before in zip(reversed(numbers), reversed(stood), strict=True):
        assert number is not None
        undo(conn, number)
        assert caps.of_guild(conn, GUILD) == before


def test_allowances_that_were_set_changed_or_ended_are_put_back(conn: sa.Connection) -> None:
    stood = []
    numbers = []
    for credits in (100, 200, 0):
        stood.append(allowances.of_guild(conn, GUILD))
        wanted = Allowance(guild_id=GUILD, role_id=5, period=Period.WEEK, credits=credits)
        numbers.append(choosing.set_allowance(conn, wanted, MODERATOR, now=NOW))

    for number, before in zip(reversed(numbers), reversed(stood), strict=True):
        assert number is not None
        undo(conn, number)
        assert allowances.of_guild(conn, GUILD) == before


def test_an_answer_that_granted_is_undone_and_a_denial_stays(conn: sa.Connection) -> None:
    for member_id, granted in ((MEMBER, 40), (23, 0)):
        asked = asks.for_credits(conn, GUILD, member_id, 50, "a birthday", now=NOW)
        answers.answer(conn, asked.id, GIVER, granted=granted, failure="no", now=NOW)

    undo(conn, 1)

    assert available(conn) == 100
    assert refusal(conn, 2) is Obstacle.STAYS
    assert check_books(conn) == []
