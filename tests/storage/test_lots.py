"""Credits that expire: which go first, when they go, and what a hold keeps."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from storage import jobs, ledger, lots
from storage.books import check_books
from storage.entries import entries
from storage.jobs import JobState
from storage.schema import Phase
from tests.storage.desk import available
from tests.storage.examples import GUILD, MEMBER, NOW, claimed

SOON = NOW + timedelta(hours=1)
LATER = NOW + timedelta(days=1)


def grant(
    conn: sa.Connection, credits: int, expires_at: datetime | None, source: str = "g"
) -> None:
    ledger.grant(
        conn,
        guild_id=GUILD,
        member_id=MEMBER,
        credits=credits,
        actor_id=None,
        reason=None,
        source=source,
        now=NOW,
        expires_at=expires_at,
    )


def left(conn: sa.Connection) -> list[int]:
    return [lot.remaining for lot in lots.of_member(conn, GUILD, MEMBER)]


def take(conn: sa.Connection, credits: int) -> None:
    ledger.take(
        conn,
        guild_id=GUILD,
        member_id=MEMBER,
        credits=credits,
        actor_id=9,
        reason=None,
        source=f"take:{credits}",
        now=NOW,
    )


def deliver(conn: sa.Connection, number: int, price: int, at: datetime = NOW) -> None:
    job = claimed(conn, number, price_credits=price)
    for state in (JobState.SUBMITTING, JobState.RUNNING, JobState.FETCHED):
        job = jobs.update(conn, job, now=NOW, state=state, due_at=NOW, keep_lease=True)
    jobs.finish(conn, job, JobState.DELIVERED, now=at, paid_credits=price, due_at=None)


def test_credits_are_gone_the_moment_they_expire_and_an_entry_says_so(conn: sa.Connection) -> None:
    grant(conn, 30, SOON)

    assert available(conn, now=SOON - timedelta(microseconds=1)) == 130
    assert available(conn, now=SOON) == 100

    newest = entries(conn, GUILD, MEMBER, limit=1)[0]
    assert (newest.phase, newest.posted_change) == (Phase.EXPIRE, -30)
    assert check_books(conn) == []


def test_a_clip_uses_up_what_expires_soonest(conn: sa.Connection) -> None:
    grant(conn, 10, LATER, "later")
    grant(conn, 10, SOON, "soon")

    deliver(conn, 1, 12)

    assert left(conn) == [8]
    assert available(conn, now=SOON) == 108
    assert check_books(conn) == []


def test_a_moderator_takes_what_lasts_longest(conn: sa.Connection) -> None:
    grant(conn, 10, SOON, "soon")
    grant(conn, 10, LATER, "later")

    take(conn, 105)

    assert left(conn) == [10, 5]
    assert check_books(conn) == []


def test_what_was_set_aside_in_time_is_there_for_the_clip(conn: sa.Connection) -> None:
    grant(conn, 30, SOON)
    job = claimed(conn, price_credits=20)

    assert ledger.account(conn, GUILD, MEMBER, now=SOON).posted == 120
    for state in (JobState.SUBMITTING, JobState.RUNNING, JobState.FETCHED):
        job = jobs.update(conn, job, now=SOON, state=state, due_at=SOON, keep_lease=True)
    jobs.finish(conn, job, JobState.DELIVERED, now=SOON, paid_credits=20, due_at=None)

    assert available(conn, now=SOON) == 100
    assert check_books(conn) == []


def test_what_was_set_aside_and_came_back_too_late_expires(conn: sa.Connection) -> None:
    grant(conn, 30, SOON)
    job = claimed(conn, price_credits=20)
    available(conn, now=SOON)

    jobs.finish(conn, job, JobState.CANCELLED, now=SOON, paid_credits=0, due_at=None)

    assert (available(conn, now=SOON), left(conn)) == (100, [])
    assert check_books(conn) == []


def test_a_hold_made_afterwards_keeps_nothing_from_expiring(conn: sa.Connection) -> None:
    grant(conn, 30, SOON)
    first = claimed(conn, 1, price_credits=20)
    jobs.create(
        conn, vars_of(first, interaction_id=2), now=SOON + timedelta(seconds=1), role_ids=()
    )

    jobs.finish(conn, first, JobState.CANCELLED, now=LATER, paid_credits=0, due_at=None)

    assert left(conn) == []
    assert available(conn, now=LATER) == 80


def vars_of(job: jobs.Job, *, interaction_id: int) -> jobs.NewJob:
    names = jobs.NewJob.__dataclass_fields__.keys() - {"due_at", "interaction_id"}
    given = {name: getattr(job, name) for name in names}
    return jobs.NewJob(**given, interaction_id=interaction_id, due_at=NOW)


def test_the_nightly_round_reaches_accounts_nobody_looks_at(conn: sa.Connection) -> None:
    grant(conn, 30, SOON)

    last = ledger.expire_due(conn, now=LATER, after=0, limit=10)

    assert last is not None
    assert ledger.expire_due(conn, now=LATER, after=last, limit=10) is None
    assert left(conn) == []


def test_credits_that_are_gone_already_cannot_be_granted(conn: sa.Connection) -> None:
    with pytest.raises(ValueError, match="gone already"):
        grant(conn, 1, NOW)


@pytest.mark.parametrize(
    "edit",
    [
        "UPDATE lot SET remaining = remaining - 1 WHERE remaining > 0",
        "UPDATE lot SET credits = credits + 1",
        "UPDATE lot SET expired = 1, remaining = remaining - 1 WHERE remaining > 0",
        "DELETE FROM lot",
    ],
)
def test_an_edited_lot_is_found(conn: sa.Connection, edit: str) -> None:
    grant(conn, 30, SOON)
    grant(conn, 30, LATER, "later")
    available(conn, now=SOON)
    assert check_books(conn) == []

    conn.exec_driver_sql(edit)

    assert check_books(conn) != []
