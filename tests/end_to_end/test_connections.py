"""The gateway drops, and interactions' tokens die: neither stops a clip."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.end_to_end.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")

TOKEN_SECONDS = 15 * 60


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """A bot of its own, since all who use it are disturbed here."""
    async with Stage.open(tmp_path_factory.mktemp("connections") / "data") as stage, stage.bot():
        yield stage


async def test_a_command_sent_while_the_gateway_is_down_is_answered_after_the_resume(
    stage: Stage,
) -> None:
    stage.playground.gateway.drop()

    order = await stage.order(stage.new_channel())

    await order.placed()
    stage.playground.gateway.drop()
    await order.clip()
    order.assert_delivered_once()


async def test_a_clip_needs_no_interaction_token(stage: Stage) -> None:
    order = await stage.order(stage.new_channel())
    await order.placed()
    async with stage.paused(order):
        stage.clock.advance(TOKEN_SECONDS)

    await order.clip()

    order.assert_delivered_once()
