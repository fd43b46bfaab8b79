"""A member's own view of jobs and data, over real sockets: files come, go, and stay private."""

from __future__ import annotations

import json

import pytest

from bot.playground.interaction import Interaction
from bot.playground.message import Message
from bot.playground.places import Channel, User
from tests.end_to_end.seller import BOUGHT
from tests.end_to_end.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def file_of(stage: Stage, interaction: Interaction) -> bytes:
    """The file of a private answer, once it is there."""

    def carrying() -> list[Message]:
        return [message for message in interaction.messages if message.attachments]

    [message] = await stage.until(carrying)
    assert message.ephemeral
    return message.attachments[0].content


def kept(stage: Stage, job_id: str) -> list[str]:
    """The files of a job on the bot's disk."""
    return [file.name for file in (stage.folder / "zoetrope-files").rglob(f"{job_id}*.*")]


async def press(stage: Stage, member: User, of: Interaction, name: str) -> Interaction:
    """Press the button of an answer whose id begins so."""

    def named() -> list[tuple[int, str]]:
        return [
            (message.id, custom_id)
            for message in of.messages
            for custom_id in custom_ids(message.components)
            if custom_id.startswith(name)
        ]

    [(message_id, custom_id)] = await stage.until(named)
    return await stage.playground.press(member.id, message_id, custom_id)


def custom_ids(components: object) -> list[str]:
    """Every id in components, however deep."""
    match components:
        case {"custom_id": str(custom_id)}:
            return [custom_id]
        case dict():
            return [one for value in components.values() for one in custom_ids(value)]
        case list():
            return [one for value in components for one in custom_ids(value)]
        case _:
            return []


async def test_a_clip_is_had_again_taken_out_and_deleted(
    stage: Stage, channel: Channel, member: User
) -> None:
    order = await stage.order(channel, member, options=BOUGHT)
    posted = await order.clip()
    await stage.until(lambda: order.row["due_at"] is None)

    listed = await stage.playground.slash(member.id, channel.id, "jobs")
    clip = await file_of(stage, await press(stage, member, listed, "zoetrope:jobs:clip:"))
    export = await stage.playground.slash(member.id, channel.id, "privacy export")
    [job] = json.loads(await file_of(stage, export))["jobs"]
    asked = await stage.playground.slash(member.id, channel.id, "privacy delete")
    await press(stage, member, asked, "zoetrope:privacy:delete")
    await stage.until(lambda: order.row["member_id"] < 0)

    assert clip == posted.attachments[0].content
    assert (job["id"], job["prompt"]) == (order.id, "slow zoom in")
    assert order.row["prompt"] == "(deleted by the member)"
    await stage.until(lambda: kept(stage, order.id) == [])
    assert stage.records.account(stage.guild.id, member.id) == (0, 0)
    assert [message.id for message in order.clips] == [posted.id]
