"""Jobs brought into each state, by the way that leads there."""

from __future__ import annotations

import pytest

from providers.errors import CannotTell, Refused
from storage.jobs import Job, JobState
from tests.bot.workshop import Workshop
from tests.scripted import ANSWER_LOST, Mishap


async def bring_to(workshop: Workshop, state: JobState, *, interaction_id: int = 1) -> Job:
    """Order a job and visit it until it is in that state."""
    job = await workshop.order(interaction_id)
    match state:
        case JobState.QUEUED:
            return await workshop.visit_while(lambda now: now.status_id is None, job)
        case JobState.SUBMITTING:
            workshop.provider.submits.append(Mishap(RuntimeError("killed here"), arrives=True))
            with pytest.raises(RuntimeError, match="killed here"):
                await workshop.visit_until(JobState.RUNNING, job)
        case JobState.UNKNOWN | JobState.NEEDS_REVIEW:
            workshop.provider.submits.append(ANSWER_LOST)
            if state is JobState.NEEDS_REVIEW:
                await workshop.visit_until(JobState.UNKNOWN, job)
                workshop.provider.finds.append(CannotTell("no look-up"))
                workshop.advance(seconds=workshop.provider.deadline_seconds + 1)
        case JobState.FAILED:
            workshop.provider.submits.append(Mishap(Refused("no")))
        case JobState.CANCELLED:
            await workshop.cancel(job)
    return await workshop.visit_until(state, job)
