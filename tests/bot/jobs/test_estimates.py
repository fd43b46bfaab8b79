"""Where a provider tells no progress, the status says how long such clips took here."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.jobs.thread import Running, Stage, Waiting
from providers.base import Pending
from storage.jobs import Job, JobState
from tests.bot.workshop import Workshop
from tests.scripted import FANCY


async def delivered(workshop: Workshop, *taken_seconds: float) -> None:
    """Let clips be made that took so long from submit to delivery."""
    for number, seconds in enumerate(taken_seconds):
        job = await workshop.visit_until(JobState.RUNNING, await workshop.order(100 + number))
        assert job.started_at is not None
        workshop.clock.now = job.started_at + timedelta(seconds=seconds)
        await workshop.visit_until(JobState.DELIVERED, job)
        await workshop.visit_all(job)
    workshop.thread.shown.clear()


async def shown(workshop: Workshop, *statuses: Pending, after_seconds: float = 0) -> list[Stage]:
    """What a new job's thread is shown of these looks, so long after its submit."""
    workshop.provider.statuses.extend(statuses)
    job = await workshop.visit_until(JobState.RUNNING, await workshop.order())
    assert job.started_at is not None
    for _ in statuses:
        workshop.clock.now = max(
            workshop.clock.now, job.started_at + timedelta(seconds=after_seconds)
        )
        await _look(workshop, job)
    return [stage for job_id, stage in workshop.thread.shown if job_id == job.id]


async def _look(workshop: Workshop, job: Job) -> None:
    await workshop.service.start(job)
    await workshop.visit()


async def test_the_time_left_is_the_usual_time_less_what_has_passed(workshop: Workshop) -> None:
    await delivered(workshop, 100, 60, 80)

    assert await shown(workshop, Pending(), after_seconds=30) == [Running(seconds_left=50)]


async def test_a_task_that_takes_longer_than_usual_has_no_time_left(workshop: Workshop) -> None:
    await delivered(workshop, 60, 60, 60)

    assert await shown(workshop, Pending(), after_seconds=61) == [Running(seconds_left=0)]


async def test_two_clips_are_too_few_to_tell(workshop: Workshop) -> None:
    await delivered(workshop, 60, 60)

    assert await shown(workshop, Pending()) == [Running()]


async def test_another_models_clips_say_nothing(workshop: Workshop) -> None:
    await delivered(workshop, 60, 60, 60)
    workshop.provider.statuses.append(Pending())

    job = await workshop.visit_until(JobState.RUNNING, await workshop.order(model=FANCY.id))
    await _look(workshop, job)

    assert workshop.thread.shown == [(job.id, Running())]


@pytest.mark.parametrize(
    ("status", "stage"),
    [
        (Pending(progress=0.25), Running(progress=0.25)),
        (Pending(progress=0.0), Running(progress=0.0)),
        (Pending(position=2, is_waiting=True), Waiting(2)),
    ],
)
async def test_what_the_provider_tells_goes_before_what_is_usual(
    workshop: Workshop, status: Pending, stage: Stage
) -> None:
    await delivered(workshop, 60, 60, 60)

    assert await shown(workshop, status) == [stage]


async def test_a_task_that_waits_at_its_provider_has_not_begun(workshop: Workshop) -> None:
    assert await shown(workshop, Pending(is_waiting=True)) == [Running(has_begun=False)]


async def test_a_wait_at_the_provider_is_part_of_the_usual_time(workshop: Workshop) -> None:
    await delivered(workshop, 60, 60, 60)

    assert await shown(workshop, Pending(is_waiting=True), after_seconds=20) == [
        Running(seconds_left=40, has_begun=False)
    ]


async def test_a_restart_forgets_nothing(workshop: Workshop) -> None:
    await delivered(workshop, 60, 60, 60)
    workshop.provider.statuses.append(Pending())
    job = await workshop.visit_until(JobState.RUNNING, await workshop.order())
    assert job.started_at is not None

    workshop.open(workshop.database)
    workshop.clock.now = job.started_at + timedelta(seconds=45)
    await workshop.visit()

    assert workshop.thread.shown == [(job.id, Running(seconds_left=15))]
