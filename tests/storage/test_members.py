"""What is stored of a member: listed in pages, read whole, and made anonymous for good."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from storage import files_to_go, jobs, ledger, members, verdicts
from storage.books import audit
from storage.files_to_go import Files
from storage.job import JobState
from storage.job_schema import Verdict
from storage.members import FORGOTTEN_PROMPT
from storage.schema import metadata
from tests.storage.examples import GUILD, MEMBER, NOW, PATHS, in_state, new_job, seconds

PSEUDONYM = -7
OTHER = 23
MODERATOR = 24
DELIVERED = JobState.DELIVERED


def delivered(conn: sa.Connection, interaction_id: int = 1, **changes: object) -> jobs.Job:
    """Make a job with every column filled that could lead to its member, and end it."""
    job = in_state(
        conn,
        JobState.FETCHED,
        interaction_id,
        reply_id=901,
        thread_id=902,
        last_frame=f"{interaction_id}-last.jpg",
        audio=f"{interaction_id}.mp3",
        negative_prompt="my cousin",
        **changes,
    )
    job = jobs.update(
        conn,
        job,
        now=NOW,
        due_at=NOW,
        keep_lease=True,
        clip=f"{interaction_id}.mp4",
        clip_id=903,
        status_id=904,
    )
    return jobs.finish(conn, job, DELIVERED, now=NOW, paid_credits=8, due_at=None)


def grant(conn: sa.Connection, member_id: int, *, actor_id: int, source: str = "grant:1") -> None:
    ledger.grant(
        conn,
        guild_id=GUILD,
        member_id=member_id,
        credits=5,
        actor_id=actor_id,
        reason="a contest",
        source=source,
        now=NOW,
    )


def forget(conn: sa.Connection) -> members.Holdings:
    return members.forget(conn, GUILD, MEMBER, pseudonym=PSEUDONYM)


def test_pages_show_the_newest_jobs_first_and_nobody_elses(conn: sa.Connection) -> None:
    for number in range(1, 6):
        jobs.create(conn, new_job(number, price_credits=1), now=NOW + seconds(number))
    jobs.create(conn, new_job(6, member_id=OTHER), now=NOW)
    jobs.create(conn, new_job(7, guild_id=GUILD + 1), now=NOW)

    first = members.jobs_page(conn, GUILD, MEMBER, skip=0, limit=2)
    last = members.jobs_page(conn, GUILD, MEMBER, skip=4, limit=2)

    assert ([job.id for job in first.jobs], first.of) == (["5", "4"], 5)
    assert ([job.id for job in last.jobs], last.of) == (["1"], 5)


def test_holdings_are_all_that_is_stored_of_a_member(conn: sa.Connection) -> None:
    job = delivered(conn)
    grant(conn, OTHER, actor_id=MEMBER)
    grant(conn, OTHER, actor_id=1, source="grant:2")
    delivered(conn, 2, member_id=OTHER)

    held = members.holdings(conn, GUILD, MEMBER)

    assert held.account == ledger.account(conn, GUILD, MEMBER, now=NOW)
    assert [(entry.source, entry.phase) for entry in held.entries] == [
        ("welcome:1", "grant"),
        ("1", "hold"),
        ("1", "settle"),
    ]
    assert [entry.source for entry in held.actions] == ["grant:1"]
    assert held.jobs == (job,)
    assert held.files == Files(("pictures/1.jpg", "1-last.jpg", "1.mp3"), ("1.mp4",))
    assert len(held.files) == 4
    assert not held.is_empty


def test_looking_at_a_stranger_opens_no_account(conn: sa.Connection) -> None:
    held = members.holdings(conn, GUILD, MEMBER)

    assert held.account is None
    assert held.is_empty
    assert conn.exec_driver_sql("SELECT count(*) FROM account").scalar_one() == 0


def test_a_forgotten_members_jobs_say_nothing_of_whom_or_what(conn: sa.Connection) -> None:
    job = delivered(conn)

    forget(conn)

    assert jobs.get(conn, job.id) == replace(
        job,
        member_id=PSEUDONYM,
        prompt=FORGOTTEN_PROMPT,
        negative_prompt=None,
        reply_id=None,
        thread_id=None,
        status_id=None,
        clip_id=None,
        picture=None,
        last_frame=None,
        audio=None,
        clip=None,
        hint={},
        fence=job.fence + 1,
    )


def mentions(conn: sa.Connection, member_id: int) -> list[str]:
    """The columns in which a member's id stands, in whatever form."""
    found = []
    for table in metadata.sorted_tables:
        for column in table.c:
            sql = f'SELECT count(*) FROM "{table.name}" WHERE CAST("{column.name}" AS TEXT) LIKE ?'
            if conn.exec_driver_sql(sql, (f"%{member_id}%",)).scalar_one():
                found.append(f"{table.name}.{column.name}")
    return found


