"""An order under way when the bot is stopped becomes a job in time, or leaves nothing behind."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.errors import Restarting
from bot.jobs.order import Order, Uploads
from bot.jobs.service import ORDERS_AT_ONCE
from storage import visits
from tests.bot.orders import ORDER, PICTURE, UPLOADS
from tests.bot.workshop import Workshop

AN_HOUR = 3600


class SlowUpload:
    """A picture that is on its way until the test lets it come."""

    def __init__(self, *, orders: int = 1) -> None:
        self.orders = orders
        self.asked = 0
        self.asked_for = asyncio.Event()
        self.comes = asyncio.Event()

    @property
    def uploads(self) -> Uploads:
        return Uploads(picture=self._fetch)

    async def _fetch(self) -> bytes:
        self.asked += 1
        if self.asked == self.orders:
            self.asked_for.set()
        await self.comes.wait()
        return PICTURE


async def refused(workshop: Workshop, order: Order, files: Uploads) -> None:
    with pytest.raises(Restarting):
        await workshop.service.place(order, files)


async def test_an_order_whose_picture_does_not_come_in_time_is_refused(workshop: Workshop) -> None:
    slow = SlowUpload()

    async with asyncio.TaskGroup() as group:
        group.create_task(refused(workshop, ORDER, slow.uploads))
        await slow.asked_for.wait()
        workshop.service.call_last_orders(seconds=0)

    assert (await workshop.account()).held == 0
    assert await workshop.database.read(visits.next_due) is None


async def test_an_order_whose_picture_comes_in_time_becomes_a_job(workshop: Workshop) -> None:
    slow = SlowUpload()

    async with asyncio.TaskGroup() as group:
        placing = group.create_task(workshop.service.place(ORDER, slow.uploads))
        await slow.asked_for.wait()
        workshop.service.call_last_orders(seconds=AN_HOUR)
        slow.comes.set()

    assert placing.result().job.state == "queued"


async def test_orders_that_wait_for_their_turn_are_refused_too(workshop: Workshop) -> None:
    slow = SlowUpload(orders=ORDERS_AT_ONCE)
    orders = [replace(ORDER, interaction_id=number) for number in range(ORDERS_AT_ONCE + 2)]

    async with asyncio.TaskGroup() as group:
        for order in orders:
            group.create_task(refused(workshop, order, slow.uploads))
        await slow.asked_for.wait()
        workshop.service.call_last_orders(seconds=0)

    assert slow.asked == ORDERS_AT_ONCE
    assert await workshop.database.read(visits.next_due) is None


async def test_after_that_nothing_is_made_ready_any_more(workshop: Workshop) -> None:
    workshop.service.call_last_orders(seconds=0)

    await refused(workshop, ORDER, UPLOADS)

    assert await workshop.database.read(visits.next_due) is None


async def test_a_download_that_runs_out_of_its_own_time_is_no_restart(workshop: Workshop) -> None:
    async def too_slow() -> bytes:
        raise TimeoutError

    with pytest.raises(TimeoutError):
        await workshop.service.place(ORDER, Uploads(picture=too_slow))
