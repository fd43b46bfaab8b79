"""Credits: granted once, held only where available, settled once, and always explained."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from storage import guilds, ledger
from storage.errors import NotEnoughCredits, StaleFence
from storage.job import JobState
from storage.ledger import Account, Entry
from storage.schema import Phase
from tests.storage.examples import GUILD, MEMBER, NOW, seconds


def account(conn: sa.Connection, member_id: int = MEMBER) -> Account:
    return ledger.account(conn, GUILD, member_id, now=NOW)


def hold(conn: sa.Connection, job_id: str, credits: int) -> None:
    ledger.hold(
        conn,
        job_id=job_id,
        guild_id=GUILD,
        member_id=MEMBER,
        credits=credits,
        day="2026-05-04",
        now=NOW,
    )


def grant(conn: sa.Connection, credits: int, source: str = "grant:1") -> Account:
    return ledger.grant(
        conn,
        guild_id=GUILD,
        member_id=MEMBER,
        credits=credits,
        actor_id=99,
        reason="a contest",
        source=source,
        now=NOW + seconds(5),
    )


def test_a_new_member_starts_with_the_guilds_grant(conn: sa.Connection) -> None:
    guilds.change(conn, GUILD, starting_credits=30)

    assert account(conn) == Account(guild_id=GUILD, member_id=MEMBER, posted=30, held=0)
    assert account(conn, member_id=23).available == 30


def test_the_starting_grant_is_given_at_first_sight_only(conn: sa.Connection) -> None:
    account(conn)
    guilds.change(conn, GUILD, starting_credits=500)

    assert account(conn).posted == 100
    [entry] = ledger.entries(conn, GUILD, MEMBER, limit=9)
    assert entry.source == "welcome:1"


def test_a_guild_may_start_its_members_with_nothing(conn: sa.Connection) -> None:
    guilds.change(conn, GUILD, starting_credits=0)

    assert account(conn).posted == 0
    assert ledger.entries(conn, GUILD, MEMBER, limit=9) == []


def test_a_members_credits_in_two_guilds_are_apart(conn: sa.Connection) -> None:
    grant(conn, 50)

    assert ledger.account(conn, GUILD + 1, MEMBER, now=NOW).posted == 100


def test_a_grant_adds_credits_and_says_who_gave_them(conn: sa.Connection) -> None:
    assert grant(conn, 25).posted == 125

    newest = ledger.entries(conn, GUILD, MEMBER, limit=1)
    assert newest == [
        Entry(
            source="grant:1",
            phase=Phase.GRANT,
            posted_change=25,
            held_change=0,
            posted_after=125,
            held_after=0,
            actor_id=99,
            reason="a contest",
            at=NOW + seconds(5),
        )
    ]


def test_the_same_grant_twice_is_given_once(conn: sa.Connection) -> None:
    grant(conn, 25)

    assert grant(conn, 25).posted == 125
    assert grant(conn, 25, source="grant:2").posted == 150


@pytest.mark.parametrize("credits", [0, -5])
def test_a_grant_of_nothing_is_refused(conn: sa.Connection, credits: int) -> None:
    with pytest.raises(ValueError, match="gives nothing"):
        grant(conn, credits)


def test_a_hold_sets_credits_aside_without_taking_them(conn: sa.Connection) -> None:
    hold(conn, "job", 40)

    assert (account(conn).posted, account(conn).held, account(conn).available) == (100, 40, 60)


def test_a_hold_may_take_the_last_credit_but_not_one_more(conn: sa.Connection) -> None:
    hold(conn, "first", 60)

    with pytest.raises(NotEnoughCredits) as refusal:
        hold(conn, "second", 41)
    assert (refusal.value.price, refusal.value.available, refusal.value.missing) == (41, 40, 1)

    hold(conn, "third", 40)
    assert account(conn).available == 0


def test_a_job_that_costs_nothing_can_be_held_by_an_empty_account(conn: sa.Connection) -> None:
    hold(conn, "everything", 100)

    hold(conn, "free", 0)

    assert ledger.check_books(conn) == []


def test_a_capture_takes_what_is_due_and_gives_the_rest_back(conn: sa.Connection) -> None:
    hold(conn, "job", 40)

    assert ledger.capture(conn, job_id="job", credits=30, ending=JobState.DELIVERED, now=NOW) == 30
    assert (account(conn).posted, account(conn).held) == (70, 0)


def test_a_capture_never_takes_more_than_was_held(conn: sa.Connection) -> None:
    hold(conn, "job", 40)

    assert ledger.capture(conn, job_id="job", credits=41, ending=JobState.DELIVERED, now=NOW) == 40
    assert account(conn).posted == 60


def test_a_release_gives_everything_back(conn: sa.Connection) -> None:
    hold(conn, "job", 40)

    ledger.release(conn, job_id="job", ending=JobState.FAILED, now=NOW)

    assert (account(conn).posted, account(conn).held) == (100, 0)


def test_a_hold_is_settled_once(conn: sa.Connection) -> None:
    hold(conn, "job", 40)
    ledger.release(conn, job_id="job", ending=JobState.FAILED, now=NOW)

    with pytest.raises(StaleFence):
        ledger.capture(conn, job_id="job", credits=40, ending=JobState.DELIVERED, now=NOW)
    with pytest.raises(StaleFence):
        ledger.release(conn, job_id="job", ending=JobState.FAILED, now=NOW)
    assert account(conn).posted == 100


def test_the_house_may_lose_what_it_does_not_have(conn: sa.Connection) -> None:
    ledger.lose(conn, job_id="first", guild_id=GUILD, credits=3, now=NOW)
    ledger.lose(conn, job_id="second", guild_id=GUILD, credits=4, now=NOW)

    house = conn.exec_driver_sql("SELECT posted, held FROM account WHERE kind = 'house'").one()
    assert tuple(house) == (-7, 0)
    assert ledger.check_books(conn) == []


def test_entries_come_newest_first_even_when_the_clock_goes_backwards(
    conn: sa.Connection,
) -> None:
    grant(conn, 1, source="now plus five")
    hold(conn, "now", 2)

    sources = [entry.source for entry in ledger.entries(conn, GUILD, MEMBER, limit=2)]
    assert sources == ["now", "now plus five"]
