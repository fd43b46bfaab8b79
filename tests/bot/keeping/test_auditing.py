"""The books are checked every night, and a difference stops spending."""

from __future__ import annotations

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.jobs.service import JobService
from bot.jobs.uploads import Preparation
from bot.keeping.auditing import NightlyAudit
from bot.keeping.spending import Spending
from bot.media.ffmpeg import Ffmpeg
from bot.media.pictures import Pictures
from storage import jobs
from storage.errors import BooksDoNotBalance
from storage.jobs import Job
from tests.bot.clock import StillClock
from tests.bot.keeping.house import DAY, HOUR, keeping, tamper
from tests.bot.orders import ORDER, UPLOADS
from tests.bot.workshop import GUILD, MEMBER, Workshop


async def test_the_books_are_checked_at_once_and_whenever_a_night_has_begun(
    workshop: Workshop, clock: StillClock, path: Path
) -> None:
    await workshop.order()
    spending = Spending()
    house = keeping(NightlyAudit(path, spending), clock)
    await house.look()
    tamper(path)

    clock.advance(14 * HOUR)
    await house.look()
    spending.check()

    clock.advance(1 * HOUR)
    with capture_logs() as events:
        await house.look()
    with pytest.raises(BooksDoNotBalance):
        spending.check()
    [event] = [event for event in events if event["log_level"] == "error"]
    assert event["account"] == "member 30 of guild 10"
    assert (event["what"], event["expected"], event["found"]) == ("posted credits", 100, 101)


async def test_spending_goes_on_once_the_books_balance_again(
    workshop: Workshop, clock: StillClock, path: Path
) -> None:
    await workshop.order()
    spending = Spending()
    house = keeping(NightlyAudit(path, spending), clock)
    tamper(path)
    clock.advance(DAY)
    await house.look()

    tamper(path, -1)
    clock.advance(DAY)
    await house.look()

    spending.check()


async def test_a_check_that_cannot_be_made_is_made_again(
    workshop: Workshop, clock: StillClock, path: Path, tmp_path: Path
) -> None:
    spending = Spending()
    elsewhere = tmp_path / "elsewhere.db"
    house = keeping(NightlyAudit(elsewhere, spending), clock)
    clock.advance(DAY)
    with capture_logs() as events:
        await house.look()
    assert "cannot be read" in events[0]["reason"]

    elsewhere.symlink_to(path)
    clock.advance(HOUR)
    with capture_logs() as events:
        await house.look()

    assert [event["event"] for event in events] == ["the books balance"]


async def test_nothing_is_ordered_while_the_books_do_not_balance_and_nothing_is_left_behind(
    workshop: Workshop, clock: StillClock, path: Path
) -> None:
    running = await workshop.order()
    spending = Spending()
    service = JobService(
        workshop.database,
        workshop.bench.catalogue,
        Preparation(Pictures(), Ffmpeg(), workshop.files),
        clock=clock,
        wake_worker=lambda: None,
        spending=spending,
    )
    tamper(path)
    clock.advance(15 * HOUR)
    await keeping(NightlyAudit(path, spending), clock).look()

    with pytest.raises(BooksDoNotBalance):
        await service.place(ORDER, UPLOADS)

    assert [one.id for one in await listed(workshop)] == [running.id]
    assert [one.path.name for one in await workshop.files.uploads()] == [running.picture]


async def listed(workshop: Workshop) -> list[Job]:
    return await workshop.database.read(jobs.of_member, GUILD, MEMBER, limit=9)
