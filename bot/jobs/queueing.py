"""The steps of a job in line: its thread is opened first, and then it waits for its turn."""

from __future__ import annotations

from datetime import timedelta

from bot.errors import UnknownModel
from bot.jobs import making
from bot.jobs.outcomes import Outcome
from bot.jobs.thread import ThreadGone, Waiting
from bot.jobs.workbench import LIFETIME, Workbench
from storage import jobs, line
from storage.jobs import Job

WAITING_LOOK = timedelta(seconds=3)


async def leave_the_queue(bench: Workbench, job: Job) -> None:
    """Open the thread first; then submit as soon as it is this job's turn."""
    if job.cancel_requested:
        await bench.end(job, Outcome.CANCELLED_EARLY)
    elif bench.is_past(job.created_at, LIFETIME):
        await bench.end(job, Outcome.TIMED_OUT)
    elif job.status_id is None:
        await _open_thread(bench, job)
    else:
        await _take_turn(bench, job)


async def _open_thread(bench: Workbench, job: Job) -> None:
    position = await bench.database.read(line.position, job)
    try:
        opened = await bench.thread.open(job, Waiting(position))
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


async def _take_turn(bench: Workbench, job: Job) -> None:
    try:
        request = making.request(bench, job)
    except UnknownModel:
        # Left in line, a job whose model is no longer offered would hold up all behind it.
        await bench.end(job, Outcome.LOST)
        return
    if job.not_before is not None and bench.clock() < job.not_before:
        # Woken by something else, a job must still not be submitted before the provider said.
        await bench.look_again(job, job.not_before - bench.clock())
        return
    turn = await bench.database.run(
        line.begin_submit, job, max_running=bench.provider(job).max_running, now=bench.clock()
    )
    if isinstance(turn, int):
        await bench.thread.show(job, Waiting(turn))
        await bench.look_again(job, WAITING_LOOK)
    else:
        await making.submit(bench, turn, request)
