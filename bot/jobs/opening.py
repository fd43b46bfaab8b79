"""A job's thread is opened first of all, or the one it was ordered in is taken."""

from __future__ import annotations

from bot.jobs.outcomes import Outcome
from bot.jobs.thread import Stage, ThreadGone
from bot.jobs.workbench import Workbench
from storage import jobs
from storage.jobs import Job


async def open_thread(bench: Workbench, job: Job, stage: Stage) -> None:
    """Open the thread and post the status message; a job without a place ends."""
    try:
        opened = await bench.thread.open(job, stage)
    except ThreadGone:
        await bench.end(job, Outcome.THREAD_GONE)
        return
    now = bench.clock()
    await bench.database.run(
        jobs.update,
        job,
        now=now,
        due_at=now,
        thread_id=opened.thread_id,
        status_id=opened.status_id,
    )
