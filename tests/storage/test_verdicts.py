"""What moderators decide: each case once, together with what follows from it."""

from __future__ import annotations

import asyncio

import pytest
import sqlalchemy as sa

from storage import guilds, jobs, ledger, verdicts
from storage.database import Database
from storage.errors import JobNotFound, NotEnoughCredits
from storage.jobs import Job, JobState, job_id
from storage.verdicts import Case, Verdict
from tests.storage.examples import GUILD, NOW, credits, in_state, new_job, seconds

TASK: dict[str, str | int] = {"id": "t-1"}


def under_review(conn: sa.Connection) -> Job:
    return in_state(conn, JobState.NEEDS_REVIEW)


def test_a_verdict_is_kept_with_who_and_when_and_the_card_is_due(conn: sa.Connection) -> None:
    job = in_state(conn, JobState.NEEDS_REVIEW)

    assert verdicts.decide(conn, job.id, Verdict.NEVER_RAN, moderator_id=7, now=NOW + seconds(5))

    assert verdicts.of_job(conn, job.id) == Case(
        job_id=job.id,
        verdict=Verdict.NEVER_RAN,
        moderator_id=7,
        decided_at=NOW + seconds(5),
    )
    assert jobs.get(conn, job.id).due_at == NOW + seconds(5)
    assert not verdicts.is_open(conn, job)


@pytest.mark.parametrize("later", list(Verdict))
def test_the_first_verdict_is_the_only_one(conn: sa.Connection, later: Verdict) -> None:
    job = in_state(conn, JobState.NEEDS_REVIEW)
    verdicts.decide(conn, job.id, Verdict.NEVER_RAN, moderator_id=7, now=NOW)
    before = verdicts.of_job(conn, job.id)

    assert not verdicts.decide(conn, job.id, later, moderator_id=8, task=TASK, now=NOW)
    assert verdicts.run_again(conn, job.id, new_job(2), moderator_id=8, now=NOW) is None

    assert verdicts.of_job(conn, job.id) == before
    assert jobs.get(conn, job.id).state is JobState.NEEDS_REVIEW
    assert credits(conn) == (100, 0)


async def test_of_two_moderators_at_once_one_decides(database: Database) -> None:
    job = await database.run(under_review)

    async def press(moderator: int) -> bool:
        verdict = Verdict.RAN if moderator % 2 else Verdict.NEVER_RAN
        return await database.run(verdicts.decide, job.id, verdict, moderator_id=moderator, now=NOW)

    counted = await asyncio.gather(*(press(number) for number in range(10)))

    assert sum(counted) == 1


@pytest.mark.parametrize("state", [state for state in JobState if state != "needs_review"])
def test_a_job_that_is_not_under_review_takes_no_verdict(
    conn: sa.Connection, state: JobState
) -> None:
    job = in_state(conn, state)

    assert not verdicts.decide(conn, job.id, Verdict.RAN, moderator_id=7, task=TASK, now=NOW)

    assert jobs.get(conn, job.id) == job
    assert not verdicts.is_open(conn, job)


def test_running_again_holds_anew_and_names_the_new_job(conn: sa.Connection) -> None:
    job = in_state(conn, JobState.NEEDS_REVIEW)

    made = verdicts.run_again(conn, job.id, new_job(2), moderator_id=7, now=NOW)

    assert made is not None
    assert (made.id, made.state) == (job_id(2), JobState.QUEUED)
    assert credits(conn) == (100, 8)
    case = verdicts.of_job(conn, job.id)
    assert case is not None
    assert (case.verdict, case.next_job_id) == (Verdict.RUN_AGAIN, made.id)
    assert ledger.check_books(conn) == []


async def test_without_enough_credits_nothing_is_decided(database: Database) -> None:
    job = await database.run(under_review)

    with pytest.raises(NotEnoughCredits):
        await database.run(
            verdicts.run_again, job.id, new_job(2, price_credits=101), moderator_id=7, now=NOW
        )

    assert await database.read(verdicts.is_open, job)
    assert await database.read(verdicts.of_job, job.id) is None


def test_a_job_nobody_knows_cannot_be_decided(conn: sa.Connection) -> None:
    with pytest.raises(JobNotFound):
        verdicts.decide(conn, "nosuch", Verdict.RAN, moderator_id=7, now=NOW)


def test_where_the_card_stands_is_remembered_beside_a_verdict(conn: sa.Connection) -> None:
    job = in_state(conn, JobState.NEEDS_REVIEW)
    verdicts.decide(conn, job.id, Verdict.NEVER_RAN, moderator_id=7, now=NOW)

    case = verdicts.keep_card(conn, job.id, channel_id=5, message_id=6, now=NOW)

    assert (case.told_at, case.channel_id, case.message_id) == (NOW, 5, 6)
    assert case.verdict is Verdict.NEVER_RAN


def test_a_task_belongs_to_the_job_it_was_made_for(conn: sa.Connection) -> None:
    running = in_state(conn, JobState.RUNNING)
    jobs.update(conn, running, now=NOW, due_at=None, task=TASK)
    reviewed = in_state(conn, JobState.NEEDS_REVIEW, 2)

    assert verdicts.is_task_of_another(conn, reviewed, TASK)
    assert not verdicts.is_task_of_another(conn, running, TASK)
    assert not verdicts.is_task_of_another(conn, reviewed, {"id": "t-2"})


def test_a_guild_chooses_and_clears_its_log_channel(conn: sa.Connection) -> None:
    assert guilds.log_channel(conn, GUILD) is None
    guilds.change(conn, GUILD, starting_credits=7)

    guilds.change(conn, GUILD, log_channel_id=99)
    assert (guilds.log_channel(conn, GUILD), guilds.starting_credits(conn, GUILD)) == (99, 7)

    guilds.change(conn, GUILD, log_channel_id=None)
    assert guilds.log_channel(conn, GUILD) is None
