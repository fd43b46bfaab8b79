"""A job's life: one step for each state, each short, each safe to enter again after a crash.

NEEDS_APPROVAL → QUEUED → SUBMITTING → RUNNING → FETCHED → DELIVERED, and FAILED, CANCELLED,
(UNKNOWN | RUNNING) → NEEDS_REVIEW, UNKNOWN → (RUNNING | QUEUED),
NEEDS_REVIEW ↔ LATE → (DELIVERED | FAILED).
"""

from __future__ import annotations

from typing import assert_never

from bot.jobs import approving, delivering, late, making, queueing, reviewing
from bot.jobs.workbench import Workbench
from storage.job import RUNNING_STATES
from storage.jobs import Job, JobState

NEEDING_PROVIDER = {JobState.QUEUED, *RUNNING_STATES}


async def take_step(bench: Workbench, job: Job) -> None:
    """Advance a leased job by one step. Raises ThreadError or StaleFence."""
    if job.state in NEEDING_PROVIDER and job.provider not in bench.providers:
        await making.await_provider(bench, job)
    else:
        await _take_step_of_state(bench, job)


async def _take_step_of_state(bench: Workbench, job: Job) -> None:
    match job.state:
        case JobState.NEEDS_APPROVAL:
            await approving.await_approval(bench, job)
        case JobState.QUEUED:
            await queueing.leave_the_queue(bench, job)
        case JobState.SUBMITTING:
            # The process died between the intent and its answer.
            await making.doubt(bench, job)
        case JobState.UNKNOWN:
            await making.look_up(bench, job)
        case JobState.RUNNING:
            await making.poll(bench, job)
        case JobState.FETCHED:
            await delivering.deliver(bench, job)
        case JobState.NEEDS_REVIEW:
            await reviewing.review(bench, job)
        case JobState.LATE:
            await late.look(bench, job)
        case JobState.DELIVERED | JobState.FAILED | JobState.CANCELLED:
            await delivering.conclude(bench, job)
        case _:
            assert_never(job.state)
