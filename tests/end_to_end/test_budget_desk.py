"""The moderators' desk over real sockets: what Discord itself takes and tells."""

from __future__ import annotations

import pytest

from bot.playground.places import Channel, User
from tests.end_to_end.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_discord_takes_the_desk_and_shows_the_month(
    stage: Stage, channel: Channel, moderator: User
) -> None:
    said = await stage.answer(moderator, channel, "budget desk")

    assert "## Budget · " in said
    assert "Starts anew" in said


async def test_without_the_members_intent_a_role_is_not_given_to(
    stage: Stage, channel: Channel, moderator: User
) -> None:
    role = next(iter(stage.guild.roles))

    said = await stage.answer(moderator, channel, "budget grant", role=str(role), credits=5)

    assert "Discord does not tell me who has a role, so nothing was done." in said
