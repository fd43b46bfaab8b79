"""The step of a job that was given up: its member is told.

Where nobody can tell what became of it, the moderators are asked; a task that is known is followed.
"""

from __future__ import annotations

from contextlib import suppress

from bot.jobs.outcomes import Outcome
from bot.jobs.thread import ThreadGone
from bot.jobs.workbench import Workbench
from bot.logs import get_logger
from storage import guilds, jobs, late, verdicts
from storage.jobs import Job
from storage.verdicts import Case

log = get_logger("jobs")


async def review(bench: Workbench, job: Job) -> None:
    """Keep the card up to date; a task that was named is looked at without being asked."""
    await ask(bench, job)
    task = job.hint or job.task
    if task is None:
        await bench.database.run(jobs.update, job, now=bench.clock(), due_at=None)
    else:
        await bench.database.run(late.resume, job, task=task, now=bench.clock())


async def ask(bench: Workbench, job: Job) -> Case:
    """Tell the member and post the card, once; afterwards, bring it up to date."""
    case = await bench.database.read(verdicts.of_job, job.id)
    if case is not None and case.told_at is not None:
        await show(bench, job, case)
        return case
    with suppress(ThreadGone):
        await bench.thread.conclude(job, Outcome(job.failure or Outcome.LOST))
    channel_id, message_id = await _post(bench, job)
    asked = await bench.database.run(
        verdicts.keep_card,
        job.id,
        channel_id=channel_id,
        message_id=message_id,
        now=bench.clock(),
    )
    if asked.verdict is not None:
        # Somebody was quicker than this visit, or than the crash that cut an earlier one short.
        await show(bench, job, asked)
    return asked


async def show(bench: Workbench, job: Job, case: Case) -> None:
    """Bring a posted card up to date; one that was deleted is not missed."""
    if bench.cards is not None and case.message_id is not None:
        with suppress(ThreadGone):
            await bench.cards.show(job, case)


async def _post(bench: Workbench, job: Job) -> tuple[int | None, int | None]:
    """Ask in the moderators' channel or else in the job's thread; say where the card stands."""
    if bench.cards is None or job.failure == Outcome.OVERDUE:
        return None, None
    log_channel = await bench.database.read(guilds.log_channel, job.guild_id)
    for channel_id in (log_channel, job.thread_id):
        if channel_id is None:
            continue
        try:
            return channel_id, await bench.cards.post(job, channel_id=channel_id)
        except ThreadGone as error:
            log.warning("no card can be posted there", job=job.id, reason=str(error))
    return None, None
