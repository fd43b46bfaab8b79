"""What moderators do is written down for good, and an edited line is found."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from storage import acts, members, undoing
from storage.acts import Act, ActKind, Line
from storage.books import check_books
from storage.triggers import TRIGGERS
from tests.storage.desk import MODERATOR, done
from tests.storage.examples import GUILD, MEMBER, NOW


def choose(conn: sa.Connection, **changes: object) -> int:
    # The changes are of any field, so of any type.
    act = Act(kind=ActKind.SETTING, subject="is_paused", **changes)  # type: ignore[arg-type]
    return acts.record(conn, GUILD, MODERATOR, act, now=NOW)


def test_an_act_says_who_whom_what_why_and_when(conn: sa.Connection) -> None:
    number = done(conn, credits=25)

    act = acts.get(conn, GUILD, number)

    assert act is not None
    assert (act.actor_id, act.lines, act.reason, act.at) == (
        MODERATOR,
        (Line(member_id=MEMBER, credits=25),),
        "a contest",
        NOW,
    )


def test_acts_are_numbered_in_each_guild_and_listed_newest_first(conn: sa.Connection) -> None:
    for value in range(3):
        choose(conn, after=value)
    acts.record(conn, GUILD + 1, MODERATOR, Act(kind=ActKind.SETTING), now=NOW)

    page = acts.history(conn, GUILD, skip=0, limit=2)

    assert [(act.number, act.after) for act in page] == [(3, 2), (2, 1)]
    assert [act.number for act in acts.history(conn, GUILD, skip=2, limit=2)] == [1]
    assert (acts.count(conn, GUILD), acts.count(conn, GUILD + 1)) == (3, 1)


def test_the_acts_that_concern_a_member_can_be_listed_alone(conn: sa.Connection) -> None:
    choose(conn)
    done(conn, member_ids=(MEMBER, 23))

    [act] = acts.history(conn, GUILD, skip=0, limit=9, member_id=23)

    assert act.number == 2
    assert acts.count(conn, GUILD, member_id=23) == 1
    assert acts.count(conn, GUILD, member_id=99) == 0


@pytest.mark.parametrize(
    ("edit", "named"),
    [
        ("UPDATE act SET kind = 'take' WHERE number = 1", "digest of act 1"),
        ("UPDATE act SET at = at + 1 WHERE number = 2", "digest of act 2"),
        ("UPDATE act SET after = '9' WHERE number = 2", "digest of act 2"),
        ("UPDATE act SET subject = 'another' WHERE number = 2", "digest of act 2"),
        (
            "UPDATE act SET actor_account_id = actor_account_id + 1 WHERE number = 1",
            "digest of act 1",
        ),
        ("UPDATE act_line SET credits = 99", "credits of act 1"),
        ("DELETE FROM act_line", "acts of entry act:11:1:"),
        ("DELETE FROM act WHERE number = 3", "number of acts"),
        ("DELETE FROM act WHERE number = 2", "digest of act 3"),
        ("UPDATE act_reason SET text = 'another'", "digest of the reason of act 1"),
        ("DELETE FROM act_reason", "reason of act 1"),
        ("DELETE FROM act_book", "book of acts"),
    ],
)
def test_an_edited_act_is_found_and_named(conn: sa.Connection, edit: str, named: str) -> None:
    done(conn)
    choose(conn, before=False, after=True)
    choose(conn, before=True, after=False)
    assert check_books(conn) == []
    conn.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
    for trigger in TRIGGERS:
        conn.exec_driver_sql(f"DROP TRIGGER {trigger}")

    conn.exec_driver_sql(edit)

    assert any(one.what.startswith(named) for one in check_books(conn))


@pytest.mark.parametrize("table", ["act", "act_line"])
def test_the_database_itself_refuses_edits(conn: sa.Connection, table: str) -> None:
    done(conn)

    for statement in (f"UPDATE {table} SET number = 7", f"DELETE FROM {table}"):
        with pytest.raises(sa.exc.IntegrityError, match="acts are never"):
            conn.exec_driver_sql(statement)


def test_of_a_forgotten_member_the_act_stays_and_the_words_go(conn: sa.Connection) -> None:
    number = done(conn)

    members.forget(conn, GUILD, MEMBER, pseudonym=-5)

    act = acts.get(conn, GUILD, number)
    assert act is not None
    assert (act.reason, act.lines) == (None, (Line(member_id=-5, credits=50),))
    assert check_books(conn) == []
    with pytest.raises(undoing.CannotUndo) as refused:
        undoing.undo(conn, GUILD, number, MODERATOR, now=NOW)
    assert refused.value.why is undoing.Obstacle.MEMBER_GONE


def test_a_forgotten_moderators_acts_name_nobody(conn: sa.Connection) -> None:
    number = done(conn)

    members.forget(conn, GUILD, MODERATOR, pseudonym=-5)

    act = acts.get(conn, GUILD, number)
    assert act is not None
    assert (act.actor_id, act.reason) == (-5, "a contest")
    assert check_books(conn) == []
