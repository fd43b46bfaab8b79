"""The process dies anywhere between a lost answer and a late clip: one card, one clip, one bill."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from itertools import count

import pytest

from bot.jobs.outcomes import Outcome
from providers.base import Pending, Succeeded
from providers.errors import CannotTell
from storage import visits
from storage.database import Database
from storage.jobs import Job, JobState
from tests.bot.fragile import Crash, Fuse
from tests.bot.jobs.reviewed import RecordedCards, hint, house_losses, reviews_of
from tests.bot.workshop import GUILD, Workshop
from tests.scripted import ANSWER_LOST


async def unknown(workshop: Workshop, number: int) -> Job:
    """A job whose submit was not answered, and whose provider cannot be asked any more."""
    workshop.provider.submits.append(ANSWER_LOST)
    job = await workshop.visit_until(JobState.UNKNOWN, await workshop.order(number))
    workshop.provider.finds.extend([CannotTell("no look-up")] * 3)
    workshop.advance(seconds=workshop.provider.deadline_seconds + 1)
    return job


def restart(workshop: Workshop, database: Database, cards: RecordedCards, fuse: Fuse) -> None:
    """Lay out tools that break when the fuse burns."""
    workshop.open(database, around=fuse.around)
    # What burns has the methods of what it stands around, and no type.
    workshop.bench = replace(workshop.bench, cards=fuse.around(cards))  # type: ignore[arg-type]


@pytest.mark.parametrize("named_by", ["a webhook", "a moderator"])
async def test_a_crash_at_any_moment_of_a_late_clip_loses_and_doubles_nothing(
    workshop: Workshop, named_by: str
) -> None:
    database = workshop.database
    await workshop.enrich(1_000)
    for moment in count():
        fuse, cards = Fuse(moment), RecordedCards()
        workshop.open(database)
        job = await unknown(workshop, moment + 1)
        clip = Succeeded(workshop.provider.clip, billed_microdollars=20_000)
        workshop.provider.statuses.clear()
        workshop.provider.statuses.extend([Pending(), clip, clip, clip])
        with suppress(Crash):
            restart(workshop, database, cards, fuse)
            await go_through(workshop, job, named_by)

        await database.run(visits.drop_leases)
        restart(workshop, database, cards, Fuse(10_000))
        workshop.provider.finds.extend([CannotTell("no look-up")] * 3)
        await go_through(workshop, job, named_by)

        assert len(workshop.provider.tasks[job.id]) == 1, moment
        assert [clip.job_id for clip in workshop.thread.clips].count(job.id) == 1, moment
        assert len(cards.posted) == 1, moment
        assert cards.shown[-1][0] is JobState.DELIVERED, moment
        assert workshop.thread.concluded[-1] == (job.id, Outcome.DELIVERED)
        assert await house_losses(workshop) == [2] * (moment + 1)
        await workshop.assert_settled(job, JobState.DELIVERED, paid=0)
        if not fuse.has_burnt:
            assert moment > 15
            return


async def go_through(workshop: Workshop, job: Job, named_by: str) -> None:
    """Visit till the moderators are asked, have the task named, and visit till the end."""
    await workshop.visit_all(job)
    if named_by == "a webhook":
        await hint(workshop, job)
    else:
        task_id = str(job.interaction_id)
        await reviews_of(workshop).it_ran(job.id, guild_id=GUILD, moderator_id=7, task_id=task_id)
    await workshop.visit_all(job)
