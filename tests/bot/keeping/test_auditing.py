"""The books are checked every night, and a difference stops spending."""

from __future__ import annotations

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.keeping.auditing import NightlyAudit
from bot.keeping.spending import Spending
from storage.errors import BooksDoNotBalance
from tests.bot.clock import StillClock
from tests.bot.keeping.house import DAY, HOUR, keeping, tamper
from tests.bot.workshop import Workshop


async def test_the_books_are_checked_when_a_night_has_begun(
    workshop: Workshop, clock: StillClock, path: Path
) -> None:
    await workshop.order()
    spending = Spending()
    house = keeping(NightlyAudit(path, spending, checked_at=clock()), clock)
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
    house = keeping(NightlyAudit(path, spending, checked_at=clock()), clock)
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
    house = keeping(NightlyAudit(elsewhere, spending, checked_at=clock()), clock)
    clock.advance(DAY)
    with capture_logs() as events:
        await house.look()
    assert "cannot be read" in events[0]["reason"]

    elsewhere.symlink_to(path)
    clock.advance(HOUR)
    with capture_logs() as events:
        await house.look()

    assert [event["event"] for event in events] == ["the books balance"]
