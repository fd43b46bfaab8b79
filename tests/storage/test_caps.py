"""A cap refuses what would go beyond it, in the transaction that takes the hold."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from storage import alerts, caps, guilds, jobs, ledger
from storage.cap_schema import CapScope
from storage.errors import (
    CapsUnreadable,
)
from storage.periods import Period
from tests.storage.capped import CHANNEL, at, cap, enrich, order, refused, set_caps
from tests.storage.examples import GUILD, MEMBER, NOW

SCOPES = [
    (CapScope.MEMBER, ""),
    (CapScope.CHANNEL, CHANNEL),
    (CapScope.GUILD, ""),
    (CapScope.PROVIDER, "local"),
    (CapScope.ROLE, 55),
]
JUNE = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def account(conn: sa.Connection) -> int:
    return enrich(conn)


@pytest.mark.parametrize(("scope", "subject"), SCOPES)
@pytest.mark.parametrize("period", [Period.DAY, Period.WEEK, Period.MONTH])
def test_a_cap_lets_its_last_credit_through_and_not_one_more(
    conn: sa.Connection, scope: CapScope, subject: object, period: Period
) -> None:
    set_caps(conn, cap(scope, subject, 10, period))
    order(conn, 1, 6, roles=(55,))

    refusal = refused(conn, 2, 5, roles=(55,))

    assert (refusal.scope, refusal.subject, refusal.period) == (scope, str(subject), period)
    assert (refusal.credits, refusal.left, refusal.price) == (10, 4, 5)
    order(conn, 3, 4, roles=(55,))
    assert refused(conn, 4, 1, roles=(55,)).left == 0


@pytest.mark.parametrize(("scope", "subject"), SCOPES)
def test_a_refusal_leaves_nothing_behind(
    conn: sa.Connection, scope: CapScope, subject: object
) -> None:
    set_caps(conn, cap(scope, subject, 5))

    refused(conn, 1, 6, roles=(55,))

    assert ledger.account(conn, GUILD, MEMBER, now=NOW).held == 0
    assert jobs.of_member(conn, GUILD, MEMBER, limit=9) == []
    assert alerts.untold(conn) == []


@pytest.mark.parametrize(("scope", "subject"), SCOPES)
def test_a_job_may_cost_no_more_than_the_cap_of_one_job(
    conn: sa.Connection, scope: CapScope, subject: object
) -> None:
    set_caps(conn, cap(scope, subject, 5, Period.JOB))

    for number in range(1, 6):
        order(conn, number, 5, roles=(55,))

    assert refused(conn, 6, 6, roles=(55,)).resets_at is None


@pytest.mark.parametrize(
    ("scope", "subject", "changes"),
    [
        (CapScope.MEMBER, "", {"member_id": 99}),
        (CapScope.ROLE, 55, {"roles": (56,)}),
        (CapScope.CHANNEL, CHANNEL, {"channel_id": 34}),
        (CapScope.PROVIDER, "local", {"provider": "kling"}),
        (CapScope.GUILD, "", {"guild_id": GUILD + 1}),
    ],
)
def test_a_cap_is_no_business_of_anybody_elses(
    conn: sa.Connection, scope: CapScope, subject: object, changes: dict[str, int]
) -> None:
    enrich(conn, 99)
    enrich(conn, MEMBER, GUILD + 1)
    set_caps(conn, cap(scope, subject, 5))
    order(conn, 1, 5, roles=(55,))

    order(conn, 2, 5, **changes)  # type: ignore[arg-type]  # of any field


def test_a_thread_counts_for_its_channel(conn: sa.Connection) -> None:
    set_caps(conn, cap(CapScope.CHANNEL, CHANNEL, 5))
    order(conn, 1, 5, channel_id=901, parent_id=CHANNEL)

    assert refused(conn, 2, 1, channel_id=902, parent_id=CHANNEL).subject == str(CHANNEL)


@pytest.mark.parametrize(("adds_up", "left"), [(False, 20), (True, 30)])
def test_of_several_roles_the_highest_counts_or_their_sum(
    conn: sa.Connection, adds_up: bool, left: int
) -> None:
    guilds.change(conn, GUILD, roles_add_up=adds_up)
    set_caps(conn, cap(CapScope.ROLE, 55, 10), cap(CapScope.ROLE, 56, 20))

    refusal = refused(conn, 1, 31, roles=(55, 56, 57))

    assert (refusal.scope, refusal.left) == (CapScope.ROLE, left)


def test_a_members_own_cap_beats_the_roles_which_beats_everybodys(
    conn: sa.Connection, account: int
) -> None:
    set_caps(conn, cap(CapScope.MEMBER, "", 5), cap(CapScope.ROLE, 55, 3))
    assert refused(conn, 1, 100).credits == 5
    assert refused(conn, 1, 100, roles=(55,)).credits == 3

    set_caps(conn, cap(CapScope.MEMBER, account, 50))

    assert refused(conn, 1, 100, roles=(55,)).credits == 50


def test_what_beats_a_cap_beats_that_of_the_same_period_alone(
    conn: sa.Connection, account: int
) -> None:
    set_caps(conn, cap(CapScope.MEMBER, "", 5, Period.DAY), cap(CapScope.MEMBER, account, 50))

    assert refused(conn, 1, 6).period is Period.DAY


def test_of_several_caps_the_one_that_holds_up_longest_is_named(conn: sa.Connection) -> None:
    set_caps(
        conn,
        cap(CapScope.GUILD, "", 5, Period.DAY),
        cap(CapScope.CHANNEL, CHANNEL, 5, Period.MONTH),
        cap(CapScope.MEMBER, "", 5, Period.WEEK),
    )

    assert refused(conn, 1, 6).scope is CapScope.CHANNEL


def test_a_cap_begins_anew_when_its_refusal_says(conn: sa.Connection) -> None:
    set_caps(conn, cap(CapScope.GUILD, "", 5))
    order(conn, 1, 5)

    resets_at = refused(conn, 2, 5).resets_at

    assert resets_at == JUNE
    order(conn, 3, 5, now=JUNE)


def test_a_month_is_the_guilds_own(conn: sa.Connection) -> None:
    guilds.change(conn, GUILD, timezone="Asia/Tokyo")
    set_caps(conn, cap(CapScope.GUILD, "", 5))
    order(conn, 1, 5, now=at("2026-05-31", 14))

    assert refused(conn, 2, 5, now=at("2026-05-31", 14)).resets_at == at("2026-05-31", 15)
    order(conn, 3, 5, now=at("2026-05-31", 15))


def test_whoever_moves_the_calendar_back_spends_no_month_twice(conn: sa.Connection) -> None:
    guilds.change(conn, GUILD, timezone="Asia/Tokyo")
    set_caps(conn, cap(CapScope.GUILD, "", 5, Period.DAY))
    order(conn, 1, 5, now=at("2026-05-31", 20))

    guilds.change(conn, GUILD, timezone="America/Los_Angeles")

    refused(conn, 2, 5, now=at("2026-05-31", 21))
    refused(conn, 3, 5, now=at("2026-06-01", 12))
    order(conn, 4, 5, now=at("2026-06-02", 12))


def test_a_clock_that_goes_back_frees_nothing(conn: sa.Connection) -> None:
    set_caps(conn, cap(CapScope.GUILD, "", 5, Period.DAY))
    order(conn, 1, 5, now=at("2026-05-04"))

    refused(conn, 2, 1, now=at("2026-05-03"))


def test_the_same_interaction_again_finds_its_job_whatever_the_caps(conn: sa.Connection) -> None:
    set_caps(conn, cap(CapScope.GUILD, "", 5))
    first = order(conn, 1, 5)
    guilds.change(conn, GUILD, is_paused=True)

    assert order(conn, 1, 5) == first


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE guild SET timezone = 'Mars/Olympus'",
        "UPDATE cap SET period = 'moon'",
        "UPDATE cap SET credits = 'lots'",
    ],
)
def test_a_cap_that_cannot_be_read_refuses(conn: sa.Connection, damage: str) -> None:
    guilds.change(conn, GUILD, starting_credits=0)
    set_caps(conn, cap(CapScope.GUILD, "", 50))
    conn.exec_driver_sql("PRAGMA ignore_check_constraints = ON")
    conn.exec_driver_sql(damage)

    with pytest.raises(CapsUnreadable):
        order(conn, 1, 1)


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE cap SET scope = 'moon'",
        "UPDATE cap SET period = 'moon'",
        "UPDATE cap SET credits = 'lots'",
        "UPDATE cap SET credits = -1",
        "UPDATE cap SET guild_id = 0",
    ],
)
def test_the_database_itself_refuses_a_cap_that_nobody_could_read(
    conn: sa.Connection, damage: str
) -> None:
    set_caps(conn, cap(CapScope.GUILD, "", 50))

    with pytest.raises(IntegrityError, match="CHECK"):
        conn.exec_driver_sql(damage)


@pytest.mark.parametrize(
    "unfit",
    [
        cap(CapScope.GUILD, "7"),
        cap(CapScope.ROLE, ""),
        cap(CapScope.CHANNEL, ""),
        cap(CapScope.GUILD, "", -1),
    ],
)
def test_a_cap_of_nothing_in_particular_cannot_be_set(conn: sa.Connection, unfit: caps.Cap) -> None:
    with pytest.raises(ValueError, match=r"credits|is no"):
        caps.set_cap(conn, unfit)

    assert caps.of_guild(conn, GUILD) == []


def test_setting_and_lifting_a_cap_says_what_was_there_before(conn: sa.Connection) -> None:
    low, high = cap(CapScope.GUILD, "", 5), cap(CapScope.GUILD, "", 50)

    assert caps.set_cap(conn, low) is None
    assert caps.set_cap(conn, high) == low
    assert caps.of_guild(conn, GUILD) == [high]
    assert caps.remove(conn, low) == high
    assert caps.remove(conn, low) is None
    order(conn, 1, 100)
