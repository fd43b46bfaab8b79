"""Counters follow every hold and every end of it, and the audit finds what does not fit."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa

from storage import caps, guilds, jobs, late, members, spending
from storage.books import audit
from storage.cap_schema import OWNER, CapScope, SpendingScope
from storage.jobs import JobState
from storage.spending import Spent
from tests.storage.capped import CHANNEL, at, cap, enrich, order, refused, set_caps
from tests.storage.examples import GUILD, MEMBER, NOW, in_state

MAY = date(2026, 5, 1)
NOTHING = Spent(held=0, spent=0)


@pytest.fixture(autouse=True)
def account(conn: sa.Connection) -> int:
    return enrich(conn)


def counted(conn: sa.Connection, account: int) -> set[Spent]:
    """What every counter of the guild's one job says; one value if they agree."""
    subjects = {
        SpendingScope.MEMBER: str(account),
        SpendingScope.CHANNEL: str(CHANNEL),
        SpendingScope.GUILD: "",
        SpendingScope.PROVIDER: "local",
        SpendingScope.MODEL: "local/depth",
    }
    return {spending.since(conn, GUILD, scope, subject, MAY) for scope, subject in subjects.items()}


def owners(conn: sa.Connection) -> Spent:
    return spending.since(conn, OWNER, SpendingScope.OWNER, "", MAY)


def test_a_hold_is_counted_at_once(conn: sa.Connection, account: int) -> None:
    order(conn, 1, 8)

    assert counted(conn, account) == {Spent(held=8, spent=0)}
    assert owners(conn) == Spent(held=80_000, spent=0)
    assert audit(conn).discrepancies == ()


@pytest.mark.parametrize(
    ("ending", "paid", "billed", "counts", "owner"),
    [
        (JobState.DELIVERED, 8, None, 8, 80_000),
        (JobState.DELIVERED, 5, 45_000, 5, 45_000),
        (JobState.DELIVERED, 0, 0, 0, 0),
        (JobState.FAILED, 0, None, 0, 0),
        (JobState.FAILED, 0, 80_000, 0, 80_000),
        (JobState.FAILED, 8, None, 8, 0),
        (JobState.CANCELLED, 3, 30_000, 3, 30_000),
        (JobState.NEEDS_REVIEW, 0, None, 0, 0),
    ],
)
def test_what_a_job_ends_with_takes_the_place_of_its_hold(
    conn: sa.Connection,
    account: int,
    ending: JobState,
    paid: int,
    billed: int | None,
    counts: int,
    owner: int,
) -> None:
    before = JobState.FETCHED if ending is JobState.DELIVERED else JobState.UNKNOWN
    job = in_state(conn, before, price_credits=8, provider_microdollars=80_000)

    jobs.finish(
        conn, job, ending, now=NOW, paid_credits=paid, billed_microdollars=billed, due_at=None
    )

    assert counted(conn, account) == {Spent(held=0, spent=counts)}
    assert owners(conn) == Spent(held=0, spent=owner)
    assert audit(conn).discrepancies == ()


@pytest.mark.parametrize(
    ("ending", "billed", "owner"),
    [
        (JobState.DELIVERED, None, 80_000),
        (JobState.DELIVERED, 60_000, 60_000),
        (JobState.FAILED, None, 0),
        (JobState.FAILED, 60_000, 60_000),
    ],
)
def test_a_late_clip_counts_for_the_owner_alone(
    conn: sa.Connection, account: int, ending: JobState, billed: int | None, owner: int
) -> None:
    job = in_state(conn, JobState.LATE, price_credits=8, provider_microdollars=80_000)
    assert owners(conn) == NOTHING

    late.finish(conn, job, ending, now=NOW, house_loss_credits=8, billed_microdollars=billed)

    assert counted(conn, account) == {NOTHING}
    assert owners(conn) == Spent(held=0, spent=owner)
    assert audit(conn).discrepancies == ()


def test_what_is_freed_can_be_spent_by_somebody_else(conn: sa.Connection) -> None:
    set_caps(conn, cap(CapScope.GUILD, "", 10))
    first = in_state(conn, JobState.RUNNING, price_credits=8)
    refused(conn, 2, 5)

    jobs.finish(conn, first, JobState.FAILED, now=NOW, paid_credits=0, due_at=None)

    order(conn, 3, 10)


def test_a_job_counts_for_the_day_of_its_order_however_late_it_ends(
    conn: sa.Connection, account: int
) -> None:
    job = in_state(conn, JobState.FETCHED, price_credits=8)
    guilds.change(conn, GUILD, timezone="Pacific/Kiritimati")

    jobs.finish(conn, job, JobState.DELIVERED, now=at("2026-07-09"), paid_credits=8, due_at=None)

    rows = conn.exec_driver_sql("SELECT DISTINCT day, held FROM spending").all()
    assert [tuple(row) for row in rows] == [("2026-05-04", 0)]


def test_whoever_is_forgotten_leaves_counters_that_name_nobody_and_still_fit(
    conn: sa.Connection, account: int
) -> None:
    set_caps(conn, cap(CapScope.MEMBER, account, 50))
    in_state(conn, JobState.DELIVERED, price_credits=8)

    members.forget(conn, GUILD, MEMBER, pseudonym=-5)

    assert counted(conn, account) == {NOTHING}
    assert audit(conn).discrepancies == ()
    named = conn.exec_driver_sql("SELECT subject FROM spending WHERE scope = 'member'").all()
    assert [row.subject for row in named] == [str(account)]
    [moved] = caps.of_guild(conn, GUILD)
    assert moved.subject != str(account)
    enrich(conn, MEMBER + 1)
    assert refused(conn, 9, 60, member_id=MEMBER).credits == 50


def test_a_month_of_jobs_is_a_row_a_day_for_each_counter(conn: sa.Connection) -> None:
    for number in range(1, 91):
        order(conn, number, 1, now=at(f"2026-05-{1 + number % 30:02}"))

    rows = conn.exec_driver_sql("SELECT scope, count(*) FROM spending GROUP BY scope").all()
    assert {row[1] for row in rows} == {30}
    assert audit(conn).discrepancies == ()


@pytest.mark.parametrize(
    ("damage", "found"),
    [
        (
            "UPDATE spending SET held = 3 WHERE scope = 'guild'",
            "counted as held by guild  on 2026-05-04 should be 8 and is 3",
        ),
        (
            "UPDATE spending SET spent = 1 WHERE scope = 'model'",
            "counted as spent by model local/depth on 2026-05-04 should be 0 and is 1",
        ),
        (
            "DELETE FROM spending WHERE scope = 'channel'",
            "counted as held by channel 33 on 2026-05-04 should be 8 and is 0",
        ),
        (
            "INSERT INTO spending VALUES (11, 'channel', '34', '2026-05-04', 5, 0)",
            "counted as held by channel 34 on 2026-05-04 should be 0 and is 5",
        ),
        (
            "UPDATE spending SET held = 0 WHERE scope = 'owner'",
            "the owner: counted as held by owner  on 2026-05-04 should be 80000 and is 0",
        ),
        (
            "UPDATE hold SET day = '2026-04-30'",
            "counted as held by guild  on 2026-05-04 should be 0 and is 8",
        ),
    ],
)
def test_the_audit_names_a_counter_that_was_changed_by_hand(
    conn: sa.Connection, damage: str, found: str
) -> None:
    order(conn, 1, 8)

    conn.exec_driver_sql(damage)

    assert any(found in str(one) for one in audit(conn).discrepancies)
