"""Overdue looks at tasks are found by provider, and put off."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from storage import job_schema, jobs, looks
from storage.database import Database
from storage.jobs import Job, JobState
from tests.storage.examples import NOW, new_job


async def running(database: Database, number: int) -> Job:
    job = await database.run(jobs.create, new_job(number), now=NOW)
    await database.run(set_running, job)
    return job


def set_running(conn: sa.Connection, job: Job) -> None:
    table = job_schema.job
    running = {"state": JobState.RUNNING, "due_at": NOW}
    conn.execute(sa.update(table).where(table.c.id == job.id).values(running))


async def test_only_tasks_that_run_and_are_due_are_overdue(database: Database) -> None:
    first, second = await running(database, 1), await running(database, 2)
    await database.run(jobs.create, new_job(3), now=NOW)

    before = await database.read(looks.overdue, now=NOW - timedelta(seconds=1))
    found = await database.read(looks.overdue, now=NOW)

    assert before == {}
    assert found == {first.provider: [first.id, second.id]}


async def test_each_is_put_off_to_its_own_moment(database: Database) -> None:
    first, second = await running(database, 1), await running(database, 2)
    soon, later = NOW + timedelta(seconds=1), NOW + timedelta(seconds=2)

    await database.run(looks.postpone, {first.id: soon, second.id: later})

    assert (await database.read(jobs.get, first.id)).due_at == soon
    assert (await database.read(jobs.get, second.id)).due_at == later
