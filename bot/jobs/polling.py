"""The look at a running task: how far it is, what became of it, or that it shall stop."""

from __future__ import annotations

from typing import assert_never

from bot.jobs.fetching import bill, fetch
from bot.jobs.outcomes import Outcome, full_microdollars
from bot.jobs.thread import Running, Stage, Waiting
from bot.jobs.workbench import LIFETIME, Workbench
from bot.logs import get_logger
from providers.base import Failed, Pending, Stopping, Succeeded
from providers.errors import TaskLost, Unreachable
from storage import history, jobs
from storage.jobs import Job

log = get_logger("jobs")


async def poll(bench: Workbench, job: Job) -> None:
    """Look at the task once; stop it where the member or the deadline asks for that."""
    provider, task = bench.provider(job), job.task or {}
    try:
        if job.cancel_requested and provider.stopping is not Stopping.NEVER:
            await _stop(bench, job, Outcome.CANCELLED_LATE)
            return
        status = await provider.poll(task)
        # A clip that was ready before the deadline is taken, however late we look.
        if isinstance(status, Pending) and bench.is_overdue(job):
            await _run_out_of_time(bench, job)
            return
    except Unreachable:
        if bench.is_past(job.in_line_since, LIFETIME) and not job.cancel_requested:
            await bench.wait_no_longer(job)
            return
        now = bench.clock()
        # Later than usual, and spread as usual: after an outage not all looks come at once.
        pause = bench.pace.next_look(provider, now=now) - now
        await bench.look_again(job, bench.retry_pause(job) + pause)
        return
    except TaskLost:
        await bench.end(job, Outcome.LOST, billed_microdollars=job.billed_microdollars)
        return
    match status:
        case Pending():
            await _progress(bench, job, status)
        case Succeeded():
            await fetch(bench, job, status)
        case Failed():
            log.warning("the task failed", job=job.id, reason=status.detail)
            outcome = Outcome.of_failure(status.reason)
            billed = bill(job, status.billed_microdollars)
            await bench.end(job, outcome, billed_microdollars=billed)
        case _:
            assert_never(status)


async def _run_out_of_time(bench: Workbench, job: Job) -> None:
    if bench.provider(job).stopping is Stopping.NEVER:
        await bench.wait_no_longer(job)
    else:
        await _stop(bench, job, Outcome.TIMED_OUT)


async def _stop(bench: Workbench, job: Job, outcome: Outcome) -> None:
    """End the task at the provider too, and take what it cannot undo as billed in full."""
    provider = bench.provider(job)
    if await provider.cancel(job.task or {}):
        # Asked once more, as when the disk takes nothing now, some providers no longer know it.
        bench.billed_stops.add(job.id)
    is_billed = job.id in bench.billed_stops
    full_price = full_microdollars(job, bench.catalogue.credit_microdollars)
    await bench.end(job, outcome, billed_microdollars=bill(job, full_price if is_billed else None))
    bench.billed_stops.discard(job.id)


async def _progress(bench: Workbench, job: Job, status: Pending) -> None:
    await bench.thread.show(job, await _stage(bench, job, status))
    now = bench.clock()
    await bench.database.run(
        jobs.update,
        job,
        now=now,
        due_at=bench.pace.next_look(bench.provider(job), now=now),
        progress=status.progress,
    )


async def _stage(bench: Workbench, job: Job, status: Pending) -> Stage:
    if status.position is not None:
        return Waiting(status.position)
    if status.progress is not None:
        return Running(status.progress)
    typical = await bench.database.read(
        history.typical_seconds, job.provider, job.model, job.seconds
    )
    if typical is None:
        return Running(has_begun=not status.is_waiting)
    passed = (bench.clock() - (job.started_at or job.created_at)).total_seconds()
    return Running(seconds_left=max(0, round(typical - passed)), has_begun=not status.is_waiting)
