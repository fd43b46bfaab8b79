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
        # A job without a reply is announced: its thread stands on that, and has its id.
        reply_id=opened.thread_id if _lacks_reply(job) else job.reply_id,
        thread_id=opened.thread_id,
        status_id=opened.status_id,
    )


def _lacks_reply(job: Job) -> bool:
    return job.reply_id is None and job.thread_id is None
