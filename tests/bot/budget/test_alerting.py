"""Moderators are told once, in their log channel; what goes wrong there is in nobody's way."""

from __future__ import annotations

import pytest

from bot.budget.alerting import Alerting
from bot.jobs.thread import ThreadGone, ThreadUnreachable
from storage import alerts, caps, guilds
from storage.alerts import Alert
from storage.cap_schema import CapScope
from storage.caps import Cap
from storage.periods import Period
from tests.bot.workshop import GUILD, Workshop

LOG = 70


class Board:
    """Keeps what is posted, or refuses it."""

    def __init__(self, refusal: Exception | None = None) -> None:
        self.refusal = refusal
        self.posted: list[tuple[int, int]] = []

    async def post(self, alert: Alert, *, channel_id: int) -> None:
        if self.refusal is not None:
            raise self.refusal
        self.posted.append((channel_id, alert.percent))


async def reach(workshop: Workshop, *, log_channel: int | None = LOG) -> None:
    """Let a job use 60 % of the guild's month."""
    await workshop.database.run(guilds.change, GUILD, log_channel_id=log_channel)
    month = Cap(guild_id=GUILD, scope=CapScope.GUILD, period=Period.MONTH, credits=5)
    await workshop.database.run(caps.set_cap, month)
    await workshop.order()


async def look(workshop: Workshop, board: Board) -> None:
    """One look of the housekeeping."""
    chore = Alerting(workshop.database, board)
    if await chore.is_due(workshop.clock()):
        await chore.do(workshop.clock())


async def test_moderators_are_told_once(workshop: Workshop) -> None:
    await reach(workshop)
    board = Board()

    for _ in range(3):
        await look(workshop, board)

    assert board.posted == [(LOG, 50)]


async def test_what_discord_does_not_take_now_is_told_later(workshop: Workshop) -> None:
    await reach(workshop)
    await look(workshop, Board(ThreadUnreachable("down")))
    board = Board()

    await look(workshop, board)

    assert board.posted == [(LOG, 50)]


@pytest.mark.parametrize("log_channel", [LOG, None])
async def test_where_nobody_can_be_told_nothing_is_tried_for_ever(
    workshop: Workshop, log_channel: int | None
) -> None:
    await reach(workshop, log_channel=log_channel)

    await look(workshop, Board(ThreadGone("deleted")))

    assert await workshop.database.read(alerts.untold) == []


async def test_what_all_guilds_spend_is_told_to_none_of_them(workshop: Workshop) -> None:
    await workshop.database.run(guilds.change, GUILD, log_channel_id=LOG)
    noted = Alert(
        guild_id=0,
        scope=CapScope.OWNER,
        subject="",
        period=Period.MONTH,
        start="2026-03-01",
        percent=0,
        credits=100,
        used=60,
        at=workshop.clock(),
    )
    await workshop.database.run(alerts.note, noted)
    board = Board()

    await look(workshop, board)

    assert board.posted == []
    assert await workshop.database.read(alerts.untold) == []
