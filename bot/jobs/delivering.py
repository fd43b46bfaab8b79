"""The steps from a clip on our disk to a clip in the thread, paid for, and everything told."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from bot.jobs import approving, reviewing
from bot.jobs.outcomes import Outcome, Settlement
from bot.jobs.thread import ClipTooLarge, Posting, ThreadGone
from bot.jobs.workbench import SLOW_RETRY, Workbench
from bot.media.errors import CannotFit, NotPlayable
from bot.media.fitting import fit
from storage import jobs, late, strikes, verdicts
from storage.jobs import Job, JobState

FIT_ATTEMPTS = 3
LONGEST_RETRY = timedelta(hours=1)


async def deliver(bench: Workbench, job: Job) -> None:
    """Post the clip, then stamp: the capture and the end of the job are one transaction."""
    if job.state is JobState.FETCHED:
        await bench.thread.show(job, Posting())
    settlement = bench.settlement(job, Outcome.DELIVERED, job.billed_microdollars)
    try:
        clip_id = await _post(bench, job, settlement.paid)
    except ThreadGone:
        await _go_on(bench, job)
        return
    except (CannotFit, NotPlayable) as error:
        outcome = Outcome.TOO_LARGE if isinstance(error, CannotFit) else Outcome.NOT_PLAYABLE
        await bench.end(job, outcome, billed_microdollars=job.billed_microdollars)
        return
    now = bench.clock()
    posted = await bench.database.run(
        jobs.update, job, now=now, due_at=now, clip_id=clip_id, keep_lease=True
    )
    await _stamp(bench, posted, settlement)


async def _go_on(bench: Workbench, job: Job) -> None:
    """Take the clip to the job's next place; where there is none, keep it and begin anew later.

    Nobody pays until it is delivered. The place is written down before anything is posted there,
    so that whatever breaks leads back to it, and not to another copy elsewhere.
    """
    next_place = await bench.thread.next_place(job)
    moved = await bench.database.run(
        jobs.update,
        job,
        now=bench.clock(),
        due_at=None,
        keep_lease=True,
        thread_id=next_place or job.channel_id,
        status_id=None,
    )
    if next_place is not None:
        await deliver(bench, moved)
        return
    # Ever more rarely, for Discord shuts out whoever collects refusals.
    age = bench.clock() - job.created_at
    await bench.look_again(moved, min(max(SLOW_RETRY, age / 20), LONGEST_RETRY))


async def _stamp(bench: Workbench, job: Job, settlement: Settlement) -> None:
    now = bench.clock()
    if job.state is JobState.LATE:
        await bench.database.run(
            late.finish,
            job,
            JobState.DELIVERED,
            now=now,
            house_loss_credits=settlement.house_loss,
        )
        return
    await bench.database.run(
        jobs.finish,
        job,
        JobState.DELIVERED,
        now=now,
        paid_credits=settlement.paid,
        house_loss_credits=settlement.house_loss,
        due_at=now,
    )


async def _post(bench: Workbench, job: Job, paid_credits: int) -> int:
    """Post the clip within what the place takes; its limit is data, and can be wrong."""
    kept = bench.files.clip(job.clip or "")
    limit = await bench.thread.upload_limit(job)
    async with bench.files.scratch() as folder:
        for _ in range(FIT_ATTEMPTS):
            fitted = await fit(bench.ffmpeg, kept, limit_bytes=limit, folder=folder)
            try:
                return await bench.thread.post_clip(job, fitted.path, paid_credits=paid_credits)
            except ClipTooLarge:
                limit = min(limit, fitted.path.stat().st_size) * 2 // 3
    raise CannotFit(limit)


async def conclude(bench: Workbench, job: Job) -> None:
    """The money is settled: tell the member, and let the provider clean up."""
    outcome = Outcome(job.failure) if job.failure else Outcome.DELIVERED
    case = await bench.database.read(verdicts.of_job, job.id)
    if case is not None:
        await reviewing.show(bench, job, case)
    # Of a failure after a review the member was told when the job came under review.
    if case is None or outcome is Outcome.DELIVERED:
        with suppress(ThreadGone):
            await bench.thread.conclude(
                job,
                outcome,
                reason=await approving.close_card(bench, job),
                strike=await bench.database.read(strikes.of_job, job.id),
            )
    if job.task is not None and job.provider in bench.providers:
        await bench.provider(job).forget(job.task)
    await bench.database.run(jobs.update, job, now=bench.clock(), due_at=None)
