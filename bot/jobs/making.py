"""The steps from a submit to a task that runs; `polling` and `fetching` hold those after."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import assert_never

from bot.jobs.outcomes import Outcome
from bot.jobs.polling import poll as poll
from bot.jobs.workbench import LIFETIME, SLOW_RETRY, Workbench
from bot.logs import get_logger
from providers.base import Provider, TaskRef, VideoRequest
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
from storage import jobs
from storage.errors import NotWritten, StaleFence
from storage.jobs import Job, JobState

PATIENCE = timedelta(minutes=30)
"""For so long a provider that takes nothing is tried, and a job waits for it."""
SHORTEST_WAIT = timedelta(seconds=1)

log = get_logger("jobs")


async def await_provider(bench: Workbench, job: Job) -> None:
    """The provider is not configured (any more), and may come back within the job's lifetime."""
    if job.cancel_requested:
        is_early = job.state is JobState.QUEUED
        outcome = Outcome.CANCELLED_EARLY if is_early else Outcome.CANCELLED_LATE
        await bench.end(job, outcome, billed_microdollars=job.billed_microdollars)
    else:
        await bench.look_again(job, SLOW_RETRY)


async def submit(bench: Workbench, job: Job, request: VideoRequest) -> None:
    """The intent is committed: from here a crash leads to a look-up, never to a second submit.

    While the provider rests, nothing is sent; of several jobs, one tries whether it is over.
    """
    now = bench.clock()
    if rest := bench.rests.left(job.provider, now=now):
        await sit_out(bench, job, rest)
        return
    bench.rests.begin_trial(job.provider, now=now)
    try:
        task = await bench.provider(job).submit(request, job.id)
    except RateLimited as error:
        pause = max(SHORTEST_WAIT, timedelta(seconds=error.retry_after_seconds))
        bench.rests.wait(job.provider, pause, now=bench.clock())
        await sit_out(bench, job, pause)
    except NotSubmitted as error:
        pause = bench.rests.back_off(job.provider, now=bench.clock())
        log.warning("the provider takes nothing", job=job.id, reason=str(error))
        await sit_out(bench, job, pause)
    except SubmitUncertain:
        bench.rests.back_off(job.provider, now=bench.clock())
        await doubt(bench, job)
    except (RequestRejected, Refused, OutOfCredit, KeyRefused) as error:
        bench.rests.end(job.provider)
        await _turn_away(bench, job, error)
    else:
        bench.rests.end(job.provider)
        bench.ailments.end(job.provider)
        await _run(bench, job, task)


async def _turn_away(
    bench: Workbench, job: Job, error: RequestRejected | Refused | OutOfCredit | KeyRefused
) -> None:
    match error:
        case RequestRejected():
            log.warning("the provider rejected the request", job=job.id, reason=str(error))
            await bench.end(job, Outcome.BAD_INPUT)
        case Refused():
            await bench.end(job, Outcome.REFUSED)
        case OutOfCredit():
            log.error("the provider's account is empty", job=job.id, reason=str(error))
            await bench.end(job, Outcome.OWNER_OUT_OF_CREDIT)
        case KeyRefused():
            log.error("the provider refuses the key", job=job.id, reason=str(error))
            await bench.end(job, Outcome.OWNER_KEY_REFUSED)
        case _:
            assert_never(error)


async def sit_out(bench: Workbench, job: Job, pause: timedelta) -> None:
    """Wait in line while the provider rests, or give up where that would take too long."""
    now = bench.clock()
    is_hopeless = bench.is_past(job.in_line_since, LIFETIME - pause)
    has_waited = bench.is_past(job.in_line_since, PATIENCE)
    if is_hopeless or (has_waited and bench.rests.has_failed_for(job.provider, PATIENCE, now=now)):
        # It would not live to see its turn; until then it would hold credits, and up the line.
        await bench.end(job, Outcome.MODEL_DOWN)
    else:
        await bench.queue_again(job, pause, is_asked_to_wait=True)


async def doubt(bench: Workbench, job: Job) -> None:
    """Nobody knows whether the submit arrived; look only once it must be visible if it did."""
    now = bench.clock()
    visible = now + timedelta(seconds=bench.provider(job).grace_seconds)
    await bench.database.run(
        jobs.update, job, now=now, state=JobState.UNKNOWN, due_at=visible, not_before=visible
    )


async def look_up(bench: Workbench, job: Job) -> None:
    """Find out what became of an uncertain submit. One that never arrived is sent once more."""
    try:
        task = await _arrived(bench.provider(job), job)
    except Unreachable:
        await bench.look_again(job, bench.retry_pause(job))
    except CannotTell:
        if bench.is_overdue(job):
            await bench.end(job, Outcome.LOST, state=JobState.NEEDS_REVIEW)
        else:
            await bench.look_again(job, bench.retry_pause(job))
    else:
        if task is not None:
            await _run(bench, job, task)
        elif job.not_before is not None and bench.clock() < job.not_before:
            # Woken by a webhook or a member, this look came too soon to prove anything.
            await bench.look_again(job, job.not_before - bench.clock())
        else:
            await bench.queue_again(job, timedelta())


async def _arrived(provider: Provider, job: Job) -> TaskRef | None:
    """The task a submit made, if it made one. Raises Unreachable or CannotTell.

    The provider's own look-up comes first; a webhook's word fills in where that finds nothing.
    """
    try:
        found = await provider.find(job.id)
    except CannotTell:
        hinted = await _known_hint(provider, job)
        if hinted is None:
            raise
        return hinted
    return found or await _known_hint(provider, job)


async def _known_hint(provider: Provider, job: Job) -> TaskRef | None:
    """The task a webhook named, if the provider knows such a task. Raises Unreachable."""
    if job.hint is None:
        return None
    try:
        await provider.poll(job.hint)
    except TaskLost:
        return None
    return job.hint


async def _run(bench: Workbench, job: Job, task: TaskRef) -> None:
    now = bench.clock()
    try:
        await bench.database.run(
            jobs.update,
            job,
            now=now,
            state=JobState.RUNNING,
            task=task,
            due_at=bench.pace.next_look(bench.provider(job), now=now),
            not_before=None,
        )
    except (NotWritten, StaleFence, asyncio.CancelledError):
        # It is paid for, and known nowhere else.
        bench.unwritten_tasks[job.id] = task
        raise


def request(bench: Workbench, job: Job) -> VideoRequest:
    """What the provider is asked for. Raises UnknownModel, if the model is no longer offered."""
    return VideoRequest(
        model=bench.catalogue.offered(job.provider, job.model),
        prompt=job.prompt,
        picture=_file(bench, job.picture),
        seconds=job.seconds,
        shape=Shape(job.shape) if job.shape else None,
        seed=job.seed,
        resolution=job.resolution,
        sound=job.sound,
        inset=_inset(job),
        last_frame=_file(bench, job.last_frame),
        audio=_file(bench, job.audio),
        negative_prompt=job.negative_prompt,
        callback_url=bench.callbacks.url(job.provider, job.id) if bench.callbacks else None,
    )


def _file(bench: Workbench, name: str | None) -> Path | None:
    return None if name is None else bench.files.upload(name)


def _inset(job: Job) -> tuple[int, int, int, int] | None:
    if job.inset is None:
        return None
    x, y, width, height = job.inset
    return x, y, width, height
