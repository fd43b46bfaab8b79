"""The steps from an order to a clip on our disk."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import assert_never

from bot.errors import UnknownModel
from bot.jobs.fetching import fetch
from bot.jobs.outcomes import Outcome
from bot.jobs.thread import Running, Stage, ThreadGone, Waiting
from bot.jobs.workbench import LIFETIME, RETRY, SLOW_RETRY, Workbench
from bot.logs import get_logger
from providers.base import Failed, Pending, Succeeded, TaskRef, VideoRequest
from providers.errors import (
    CannotTell,
    KeyRefused,
    NotSubmitted,
    OutOfCredit,
    RateLimited,
    Refused,
    RequestRejected,
    SubmitUncertain,
    TaskLost,
    Unreachable,
)
from providers.model import Shape
from storage import history, jobs, line
from storage.jobs import Job, JobState

WAITING_LOOK = timedelta(seconds=3)

log = get_logger("jobs")


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


async def await_provider(bench: Workbench, job: Job) -> None:
    """The provider is not configured (any more), and may come back within the job's lifetime."""
    if job.cancel_requested:
        is_early = job.state is JobState.QUEUED
        await bench.end(job, Outcome.CANCELLED_EARLY if is_early else Outcome.CANCELLED_LATE)
    else:
        await bench.look_again(job, SLOW_RETRY)


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
        request = _request(bench, job)
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
        await _submit(bench, turn, request)


async def _submit(bench: Workbench, job: Job, request: VideoRequest) -> None:
    """The intent is committed: from here a crash leads to a look-up, never to a second submit."""
    try:
        task = await bench.provider(job).submit(request, job.id)
    except RateLimited as error:
        pause = timedelta(seconds=error.retry_after_seconds)
        await bench.queue_again(job, pause, is_asked_to_wait=True)
    except NotSubmitted:
        await bench.queue_again(job, RETRY)
    except SubmitUncertain:
        await doubt(bench, job)
    except RequestRejected as error:
        log.warning("the provider rejected the request", job=job.id, reason=str(error))
        await bench.end(job, Outcome.BAD_INPUT)
    except Refused:
        await bench.end(job, Outcome.REFUSED)
    except OutOfCredit as error:
        log.error("the provider's account is empty", job=job.id, reason=str(error))
        await bench.end(job, Outcome.OWNER_OUT_OF_CREDIT)
    except KeyRefused as error:
        log.error("the provider refuses the key", job=job.id, reason=str(error))
        await bench.end(job, Outcome.OWNER_KEY_REFUSED)
    else:
        await _run(bench, job, task)


async def doubt(bench: Workbench, job: Job) -> None:
    """Nobody knows whether the submit arrived; look only once it must be visible if it did."""
    now = bench.clock()
    grace = timedelta(seconds=bench.provider(job).grace_seconds)
    await bench.database.run(jobs.update, job, now=now, state=JobState.UNKNOWN, due_at=now + grace)


async def look_up(bench: Workbench, job: Job) -> None:
    """Ask the provider what became of an uncertain submit, unless a webhook has told."""
    try:
        task = job.hint or await bench.provider(job).find(job.id)
    except Unreachable:
        await bench.look_again(job, RETRY)
    except CannotTell:
        if bench.is_overdue(job):
            await bench.end(job, Outcome.LOST, state=JobState.NEEDS_REVIEW)
        else:
            await bench.look_again(job, RETRY)
    else:
        if task is None:
            await bench.queue_again(job, timedelta())
        else:
            await _run(bench, job, task)


async def _run(bench: Workbench, job: Job, task: TaskRef) -> None:
    now = bench.clock()
    await bench.database.run(
        jobs.update,
        job,
        now=now,
        state=JobState.RUNNING,
        task=task,
        due_at=bench.pace.next_look(bench.provider(job), now=now),
    )


async def poll(bench: Workbench, job: Job) -> None:
    """Look at the task once; stop it where the member or the deadline asks for that."""
    provider, task = bench.provider(job), job.task or {}
    try:
        if job.cancel_requested and provider.can_cancel:
            await _stop(bench, job, Outcome.CANCELLED_LATE)
            return
        status = await provider.poll(task)
        # A clip that was ready before the deadline is taken, however late we look.
        if isinstance(status, Pending) and bench.is_overdue(job):
            await _stop(bench, job, Outcome.TIMED_OUT)
            return
    except Unreachable:
        await bench.look_again(job, RETRY)
        return
    except TaskLost:
        await bench.end(job, Outcome.LOST)
        return
    match status:
        case Pending():
            await _progress(bench, job, status)
        case Succeeded():
            await fetch(bench, job, status)
        case Failed():
            log.warning("the task failed", job=job.id, reason=status.detail)
            outcome = Outcome.of_failure(status.reason)
            await bench.end(job, outcome, billed_microdollars=status.billed_microdollars)
        case _:
            assert_never(status)


async def _stop(bench: Workbench, job: Job, outcome: Outcome) -> None:
    """End the task at the provider too, and take what it cannot undo as billed in full."""
    provider = bench.provider(job)
    is_billed = provider.can_cancel and await provider.cancel(job.task or {})
    full_price = job.price_credits * bench.catalogue.credit_microdollars
    await bench.end(job, outcome, billed_microdollars=full_price if is_billed else None)


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


def _request(bench: Workbench, job: Job) -> VideoRequest:
    return VideoRequest(
        model=bench.catalogue.offered(job.provider, job.model),
        prompt=job.prompt,
        picture=_file(bench, job.picture),
        seconds=job.seconds,
        shape=Shape(job.shape) if job.shape else None,
        seed=job.seed,
        resolution=job.resolution,
        sound=job.sound,
        last_frame=_file(bench, job.last_frame),
        audio=_file(bench, job.audio),
        negative_prompt=job.negative_prompt,
        callback_url=bench.callbacks.url(job.provider, job.id) if bench.callbacks else None,
    )


def _file(bench: Workbench, name: str | None) -> Path | None:
    return None if name is None else bench.files.upload(name)
