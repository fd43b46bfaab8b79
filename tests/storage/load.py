"""A process of its own that makes and finishes jobs until it is killed.

It prints the id of each job once storage has said that it is written.
"""

from __future__ import annotations

import asyncio
import sys
from itertools import count

from storage import jobs, ledger
from storage.database import Database
from storage.jobs import JobState
from tests.storage.examples import GUILD, LEASE, NOW, new_job

MEMBERS = 16


async def main(path: str) -> None:
    async with Database.open(f"sqlite:///{path}") as database, asyncio.TaskGroup() as group:
        for member in range(1, MEMBERS + 1):
            group.create_task(make_and_finish_jobs(database, member))


async def make_and_finish_jobs(database: Database, member: int) -> None:
    for number in count():
        interaction = number * MEMBERS + member
        new = new_job(interaction, member_id=member)
        job = await database.run(jobs.create, new, now=NOW)
        print(job.id, flush=True)  # noqa: T201 - whoever kills this reads it
        for claim in await database.run(jobs.claim_due, now=NOW, lease=LEASE, limit=1):
            ending = JobState.FAILED if claim.interaction_id % 3 else JobState.CANCELLED
            paid = claim.interaction_id % 2
            await database.run(jobs.finish, claim, ending, now=NOW, paid_credits=paid, due_at=None)
        await database.run(
            ledger.grant,
            guild_id=GUILD,
            member_id=member,
            credits=8,
            actor_id=1,
            reason=None,
            source=f"wages:{interaction}",
            now=NOW,
        )


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
