"""Killed with -9 at any step and started again, each job ends in one clip and one settlement."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass

import pytest
import pytest_asyncio

from tests.crash.harness import CrashHarness, Figures, Plan, random_pauses
from tests.crash.moments import CALLS, STATES, When

pytestmark = pytest.mark.asyncio(loop_scope="module")

SEED = 20
PLANS = {
    "before each request is handled": Plan(calls=[(call, When.BEFORE) for call in CALLS]),
    "after each request, before its reply": Plan(calls=[(call, When.AFTER) for call in CALLS]),
    "in each state, and at random": Plan(states=list(STATES), pauses=random_pauses(SEED)),
}


@dataclass(frozen=True)
class Run:
    """A plan that was played to its end."""

    figures: Figures
    strays: list[str]
    open_holds: list[str]
    discrepancies: list[str]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Run]:
    """Every plan, played at the same time, each with a bot and a playground of its own."""
    folder = tmp_path_factory.mktemp("crash")

    async def play(number: int, plan: Plan) -> Run:
        async with CrashHarness.open(folder / str(number), plan) as harness:
            figures = await harness.play()
            records = harness.stage.records
            return Run(figures, harness.strays(), records.open_holds(), records.discrepancies())

    async with asyncio.TaskGroup() as group:
        playing = {
            name: group.create_task(play(number, plan))
            for number, (name, plan) in enumerate(PLANS.items())
        }
    return {name: task.result() for name, task in playing.items()}


@pytest.mark.parametrize("name", PLANS)
async def test_every_job_ends_in_one_clip_and_one_settlement(
    runs: dict[str, Run], name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    figures = runs[name].figures

    with capsys.disabled():
        sys.stdout.write(f"\nkilled {name}: {figures}\n")
    assert (figures.lost, figures.doubled, figures.wrong) == ([], [], [])
    assert runs[name].open_holds == []
    assert runs[name].discrepancies == []


@pytest.mark.parametrize("name", PLANS)
async def test_only_pictures_and_clips_are_left(runs: dict[str, Run], name: str) -> None:
    assert runs[name].strays == []
