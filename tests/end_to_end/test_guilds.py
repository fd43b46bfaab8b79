"""Two guilds know nothing of each other."""

from __future__ import annotations

import pytest

from tests.end_to_end.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_member_of_two_guilds_has_an_account_in_each(stage: Stage) -> None:
    other = stage.playground.world.add_guild("The Other Place")
    owner = stage.playground.world.users[other.owner_id]
    here, there = stage.new_channel(), stage.new_channel(guild=other)
    member = stage.new_member()
    stage.playground.world.join(other, member)

    await stage.answer(owner, there, "budget welcome", credits=7)
    order = await stage.buy(here, member)
    async with stage.unfinished(order):
        said_here = await stage.answer(member, here, "credits")
        said_there = await stage.answer(member, there, "credits")
        shown_there = await stage.answer(owner, there, "budget show", member=str(member.id))
        await stage.press(order, "cancel")
    assert "76 credits** available · 24 credits held" in said_here
    assert "slow zoom in" in said_here
    assert "7 credits** available · 0 credits held" in said_there
    assert "No clips yet" in said_there
    assert "slow zoom in" not in shown_there
