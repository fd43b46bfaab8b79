"""Killed or frozen at any step and started again, each job ends in one clip and one settlement."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.crash.harness import CrashHarness
from tests.crash.plans import Plan, frozen_plan, posting_plan, spending_plan


@pytest.mark.parametrize("plan", [spending_plan, posting_plan, frozen_plan])
async def test_nothing_is_lost_doubled_or_wrong(
    plan: Callable[[], Plan], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with CrashHarness.open(tmp_path / "data", plan()) as harness:
        figures = await harness.play()

    with capsys.disabled():
        sys.stdout.write(f"\n{plan.__name__}: {figures}\n")
    assert (figures.lost, figures.doubled, figures.wrong) == ([], [], [])
