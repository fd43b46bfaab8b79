"""The moderators' desk over real sockets: what Discord itself takes and tells."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio

from bot.playground.message import Message
from bot.playground.places import Channel, User
from tests.end_to_end.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")


@dataclass(frozen=True)
class Shown:
    """What a take would do, as a moderator read it before the bot was started anew."""

    card: Message
    said: str
    whom: User


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def shown(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Stage, Shown]]:
    """A bot that is stopped after it showed a moderator a plan, and another on the same file."""
    async with Stage.open(tmp_path_factory.mktemp("desk") / "data") as stage:
        moderator = stage.playground.world.user_named("Moderator")
        whom = stage.new_member()
        async with stage.bot():
            asked = await stage.playground.slash(
                moderator.id,
                stage.new_channel().id,
                "budget take",
                {"member": str(whom.id), "credits": 30},
            )
            said = await stage.answered(asked)
        assert asked.original is not None
        async with stage.bot():
            yield stage, Shown(asked.original, said, whom)


@pytest.fixture
def stage(shown: tuple[Stage, Shown]) -> Stage:
    """The bot that was started anew, for everything else too."""
    return shown[0]


async def test_a_plan_is_confirmed_after_a_restart_and_does_what_it_said(
    shown: tuple[Stage, Shown], moderator: User
) -> None:
    stage, plan = shown
    [name] = re.findall(r"zoetrope:desk:do:\w+", str(plan.card.components))

    presses = [await stage.playground.press(moderator.id, plan.card.id, name) for _ in range(2)]
    for press in presses:
        await press.acknowledged()
    await stage.until(lambda: "Took" in plan.card.text)

    told = f"<@{plan.whom.id}> −30 → 70 credits"
    assert told in plan.said
    assert told in plan.card.text
    assert stage.records.account(stage.guild.id, plan.whom.id) == (70, 0)
    assert stage.records.discrepancies() == []


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
