"""The other commands: prices, credits, and what only moderators may do."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.playground.interaction import Kind
from bot.playground.places import Channel, Json, User
from bot.playground.refusals import NotPossible
from tests.end_to_end.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """A bot of its own, that has nobody's key."""
    folder = tmp_path_factory.mktemp("commands") / "data"
    async with Stage.open(folder) as stage, stage.bot(RUNWAYML_API_SECRET=""):
        yield stage


async def test_models_lists_what_can_be_used_and_its_price(
    stage: Stage, channel: Channel, member: User
) -> None:
    said = await stage.answer(member, channel, "models")

    assert "Zoetrope animator" in said
    assert "`local/animator`" in said
    assert "**1 credit** a second · 5 s cost **5 credits**" in said


@pytest.mark.parametrize(("typed", "offered"), [("", 1), ("ZOE", 1), ("sora", 0)])
async def test_the_model_completes_with_its_price(
    stage: Stage, channel: Channel, member: User, typed: str, offered: int
) -> None:
    choices = await stage.playground.autocomplete(member.id, channel.id, "animate", "model", typed)

    expected = {
        "name": "Zoetrope animator · 1 credit/s · 5 s = 5 credits",
        "value": "local/animator",
    }
    assert choices == [expected] * offered


async def test_a_new_member_starts_with_a_hundred_credits(
    stage: Stage, channel: Channel, member: User
) -> None:
    said = await stage.answer(member, channel, "credits")

    assert "100 credits** available · 0 credits held" in said
    assert "No clips yet" in said


async def test_a_moderator_gives_credits_and_sees_what_became_of_them(
    stage: Stage, channel: Channel, member: User, moderator: User
) -> None:
    told = await stage.answer(
        moderator, channel, "budget grant", member=str(member.id), credits=50, reason="a *bet*"
    )
    shown = await stage.answer(moderator, channel, "budget show", member=str(member.id))

    assert "now has **150 credits**" in told
    assert "**150 credits** available" in shown
    assert f"+50 posted by <@{moderator.id}>" in shown
    assert r"a \*bet\*" in shown
    assert stage.records.account(stage.guild.id, member.id) == (150, 0)


@pytest.mark.parametrize("name", ["budget grant", "budget show", "budget welcome"])
async def test_moderators_commands_are_not_offered_to_members(
    stage: Stage, channel: Channel, member: User, name: str
) -> None:
    with pytest.raises(NotPossible, match="not offered"):
        await stage.playground.slash(member.id, channel.id, name)


async def test_a_guild_that_offers_them_to_all_changes_nothing(
    stage: Stage, channel: Channel, member: User
) -> None:
    wanted = {"name": "credits", "type": 4, "value": 1000}
    target = {"name": "member", "type": 6, "value": str(member.id)}
    grant = {"name": "grant", "type": 1, "options": [target, wanted]}
    described = member_json(stage, member)
    resolved = {
        "users": {str(member.id): described.pop("user")},
        "members": {str(member.id): described},
    }
    [budget] = [
        command
        for command in stage.playground.loopback.commands.usable(stage.guild.id)
        if command["name"] == "budget"
    ]

    interaction = stage.playground.loopback.interactions.send(
        Kind.COMMAND,
        member,
        channel,
        {"id": budget["id"], "name": "budget", "type": 1, "options": [grant], "resolved": resolved},
    )

    said = await stage.answered(interaction)
    assert said == "Only a moderator with the Manage Server permission can do that."
    assert "100 credits** available" in await stage.answer(member, channel, "credits")


def member_json(stage: Stage, member: User) -> Json:
    return stage.guild.members[member.id].as_json() | {"permissions": "0"}
