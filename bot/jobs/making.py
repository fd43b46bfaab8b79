"""The steps from an order to a clip on our disk."""

from __future__ import annotations

from datetime import timedelta
from typing import assert_never

from bot.errors import UnknownModel
from bot.jobs.outcomes import Outcome
from bot.jobs.thread import Running, ThreadGone, Waiting
from bot.jobs.workbench import LIFETIME, RETRY, SLOW_RETRY, Workbench
from bot.media.clips import probe
from bot.media.errors import NotPlayable
from providers.base import (
    CannotTell,
    Failed,
    NotSubmitted,
    OutOfCredit,
    Pending,
    RateLimited,
    Refused,
    RequestRejected,
    Shape,
    SubmitUncertain,
    Succeeded,
    TaskLost,
    TaskRef,
    Unreachable,
    VideoRequest,
)
from storage import jobs, line
from storage.jobs import Job, JobState

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
        await bench.queue_again(job, timedelta(seconds=error.retry_after_seconds))
    except NotSubmitted:
        await bench.queue_again(job, RETRY)
    except SubmitUncertain:
        await doubt(bench, job)
    except RequestRejected:
        await bench.end(job, Outcome.BAD_INPUT)
    except Refused:
        await bench.end(job, Outcome.REFUSED)
    except OutOfCredit:
        await bench.end(job, Outcome.OWNER_OUT_OF_CREDIT)
    else:
        await _run(bench, job, task)


async def doubt(bench: Workbench, job: Job) -> None:
    """Nobody knows whether the submit arrived; look only once it must be visible if it did."""
    now = bench.clock()
    grace = timedelta(seconds=bench.provider(job).grace_seconds)
    await bench.database.run(jobs.update, job, now=now, state=JobState.UNKNOWN, due_at=now + grace)


async def look_up(bench: Workbench, job: Job) -> None:
    """Ask the provider what became of an uncertain submit."""
    try:
        task = await bench.provider(job).find(job.id)
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
    pause = timedelta(seconds=bench.provider(job).poll_seconds)
    await bench.database.run(
        jobs.update, job, now=now, state=JobState.RUNNING, task=task, due_at=now + pause
    )


async def poll(bench: Workbench, job: Job) -> None:
    """Look at the task once; stop it where the member or the deadline asks for that."""
    provider, task = bench.provider(job), job.task or {}
    try:
        if job.cancel_requested:
            await provider.cancel(task)
            await bench.end(job, Outcome.CANCELLED_LATE)
            return
        status = await provider.poll(task)
        # A clip that was ready before the deadline is taken, however late we look.
        if isinstance(status, Pending) and bench.is_overdue(job):
            await provider.cancel(task)
            await bench.end(job, Outcome.TIMED_OUT)
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
            await _fetch(bench, job, status)
        case Failed():
            outcome = Outcome.of_failure(status.reason)
            await bench.end(job, outcome, billed_microdollars=status.billed_microdollars)
        case _:
            assert_never(status)


async def _progress(bench: Workbench, job: Job, status: Pending) -> None:
    stage = Running(status.progress) if status.position is None else Waiting(status.position)
    await bench.thread.show(job, stage)
    now = bench.clock()
    pause = timedelta(seconds=bench.provider(job).poll_seconds)
    await bench.database.run(
        jobs.update, job, now=now, due_at=now + pause, progress=status.progress
    )


async def _fetch(bench: Workbench, job: Job, status: Succeeded) -> None:
    """Take the clip to our own disk, and believe in it only once it has been decoded."""
    name = f"{job.id}.mp4"
    clip = await bench.files.keep_clip(name, status.clip)
    try:
        await probe(bench.ffmpeg, clip)
    except NotPlayable:
        await bench.end(job, Outcome.NOT_PLAYABLE, billed_microdollars=status.billed_microdollars)
        return
    now = bench.clock()
    await bench.database.run(
        jobs.update,
        job,
        now=now,
        state=JobState.FETCHED,
        due_at=now,
        clip=name,
        billed_microdollars=status.billed_microdollars,
    )
    await bench.let_next(job)


def _request(bench: Workbench, job: Job) -> VideoRequest:
    return VideoRequest(
        model=bench.catalogue.find(f"{job.provider}/{job.model}").model,
        prompt=job.prompt,
        picture=bench.files.picture(job.picture),
        seconds=job.seconds,
        shape=Shape(job.shape),
        seed=job.seed,
    )
