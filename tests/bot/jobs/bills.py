"""Who paid what the provider billed."""

from __future__ import annotations

from datetime import timedelta

from storage import reports
from storage.jobs import Job, JobState
from tests.bot.workshop import Workshop


async def assert_paid(
    workshop: Workshop, job: Job, state: JobState, *, by_member: int, by_house: int
) -> None:
    """Fail unless the job is over, and this is what it cost the member and the house."""
    await workshop.assert_settled(job, state, paid=by_member)
    now = workshop.clock()
    span = timedelta(days=7)
    [day] = await workshop.database.read(reports.settled_by_day, since=now - span, until=now + span)
    assert (day.paid_credits, day.house_loss_credits) == (by_member, by_house)
