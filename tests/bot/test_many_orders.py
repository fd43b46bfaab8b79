"""Many orders at once: the pictures come in a few at a time."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
from dataclasses import replace

import pytest

from bot.app import settle_memory
from bot.errors import PictureUnavailable, PromptEmpty
from bot.jobs.order import Uploads
from bot.jobs.service import ORDERS_AT_ONCE
from bot.media.children import run_child
from bot.media.pictures import LIMITS
from tests.bot.orders import ORDER, PICTURE
from tests.bot.workshop import Workshop


class Downloads:
    """Hands out a picture, and counts how many of them are not yet jobs."""

    def __init__(self) -> None:
        self.started = self.in_hand = self.most_in_hand = 0

    async def __call__(self) -> bytes:
        self.started += 1
        self.in_hand += 1
        self.most_in_hand = max(self.most_in_hand, self.in_hand)
        return PICTURE


async def unavailable() -> bytes:
    raise PictureUnavailable


async def test_a_rush_of_orders_keeps_only_a_few_pictures_in_memory(workshop: Workshop) -> None:
    downloads = Downloads()

    async def place(interaction_id: int) -> None:
        order = replace(ORDER, interaction_id=interaction_id)
        await workshop.service.place(order, Uploads(picture=downloads))
        downloads.in_hand -= 1

    await asyncio.gather(*(place(number) for number in range(1, ORDERS_AT_ONCE + 3)))

    assert downloads.most_in_hand == ORDERS_AT_ONCE
    assert downloads.started == ORDERS_AT_ONCE + 2


async def test_an_order_that_cannot_be_is_refused_without_a_download(workshop: Workshop) -> None:
    downloads = Downloads()

    with pytest.raises(PromptEmpty):
        await workshop.service.place(replace(ORDER, prompt=" "), Uploads(picture=downloads))

    assert downloads.started == 0


async def test_orders_whose_download_failed_do_not_stand_in_the_way(workshop: Workshop) -> None:
    for _ in range(ORDERS_AT_ONCE):
        with pytest.raises(PictureUnavailable):
            await workshop.service.place(ORDER, Uploads(picture=unavailable))

    async with asyncio.timeout(30):
        placed = await workshop.service.place(ORDER, Uploads(picture=Downloads()))

    assert placed.job.interaction_id == ORDER.interaction_id


async def test_decoding_steps_back_for_the_bot_within_one_session() -> None:
    program = "import os; print(os.nice(0), os.getsid(0), os.getpgrp() == os.getpid())"

    ended = await run_child([sys.executable, "-c", program], limits=LIMITS)

    assert ended.stdout.decode().split() == [str(os.nice(0) + 10), str(os.getsid(0)), "True"]


def test_the_collector_leaves_alone_what_is_loaded_before_the_bot_serves() -> None:
    threshold = gc.get_threshold()
    try:
        settle_memory()

        assert len(gc.get_objects()) < gc.get_freeze_count() / 10
    finally:
        gc.unfreeze()
        gc.set_threshold(*threshold)
