"""Looks at tasks are spread: none too soon for its task, and not too many at once."""

from __future__ import annotations

import math
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import ClassVar

import pytest

from bot.jobs.pace import JITTER, Pace
from bot.jobs.workbench import RETRY
from providers.base import ProviderSettings
from providers.errors import Unreachable
from storage.database import Database
from storage.jobs import JobState
from tests.bot.clock import StillClock
from tests.bot.workshop import Workshop
from tests.scripted import ScriptedProvider

POLL = timedelta(seconds=ScriptedProvider.poll_seconds)
SECOND = timedelta(seconds=1)
# Moments are whole microseconds.
ROUNDING = timedelta(microseconds=1)


class Calm(ScriptedProvider):
    """Answers two looks a second."""

    name: ClassVar[str] = "calm"
    polls_per_second: ClassVar[float] = 2


@pytest.fixture
def scripted(tmp_path: Path) -> ScriptedProvider:
    return ScriptedProvider(ProviderSettings(), tmp_path)


@pytest.fixture
def calm(tmp_path: Path) -> Calm:
    return Calm(ProviderSettings(), tmp_path)


def test_one_task_is_looked_at_after_its_pause_and_a_little(scripted: ScriptedProvider) -> None:
    pace, clock = Pace(), StillClock()
    pauses = []
    for _ in range(200):
        look = pace.next_look(scripted, now=clock())
        pauses.append(look - clock())
        clock.now = look

    assert min(pauses) >= POLL
    assert max(pauses) <= POLL * (1 + JITTER)
    assert len(set(pauses)) > 100


def test_looks_ordered_together_are_spread(calm: Calm) -> None:
    pace, clock = Pace(), StillClock()

    looks = [pace.next_look(calm, now=clock()) for _ in range(50)]

    assert looks[0] - clock() >= POLL
    assert all(later - sooner >= SECOND / 2 for sooner, later in pairwise(looks))


def test_ten_thousand_tasks_are_looked_at_in_turn(scripted: ScriptedProvider) -> None:
    pace, clock = Pace(), StillClock()
    spacing = SECOND / scripted.polls_per_second

    due = sorted(pace.next_look(scripted, now=clock()) for _ in range(10_000))
    looks = []
    for moment in due:
        clock.now = moment
        looks.append((moment, pace.next_look(scripted, now=moment)))

    assert all(later - sooner >= spacing - ROUNDING for sooner, later in pairwise(due))
    pauses = [later - sooner for sooner, later in looks]
    assert min(pauses) >= POLL
    assert max(pauses) <= 10_000 * spacing + POLL * (1 + JITTER)


def test_a_rush_is_over_when_it_is_over(calm: Calm) -> None:
    pace, clock = Pace(), StillClock()
    for _ in range(100):
        pace.next_look(calm, now=clock())

    clock.advance(timedelta(seconds=60))

    assert pace.next_look(calm, now=clock()) - clock() <= POLL * (1 + JITTER)


def test_providers_do_not_wait_for_each_other(calm: Calm, scripted: ScriptedProvider) -> None:
    pace, clock = Pace(), StillClock()
    for _ in range(100):
        pace.next_look(calm, now=clock())

    assert pace.next_look(scripted, now=clock()) - clock() <= POLL * (1 + JITTER)


class Tireless(ScriptedProvider):
    """Answers any number of looks."""

    name: ClassVar[str] = "tireless"
    polls_per_second: ClassVar[float] = math.inf


def test_a_provider_may_take_any_number(tmp_path: Path) -> None:
    pace, clock = Pace(), StillClock()
    provider = Tireless(ProviderSettings(), tmp_path)

    looks = [pace.next_look(provider, now=clock()) for _ in range(1000)]

    assert max(looks) - clock() <= POLL * (1 + JITTER)


async def test_after_an_outage_the_looks_are_spread_as_well(
    workshop: Workshop, tmp_path: Path, database: Database
) -> None:
    workshop.provider = Calm(ProviderSettings(), tmp_path)
    workshop.provider.max_running = 30
    workshop.open(database)
    await workshop.enrich(1000)
    jobs = [await workshop.order(number, provider="calm") for number in range(1, 31)]
    while (await workshop.job(jobs[-1])).state is not JobState.RUNNING:
        await workshop.visit()
    workshop.provider.statuses.extend([Unreachable("down")] * 30)

    workshop.advance(seconds=60)
    await workshop.visit()

    due = sorted([(await workshop.job(job)).due_at or workshop.clock() for job in jobs])
    assert workshop.provider.calls.count("poll") == 30
    assert due[0] - workshop.clock() >= RETRY + POLL
    assert all(later - sooner >= SECOND / 2 - ROUNDING for sooner, later in pairwise(due))
