"""The steps from a clip on our disk to a clip in the thread, paid for, and everything told."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from bot.jobs import approving, reviewing
from bot.jobs.outcomes import Outcome, Settlement
from bot.jobs.thread import ClipTooLarge, Posting, ThreadGone, Whereabouts, whereabouts
from bot.jobs.upload_tiers import lower_limit
from bot.jobs.workbench import SLOW_RETRY, Workbench
from bot.logs import get_logger
from bot.media.errors import CannotFit, NotPlayable
from bot.media.fitting import fit
from storage import jobs, late, strikes, upload_limits, verdicts
from storage.jobs import Job, JobState

FIT_ATTEMPTS = 5
LONGEST_RETRY = timedelta(hours=1)

log = get_logger("jobs")


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
    """Post the clip, or a link to it where it can be had by one and no good version fits."""
    try:
        async with bench.files.scratch() as folder:
            return await _post_file(bench, job, paid_credits, folder)
    except CannotFit as error:
        if bench.links is None:
            raise
        log.info("the clip goes out by link", job=job.id, reason=str(error))
    link = bench.links.link(job.id, now=bench.clock())
    return await bench.thread.post_clip(job, link, paid_credits=paid_credits, offers_original=True)


async def _post_file(bench: Workbench, job: Job, paid_credits: int, folder: Path) -> int:
    """Post the clip within what the place takes; its limit is data, and can be wrong."""
    kept = bench.files.clip(job.clip or "")
    said = await bench.thread.upload_limit(job)
    place = upload_limits.DIRECT if whereabouts(job) is Whereabouts.DIRECT else job.guild_id
    limit = await _known_limit(bench, place, said)
    now = asyncio.get_running_loop().time
    began_at = now()
    for _ in range(FIT_ATTEMPTS):
        # All attempts share the time of one, or the step would be cut off and begin anew for ever.
        fitted = await fit(
            bench.ffmpeg,
            kept,
            limit_bytes=limit,
            folder=folder,
            takes_poor=bench.links is None,
            spent_seconds=now() - began_at,
        )
        size_bytes = (await asyncio.to_thread(fitted.path.stat)).st_size
        try:
            message_id = await bench.thread.post_clip(
                job,
                fitted,
                paid_credits=paid_credits,
                offers_original=bench.links is not None and not fitted.is_original,
            )
        except ClipTooLarge:
            log.warning("the place took less than said", job=job.id, said=said, size=size_bytes)
            limit = lower_limit(min(limit, size_bytes))
            continue
        await _note_size(bench, place, said, limit, size_bytes)
        return message_id
    raise CannotFit(limit)


async def _known_limit(bench: Workbench, place: int, said: int) -> int:
    return await bench.database.read(upload_limits.real_limit, place, said, now=bench.clock())


async def _note_size(bench: Workbench, place: int, said: int, limit: int, size_bytes: int) -> None:
    """Remember the limit under which a file went through, where it is not as known by now.

    Of a place that takes nothing at all nothing is remembered: sizes have no part in that.
    """
    known = await _known_limit(bench, place, said)
    if size_bytes > known:
        await bench.database.run(upload_limits.forget, place)
    elif limit < known:
        await bench.database.run(upload_limits.remember, place, said, limit, now=bench.clock())


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
