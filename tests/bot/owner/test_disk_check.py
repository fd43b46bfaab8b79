"""The doctor holds the disk budget against the disk."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import pytest

from bot.owner.checkup import Mark
from bot.owner.disk_check import disk_finding
from bot.settings import Settings

GB = 1000**3


class Usage(NamedTuple):
    total: int
    used: int
    free: int


Disk = Callable[[float], None]


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    """Lets the disk have so many gigabytes free, for no test may fill a real one."""

    def set_free(gigabytes: float) -> None:
        usage = Usage(10**15, 0, int(gigabytes * GB))
        monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)

    return set_free


def settings(folder: Path, budget_gb: str = "0") -> Settings:
    return Settings(database_url=f"sqlite:///{folder}/z.db", disk_budget_gb=Decimal(budget_gb))


def put_clip(folder: Path, size_bytes: int) -> None:
    clips = folder / "z-files" / "clips"
    clips.mkdir(parents=True)
    with (clips / "1.mp4").open("wb") as clip:
        clip.truncate(size_bytes)


@pytest.mark.parametrize(
    ("free_gb", "budget_gb", "mark", "words"),
    [
        (0.9, "0", Mark.WARNING, "Only 0.9 GB of the disk are free. Make room"),
        (0.9, "2", Mark.WARNING, "Only 0.9 GB of the disk are free. Make room"),
        (8, "0", Mark.NOTE, "DISK_BUDGET_GB is not set, so they may take all of the disk; 8.0 GB"),
        (8, "10", Mark.GOOD, "DISK_BUDGET_GB allows 10.0 GB, and 8.0 GB are free."),
        (8, "10.1", Mark.WARNING, "full before the budget is. Set it to 9 or less."),
        (8, "1.5", Mark.WARNING, "That is more than DISK_BUDGET_GB allows, 1.5 GB."),
    ],
)
async def test_the_budget_is_held_against_what_is_free(
    tmp_path: Path, disk: Disk, free_gb: float, budget_gb: str, mark: Mark, words: str
) -> None:
    put_clip(tmp_path, 2 * GB)
    disk(free_gb)

    finding = await disk_finding(settings(tmp_path, budget_gb))

    assert finding.mark is mark
    assert finding.text.startswith("Pictures and clips take 2.0 GB. ")
    assert words in finding.text
    assert finding.facts["used_bytes"] == 2 * GB


async def test_before_the_first_start_the_disk_itself_is_looked_at(tmp_path: Path) -> None:
    nowhere_yet = tmp_path / "data" / "bot"

    finding = await disk_finding(settings(nowhere_yet))

    assert finding.facts["used_bytes"] == 0
    assert finding.facts["free_bytes"] == pytest.approx(shutil.disk_usage(tmp_path).free, rel=0.5)
    assert not nowhere_yet.exists()
