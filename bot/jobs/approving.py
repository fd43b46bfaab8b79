"""The step of a job that a moderator has to let begin: it waits, for a day.

Its thread is opened first, so that its member sees that, and may cancel; then moderators are asked.
"""

from __future__ import annotations

from datetime import timedelta

from bot.budget.dossier import reason_of
from bot.jobs.opening import open_thread
from bot.jobs.outcomes import Outcome
from bot.jobs.thread import AwaitingApproval
from bot.jobs.workbench import Workbench
from storage import asks, jobs
from storage.asks import JOB_LIFETIME, AskState
from storage.jobs import Job

ASK_AGAIN = timedelta(hours=1)
"""Where no place takes the card now, one may later."""


async def await_approval(bench: Workbench, job: Job) -> None:
    """Sleep until somebody answers; give the hold back once nobody has for a day."""
    ends_at = job.created_at + JOB_LIFETIME
    if job.cancel_requested:
        await bench.end(job, Outcome.CANCELLED_EARLY)
    elif bench.clock() >= ends_at:
        await bench.end(job, Outcome.UNANSWERED)
    elif job.status_id is None:
        await open_thread(bench, job, AwaitingApproval(ends_at))
    else:
        is_asked = await _ask(bench, job)
        now = bench.clock()
        due_at = ends_at if is_asked else min(ends_at, now + ASK_AGAIN)
        await bench.database.run(jobs.update, job, now=now, due_at=due_at)


async def close_card(bench: Workbench, job: Job) -> str | None:
    """Let the card of a job that is over say so; return what a moderator wrote who denied it."""
    asked = await bench.database.read(asks.of_job, job.id)
    if asked is None:
        return None
    if bench.ask_cards is not None and asked.message_id is not None:
        await bench.ask_cards.update(asked.id)
    is_denied = asked.state is AskState.DENIED
    return await reason_of(bench.database, asked) if is_denied else None


async def _ask(bench: Workbench, job: Job) -> bool:
    """Post the card; say whether there is one, or nothing left to ask."""
    asked = await bench.database.read(asks.of_job, job.id)
    if asked is None or bench.ask_cards is None:
        return True
    return await bench.ask_cards.bring_up_to_date(asked.id)
