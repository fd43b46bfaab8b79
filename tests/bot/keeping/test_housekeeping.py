"""One chore's trouble is no other's, and none of them holds up the end."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.jobs.files import JobFiles
from bot.keeping.chores import make_housekeeping
from bot.keeping.housekeeping import Housekeeping
from bot.keeping.spending import Spending
from bot.settings import Settings
from tests.bot.clock import StillClock
from tests.bot.keeping.house import keeping, names_in, scheduled
from tests.bot.workshop import Workshop


class Broken:
    """A chore with a mistake in it."""

    name = "broken"

    async def is_due(self, now: datetime) -> bool:
        return True

    async def do(self, now: datetime) -> None:
        raise KeyError(now)


class Endless:
    """A chore that would never end."""

    name = "endless"

    def __init__(self) -> None:
        self.begun = asyncio.Event()

    async def is_due(self, now: datetime) -> bool:
        return True

    async def do(self, now: datetime) -> None:
        self.begun.set()
        await asyncio.Event().wait()


async def test_a_chore_that_fails_keeps_no_other_from_being_done(
    workshop: Workshop, clock: StillClock, path: Path, folder: Path
) -> None:
    await Housekeeping([Broken(), scheduled(path, folder)], clock=clock).look()

    assert len(names_in(folder)) == 1


async def test_housekeeping_ends_as_soon_as_it_is_cancelled(clock: StillClock) -> None:
    endless = Endless()
    running = asyncio.ensure_future(keeping(endless, clock).run())
    await asyncio.wait_for(endless.begun.wait(), 10)

    running.cancel()

    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(running, 10)


@pytest.mark.parametrize(("hours", "written"), [("24", True), ("0", False)])
async def test_a_deployment_has_the_chores_its_settings_ask_for(
    workshop: Workshop, clock: StillClock, path: Path, folder: Path, hours: str, written: bool
) -> None:
    settings = Settings(database_url=f"sqlite:///{path}", backup_hours=int(hours))
    house = make_housekeeping(
        settings, workshop.database, JobFiles(settings.files_folder), Spending(), clock=clock
    )

    with capture_logs() as events:
        await house.look()

    assert bool(names_in(folder)) is written
    assert [event["event"] for event in events if event["log_level"] == "error"] == []
