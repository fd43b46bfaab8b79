"""Half, most and all of a cap are noted once a period, in the transaction that reached them."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from storage import alerts, caps
from storage.cap_schema import CapScope
from storage.periods import Period
from tests.storage.capped import CHANNEL, at, cap, enrich, order, refused, set_caps
from tests.storage.examples import GUILD, NOW

WATCHED = [(CapScope.GUILD, ""), (CapScope.CHANNEL, CHANNEL), (CapScope.PROVIDER, "local")]


@pytest.fixture(autouse=True)
def account(conn: sa.Connection) -> int:
    return enrich(conn)


def percents(conn: sa.Connection) -> list[int]:
    """What nobody was told of yet."""
    return [one.percent for one in alerts.untold(conn)]


def tell(conn: sa.Connection) -> None:
    for one in alerts.untold(conn):
        alerts.told(conn, one, now=NOW)


@pytest.mark.parametrize(("scope", "subject"), WATCHED)
def test_each_share_is_noted_once_when_it_is_reached(
    conn: sa.Connection, scope: CapScope, subject: object
) -> None:
    set_caps(conn, cap(scope, subject, 100))
    seen = []
    for number, price in enumerate((49, 1, 29, 1, 19, 1), start=1):
        order(conn, number, price)
        seen.append(percents(conn))
        tell(conn)

    assert seen == [[], [50], [], [80], [], [100]]
    refused(conn, 9, 1)
    assert percents(conn) == []


def test_of_several_shares_reached_at_once_the_highest_is_told(conn: sa.Connection) -> None:
    set_caps(conn, cap(CapScope.GUILD, "", 100))
    order(conn, 1, 85)

    [alert] = alerts.untold(conn)

    assert (alert.percent, alert.credits, alert.used) == (80, 100, 85)
    assert (alert.scope, alert.period, alert.start) == (CapScope.GUILD, Period.MONTH, "2026-05-01")
    tell(conn)
    assert alerts.untold(conn) == []
    assert [one.percent for one in alerts.recent(conn, GUILD, limit=9)] == [80, 50]


def test_the_next_period_is_told_of_anew(conn: sa.Connection) -> None:
    set_caps(conn, cap(CapScope.GUILD, "", 100))
    order(conn, 1, 60)
    tell(conn)

    order(conn, 2, 60, now=at("2026-06-01"))

    assert [one.start for one in alerts.untold(conn)] == ["2026-06-01"]


def test_another_cap_is_told_of_anew_and_the_same_is_not(conn: sa.Connection) -> None:
    set_caps(conn, cap(CapScope.GUILD, "", 100))
    order(conn, 1, 60)
    tell(conn)
    set_caps(conn, cap(CapScope.GUILD, "", 100))
    order(conn, 2, 1)
    assert percents(conn) == []

    set_caps(conn, cap(CapScope.GUILD, "", 120))
    order(conn, 3, 1)

    assert percents(conn) == [50]


@pytest.mark.parametrize(
    "quiet",
    [
        cap(CapScope.MEMBER, "", 10),
        cap(CapScope.ROLE, 55, 10),
        cap(CapScope.GUILD, "", 10, Period.JOB),
    ],
)
def test_what_concerns_one_member_or_one_job_gives_no_alert(
    conn: sa.Connection, quiet: caps.Cap
) -> None:
    set_caps(conn, quiet)

    order(conn, 1, 10, roles=(55,))

    assert percents(conn) == []


def test_a_cap_of_nothing_gives_no_alert(conn: sa.Connection) -> None:
    set_caps(conn, cap(CapScope.GUILD, "", 0))

    order(conn, 1, 0)

    assert percents(conn) == []


def test_the_owners_stop_is_noted_for_the_owner(conn: sa.Connection) -> None:
    caps.set_owner_stop(conn, 100_000)

    order(conn, 1, 5)

    [alert] = alerts.untold(conn)
    assert (alert.guild_id, alert.percent, alert.used) == (0, 50, 50_000)
    assert alerts.recent(conn, GUILD, limit=9) == []
