"""The steps of a job whose task turned up after its hold was given back: a clip on the house."""

from __future__ import annotations

from datetime import timedelta
from typing import assert_never

from bot.jobs import reviewing
from bot.jobs.delivering import deliver
from bot.jobs.fetching import bill, fetch
from bot.jobs.outcomes import Outcome
from bot.jobs.workbench import LIFETIME, SLOW_RETRY, Workbench
from bot.logs import get_logger
from providers.base import Failed, Pending, Succeeded
from providers.errors import TaskLost, Unreachable
from storage import jobs, late
from storage.jobs import Job
from storage.verdicts import Case

log = get_logger("jobs")


async def look(bench: Workbench, job: Job) -> None:
    """Follow the task with our own key to its end; nobody's hold is touched again."""
    case = await reviewing.ask(bench, job)
    if _has_taken(bench, case, LIFETIME):
        outcome = Outcome.TIMED_OUT if job.clip is None else Outcome.THREAD_GONE
        await bench.end(job, outcome, billed_microdollars=job.billed_microdollars)
    elif job.clip is not None:
        await deliver(bench, job)
    elif job.provider not in bench.providers:
        await bench.look_again(job, SLOW_RETRY)
    else:
        await _poll(bench, job, case)


async def _poll(bench: Workbench, job: Job, case: Case) -> None:
    try:
        status = await bench.provider(job).poll(job.task or {})
    except Unreachable:
        await bench.look_again(job, SLOW_RETRY)
        return
    except TaskLost:
        log.warning("no such task at the provider", job=job.id, provider=job.provider)
        if job.failure == Outcome.OVERDUE:
            await bench.end(job, Outcome.LOST, billed_microdollars=job.billed_microdollars)
        else:
            await bench.database.run(late.reopen, job, now=bench.clock())
        return
    match status:
        case Pending():
            await _wait(bench, job, case)
        case Succeeded():
            await fetch(bench, job, status)
        case Failed():
            log.warning("the late task failed", job=job.id, reason=status.detail)
            billed = bill(job, status.billed_microdollars)
            outcome = Outcome.of_failure(status.reason)
            await bench.end(job, outcome, billed_microdollars=billed)
        case _:
            assert_never(status)


async def _wait(bench: Workbench, job: Job, case: Case) -> None:
    provider = bench.provider(job)
    if _has_taken(bench, case, timedelta(seconds=provider.deadline_seconds)):
        await bench.end(job, Outcome.TIMED_OUT, billed_microdollars=job.billed_microdollars)
        return
    now = bench.clock()
    next_look = bench.pace.next_look(provider, now=now)
    await bench.database.run(jobs.update, job, now=now, due_at=next_look)


def _has_taken(bench: Workbench, case: Case, span: timedelta) -> bool:
    return case.resumed_at is not None and bench.is_past(case.resumed_at, span)
