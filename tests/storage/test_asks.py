"""Members ask, moderators answer: once, in time, and with the job that waits for it."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
import sqlalchemy as sa

from storage import acts, answers, asks, guilds, jobs, ledger, members
from storage.acts import ActKind
from storage.answers import Answered
from storage.asks import AskKind, AskState
from storage.books import audit, check_books
from storage.database import Database
from storage.errors import AskedAlready, AskNotFound, GivingCeilingReached
from storage.giving import Giver
from storage.jobs import JobState
from tests.storage.desk import GIVER, MODERATOR, available
from tests.storage.examples import GUILD, MEMBER, NOW, claimed, credits, new_job

WEEK = timedelta(days=7)


def ask(conn: sa.Connection, credits: int = 50) -> asks.Ask:
    return asks.for_credits(conn, GUILD, MEMBER, credits, "for a birthday clip", now=NOW)


def answer(conn: sa.Connection, ask_id: int, granted: int, **changes: object) -> Answered:
    given: dict[str, object] = {"failure": "not_approved", "now": NOW, **changes}
    # The changes are of any field, so of any type.
    return answers.answer(conn, ask_id, GIVER, granted=granted, **given)  # type: ignore[arg-type]


def test_a_question_waits_with_its_words_until_somebody_answers(conn: sa.Connection) -> None:
    asked = ask(conn)

    [waiting] = asks.pending(conn, GUILD, now=NOW)

    assert waiting == asked
    assert (asked.text, asked.credits, asked.state) == ("for a birthday clip", 50, AskState.OPEN)
    assert asks.pending(conn, GUILD + 1, now=NOW) == []


def test_a_grant_may_differ_from_what_was_asked_and_is_an_act(conn: sa.Connection) -> None:
    asked = ask(conn)

    answered = answer(conn, asked.id, 20)

    assert (answered.ask.state, answered.ask.granted) == (AskState.GRANTED, 20)
    assert answered.ask.moderator_id == MODERATOR
    assert available(conn) == 120
    act = acts.get(conn, GUILD, answered.ask.act or 0)
    assert act is not None
    assert (act.kind, act.credits) == (ActKind.ANSWER, 20)
    assert check_books(conn) == []


async def test_of_moderators_who_press_at_once_one_grants(database: Database) -> None:
    asked = await database.run(ask)

    answered = await asyncio.gather(
        *(
            database.run(
                answers.answer,
                asked.id,
                Giver(member_id=moderator),
                granted=50,
                failure="not_approved",
                now=NOW,
            )
            for moderator in range(60, 70)
        )
    )

    assert [one.is_first for one in answered].count(True) == 1
    assert len({one.ask.moderator_id for one in answered}) == 1
    assert await database.run(available) == 150
    assert await database.read(check_books) == []


def test_a_denial_gives_nothing_and_somebody_may_ask_again(conn: sa.Connection) -> None:
    answered = answer(conn, ask(conn).id, 0)

    assert (answered.ask.state, available(conn)) == (AskState.DENIED, 100)
    assert ask(conn).state is AskState.OPEN


def test_one_question_at_a_time_and_a_week_for_each(conn: sa.Connection) -> None:
    first = ask(conn)

    with pytest.raises(AskedAlready) as refused:
        ask(conn)

    assert refused.value.ask_id == first.id
    assert asks.pending(conn, GUILD, now=NOW + WEEK) == []
    second = asks.for_credits(conn, GUILD, MEMBER, 5, "again", now=NOW + WEEK)
    assert [one.state for one in asks.of_member(conn, GUILD, MEMBER, limit=9)] == [
        AskState.OPEN,
        AskState.EXPIRED,
    ]
    assert not answer(conn, first.id, 50, now=NOW + WEEK).is_first
    assert answer(conn, second.id, 5, now=NOW + WEEK).is_first


def test_the_ceiling_of_a_manager_counts_answers_too(conn: sa.Connection) -> None:
    guilds.change(conn, GUILD, giving_ceiling=30)
    asked = ask(conn)

    with pytest.raises(GivingCeilingReached):
        answer(conn, asked.id, 31)

    assert answer(conn, asked.id, 30).is_first


def test_a_question_nobody_asked_is_unknown(conn: sa.Connection) -> None:
    with pytest.raises(AskNotFound):
        answer(conn, 7, 1)


@pytest.mark.parametrize("amount", [0, -1])
def test_nobody_asks_for_nothing(conn: sa.Connection, amount: int) -> None:
    with pytest.raises(ValueError, match="nobody asks"):
        ask(conn, amount)


def waiting_job(conn: sa.Connection) -> asks.Ask:
    guilds.change(conn, GUILD, approval_credits=20)
    job = jobs.create(conn, new_job(price_credits=21), now=NOW)
    assert job.state is JobState.NEEDS_APPROVAL
    asked = asks.of_job(conn, job.id)
    assert asked is not None
    return asked


def test_a_job_above_the_threshold_waits_with_its_credits_set_aside(conn: sa.Connection) -> None:
    asked = waiting_job(conn)

    assert (asked.kind, asked.credits) == (AskKind.JOB, 21)
    assert credits(conn) == (100, 21)
    at_it = jobs.create(conn, new_job(2, price_credits=20), now=NOW)
    assert at_it.state is JobState.QUEUED


def test_a_job_that_is_let_begin_stands_in_line_and_keeps_its_hold(conn: sa.Connection) -> None:
    asked = waiting_job(conn)
    later = NOW + timedelta(hours=23)

    answer(conn, asked.id, 1, now=later)

    job = jobs.get(conn, asked.job_id or "")
    assert (job.state, job.approved_at, job.in_line_since) == (JobState.QUEUED, later, later)
    assert credits(conn) == (100, 21)
    assert audit(conn).discrepancies == ()


def test_a_denied_job_ends_and_gives_its_credits_back(conn: sa.Connection) -> None:
    asked = waiting_job(conn)

    answered = answer(conn, asked.id, 0)

    job = jobs.get(conn, asked.job_id or "")
    assert (job.state, job.failure) == (JobState.CANCELLED, "not_approved")
    assert (answered.ask.state, credits(conn)) == (AskState.DENIED, (100, 0))
    assert audit(conn).discrepancies == ()


def test_a_job_that_ends_before_the_answer_closes_the_question(conn: sa.Connection) -> None:
    guilds.change(conn, GUILD, approval_credits=0)
    job = claimed(conn)

    jobs.finish(conn, job, JobState.CANCELLED, now=NOW, paid_credits=0, due_at=None)

    asked = asks.of_job(conn, job.id)
    assert asked is not None
    assert asked.state is AskState.EXPIRED
    assert not answer(conn, asked.id, 1).is_first
    assert credits(conn) == (100, 0)


def test_of_a_forgotten_member_no_words_are_left(conn: sa.Connection) -> None:
    asked = ask(conn)

    members.forget(conn, GUILD, MEMBER, pseudonym=-5)

    kept = asks.get(conn, asked.id)
    assert (kept.text, kept.member_id, kept.state) == ("", -5, AskState.EXPIRED)
    assert ledger.account(conn, GUILD, MEMBER, now=NOW).posted == 0
