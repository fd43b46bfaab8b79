"""Who may order nothing: by a moderator's word, until it ends or is lifted, and undone exactly."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from storage import acts, blocks, guilds, jobs, strikes, undoing
from storage.acts import ActKind
from storage.blocks import BlockKind
from storage.books import audit
from storage.errors import MemberBlocked
from storage.job import JobState
from storage.undoing import CannotUndo, Obstacle
from tests.storage.examples import GUILD, MEMBER, NOW, new_job
from tests.storage.shielded import MODERATOR, refuse, refused, running

HOUR = timedelta(hours=1)


def block(conn: sa.Connection, *, hours: int | None = None, reason: str | None = None) -> int:
    """Block the member, and say the act's number."""
    until = None if hours is None else NOW + hours * HOUR
    blocks.block_member(conn, GUILD, MEMBER, MODERATOR, until=until, reason=reason, now=NOW)
    return acts.count(conn, GUILD)


def lift(conn: sa.Connection) -> int:
    """Lift the member's block, and say the act's number."""
    blocks.lift(conn, GUILD, MEMBER, MODERATOR, reason="sorry", now=NOW)
    return acts.count(conn, GUILD)


def is_blocked(conn: sa.Connection, hours: int = 0) -> bool:
    try:
        blocks.check(conn, GUILD, MEMBER, now=NOW + hours * HOUR)
    except MemberBlocked:
        return True
    return False


def test_a_block_holds_until_it_ends(conn: sa.Connection) -> None:
    block(conn, hours=2)

    assert [is_blocked(conn, hours) for hours in (0, 1, 2)] == [True, True, False]


def test_a_block_without_an_end_holds_until_it_is_lifted(conn: sa.Connection) -> None:
    block(conn)
    assert is_blocked(conn, 10_000)

    lift(conn)

    assert not is_blocked(conn)


def test_a_block_is_an_act_with_whom_and_why(conn: sa.Connection) -> None:
    number = block(conn, reason="spam")

    act = acts.get(conn, GUILD, number)

    assert act is not None
    assert (act.kind, act.actor_id, act.reason) == (ActKind.BLOCK, MODERATOR, "spam")
    assert [line.member_id for line in act.lines] == [MEMBER]
    [listed] = blocks.of_guild(conn, GUILD, now=NOW)
    assert (listed.member_id, listed.reason, listed.block.act) == (MEMBER, "spam", number)


def test_a_shorter_block_changes_nothing_and_is_no_act(conn: sa.Connection) -> None:
    number = block(conn)

    assert block(conn, hours=1) == number
    assert is_blocked(conn, 2)


def test_no_block_of_a_moderators_shortens_a_quarantine(conn: sa.Connection) -> None:
    for job in [running(conn, number) for number in range(1, 7)]:
        refuse(conn, job)

    block(conn, hours=1)

    assert is_blocked(conn, 2)


def test_a_block_cancels_what_is_in_line_or_waits_for_approval(conn: sa.Connection) -> None:
    queued = jobs.create(conn, new_job(1), now=NOW)
    guilds.change(conn, GUILD, approval_credits=0)
    waits = jobs.create(conn, new_job(2), now=NOW)
    assert (queued.state, waits.state) == (JobState.QUEUED, JobState.NEEDS_APPROVAL)

    block(conn)

    assert [jobs.get(conn, job.id).cancel_requested for job in (queued, waits)] == [True, True]


def test_a_lift_makes_strikes_count_no_more(conn: sa.Connection) -> None:
    refused(conn, 1)
    refused(conn, 2)

    lift(conn)

    assert refused(conn, 3).number == 1


def test_to_lift_nothing_is_no_act(conn: sa.Connection) -> None:
    assert lift(conn) == 0


def test_undoing_a_block_lets_the_member_order(conn: sa.Connection) -> None:
    number = block(conn)

    undoing.undo(conn, GUILD, number, MODERATOR, now=NOW)

    assert not is_blocked(conn)
    assert audit(conn).discrepancies == ()


def test_undoing_a_longer_block_puts_the_shorter_one_back(conn: sa.Connection) -> None:
    block(conn, hours=2)
    number = block(conn)

    undoing.undo(conn, GUILD, number, MODERATOR, now=NOW)

    assert [is_blocked(conn, hours) for hours in (1, 2)] == [True, False]


def test_undoing_a_lift_restores_quarantine_and_strikes(conn: sa.Connection) -> None:
    for job in [running(conn, number) for number in range(1, 7)]:
        refuse(conn, job)
    before = blocks.of_member(conn, GUILD, MEMBER, now=NOW)
    number = lift(conn)

    undoing.undo(conn, GUILD, number, MODERATOR, now=NOW)

    assert blocks.of_member(conn, GUILD, MEMBER, now=NOW) == before
    assert before is not None
    assert before.kind is BlockKind.QUARANTINED
    found = strikes.of_member(conn, GUILD, MEMBER)
    assert [one.counts(NOW) for one in found] == [True] * 6


def test_what_was_ordered_under_a_lift_that_is_undone_is_cancelled(conn: sa.Connection) -> None:
    block(conn)
    number = lift(conn)
    ordered = jobs.create(conn, new_job(1), now=NOW)

    undoing.undo(conn, GUILD, number, MODERATOR, now=NOW)

    assert jobs.get(conn, ordered.id).cancel_requested


def test_a_block_that_changed_since_cannot_be_undone(conn: sa.Connection) -> None:
    number = block(conn, hours=1)
    block(conn, hours=2)

    with pytest.raises(CannotUndo) as refusal:
        undoing.undo(conn, GUILD, number, MODERATOR, now=NOW)

    assert refusal.value.why is Obstacle.CHANGED_SINCE


def test_to_ask_who_is_blocked_opens_no_account(conn: sa.Connection) -> None:
    blocks.check(conn, GUILD, 999, now=NOW)

    assert conn.exec_driver_sql("SELECT count(*) FROM account").scalar() == 0
