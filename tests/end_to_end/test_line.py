"""Several members at once: each sees their place in the line, and it moves."""

from __future__ import annotations

import pytest

from tests.end_to_end.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_members_wait_in_line_and_move_up(stage: Stage) -> None:
    first = await stage.order(stage.new_channel())
    async with stage.paused(first):
        second = await stage.order(stage.new_channel())
        await second.placed()
        third = await stage.order(stage.new_channel())
        await third.says("2nd in line")
        await stage.press(first, "cancel")
    async with stage.paused(second):
        await third.says("next in line")
        await stage.press(third, "cancel")

    await second.clip()
    second.assert_delivered_once()
    assert (first.row["state"], third.row["state"]) == ("cancelled", "cancelled")
    assert stage.records.entries(first.id) == [("hold", 0, 2), ("settle", 0, -2)]