def test_after_forgetting_the_id_stands_only_on_the_empty_account(
    conn: sa.Connection,
) -> None:
    member = 987_654_321
    delivered(conn, member_id=member)
    grant(conn, OTHER, actor_id=member)

    members.forget(conn, GUILD, member, pseudonym=PSEUDONYM)

    assert mentions(conn, member) == ["account.member_id"]
    held = members.holdings(conn, GUILD, member)
    assert held.account == ledger.Account(guild_id=GUILD, member_id=member, posted=0, held=0)
    assert held.is_empty


def test_the_credits_stay_with_the_anonymous_account_and_the_books_balance(
    conn: sa.Connection,
) -> None:
    delivered(conn)

    forget(conn)

    gone = ledger.account(conn, GUILD, PSEUDONYM, now=NOW)
    assert (gone.posted, gone.held) == (92, 0)
    assert audit(conn).discrepancies == ()


def test_starting_credits_are_not_given_twice(conn: sa.Connection) -> None:
    delivered(conn)
    forget(conn)

    assert ledger.account(conn, GUILD, MEMBER, now=NOW).available == 0
    grant(conn, MEMBER, actor_id=1)
    jobs.create(conn, new_job(2, price_credits=5), now=NOW)
    assert ledger.account(conn, GUILD, MEMBER, now=NOW).available == 0
    assert audit(conn).discrepancies == ()


def test_forgetting_again_changes_nothing(conn: sa.Connection) -> None:
    delivered(conn)
    forget(conn)
    before = members.holdings(conn, GUILD, MEMBER)

    again = members.forget(conn, GUILD, MEMBER, pseudonym=-8)

    assert again == before == members.holdings(conn, GUILD, MEMBER)
    assert ledger.account(conn, GUILD, PSEUDONYM, now=NOW).posted == 92
    assert conn.exec_driver_sql("SELECT count(*) FROM account").scalar_one() == 2


def test_others_and_other_guilds_are_left_alone(conn: sa.Connection) -> None:
    other = delivered(conn, 2, member_id=OTHER)
    elsewhere = delivered(conn, 3, guild_id=GUILD + 1)
    delivered(conn)

    forget(conn)

    assert (jobs.get(conn, other.id), jobs.get(conn, elsewhere.id)) == (other, elsewhere)
    assert ledger.account(conn, GUILD, OTHER, now=NOW).posted == 92
    assert ledger.account(conn, GUILD + 1, MEMBER, now=NOW).posted == 92


@pytest.mark.parametrize(
    "state",
    [state for state in PATHS if not state.is_terminal] + [JobState.NEEDS_REVIEW],
)
def test_nobody_is_forgotten_while_a_job_is_open(conn: sa.Connection, state: JobState) -> None:
    done = delivered(conn)
    job = in_state(conn, state, 2)

    held = forget(conn)

    assert held.open_jobs == (job,)
    assert (jobs.get(conn, done.id), jobs.get(conn, job.id)) == (done, job)
    assert ledger.account(conn, GUILD, MEMBER, now=NOW).posted == 92
    assert files_to_go.listed(conn) == Files()


def test_a_job_whose_last_visit_is_still_to_come_is_open(conn: sa.Connection) -> None:
    job = in_state(conn, JobState.RUNNING)
    job = jobs.finish(conn, job, JobState.FAILED, now=NOW, paid_credits=0, due_at=NOW)

    assert forget(conn).open_jobs == (job,)

    [visit] = jobs.claim_due(conn, now=NOW, lease=seconds(60), limit=1)
    assert forget(conn).open_jobs == (visit,)

    jobs.update(conn, visit, now=NOW, due_at=None)
    assert forget(conn).open_jobs == ()
    assert jobs.get(conn, job.id).prompt == FORGOTTEN_PROMPT


def reviewed(conn: sa.Connection, interaction_id: int, **changes: object) -> jobs.Job:
    """Make a job nobody can tell about, and let a moderator decide that it never ran."""
    job = in_state(conn, JobState.NEEDS_REVIEW, interaction_id, **changes)
    verdicts.decide(conn, job.id, Verdict.NEVER_RAN, moderator_id=MODERATOR, now=NOW)
    [visit] = jobs.claim_due(conn, now=NOW, lease=seconds(60), limit=1)
    return jobs.update(conn, visit, now=NOW, due_at=None)


def test_a_job_that_was_decided_about_is_over_and_no_webhook_wakes_it(
    conn: sa.Connection,
) -> None:
    job = reviewed(conn, 1)

    assert forget(conn).open_jobs == ()

    assert jobs.get(conn, job.id).member_id == PSEUDONYM
    assert not jobs.hint(conn, job.id, task={"id": "late"}, now=NOW)
    assert jobs.get(conn, job.id).due_at is None


def test_what_a_moderator_decided_is_theirs_and_is_made_anonymous(conn: sa.Connection) -> None:
    job = reviewed(conn, 1)
    elsewhere = reviewed(conn, 2, guild_id=GUILD + 1)

    held = members.forget(conn, GUILD, MODERATOR, pseudonym=PSEUDONYM)

    assert not held.is_empty
    assert held.decisions == (
        members.Decision(job_id=job.id, verdict=Verdict.NEVER_RAN, decided_at=NOW),
    )
    deciders = [verdicts.of_job(conn, each.id) for each in (job, elsewhere)]
    assert [case and case.moderator_id for case in deciders] == [PSEUDONYM, MODERATOR]
    assert members.holdings(conn, GUILD, MODERATOR).is_empty


def test_files_are_listed_until_they_are_gone(conn: sa.Connection) -> None:
    delivered(conn)
    delivered(conn, 2, member_id=OTHER)
    forget(conn)
    members.forget(conn, GUILD, OTHER, pseudonym=-8)

    assert len(files_to_go.listed(conn)) == 8

    files_to_go.strike(conn, Files(("1.mp3",), ("2.mp4",)))

    assert files_to_go.listed(conn) == Files(
        ("pictures/1.jpg", "1-last.jpg", "pictures/1.jpg", "2-last.jpg", "2.mp3"), ("1.mp4",)
    )


@pytest.mark.parametrize("pseudonym", [0, 1, MEMBER])
def test_a_pseudonym_is_nobodys_id(conn: sa.Connection, pseudonym: int) -> None:
    with pytest.raises(ValueError, match="could be a member's id"):
        members.forget(conn, GUILD, MEMBER, pseudonym=pseudonym)


def test_the_triggers_are_still_there_afterwards(path: Path, conn: sa.Connection) -> None:
    delivered(conn)
    forget(conn)

    for statement in ("UPDATE entry SET ending = NULL", "DELETE FROM entry", "DELETE FROM job"):
        with pytest.raises(sa.exc.IntegrityError, match="never"):
            conn.exec_driver_sql(statement)
