"""The whole way once: from the command to the clip in the thread, and the books afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest
import pytest_asyncio

from bot.media.clips import probe
from bot.media.ffmpeg import Ffmpeg
from bot.playground.interaction import State
from bot.playground.message import Flag
from tests.end_to_end.order import Order
from tests.end_to_end.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")

STAGES = ("Waiting", "Making your clip", "Posting", "Done")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def order(stage: Stage) -> Order:
    """A clip of two seconds, with a prompt that tries to reach people; seen to the end."""
    victim = stage.new_member()
    prompt = f"@everyone @here <@{victim.id}> <@&{stage.guild.id}> **zoom** in [x](https://x.test)"
    order = await stage.order(stage.new_channel(), options={"prompt": prompt})
    async with stage.paused(order):
        await order.says("▱")
    return await order.says("Done")


async def test_the_first_answer_is_a_deferral_everybody_sees(order: Order) -> None:
    original = order.interaction.original

    assert order.interaction.state is State.DEFERRED
    assert original is not None
    assert not original.ephemeral


async def test_the_thread_hangs_on_the_reply_which_links_to_it(order: Order) -> None:
    [thread] = order.threads

    assert thread.parent_id == order.interaction.channel.id
    assert f"<#{thread.id}>" in order.reply


async def test_one_status_message_moves_from_waiting_to_done(order: Order) -> None:
    said = [
        next(number for number, stage in enumerate(STAGES) if stage in text)
        for text in order.status_changes
    ]

    assert len(order.statuses) == 1
    assert said == sorted(said)
    assert {0, 1, 3} <= set(said)
    assert any("▱" in text and "%" in text for text in order.status_changes)
    assert not order.statuses[0].components


async def test_the_clip_is_one_message_that_plays_inline(order: Order, tmp_path: Path) -> None:
    [message] = order.clips
    [attachment] = message.attachments
    file = tmp_path / "clip.mp4"
    file.write_bytes(attachment.content)

    facts = await probe(Ffmpeg(), file)

    assert Flag.COMPONENTS_V2 in message.flags
    assert f"attachment://{attachment.filename}" in str(message.components)
    assert (facts.width, facts.height, facts.frames) == (720, 720, 48)
    assert facts.plays_everywhere
    assert facts.is_faststart


async def test_the_clip_says_what_it_is_and_what_it_cost(order: Order) -> None:
    said = order.clips[0].text

    for fact in ("Zoetrope animator", "2 s", f"seed {order.row['seed']}", "2 credits paid"):
        assert fact in said


async def test_the_member_is_pinged_once_and_nobody_else_ever(stage: Stage, order: Order) -> None:
    channels = (order.interaction.channel.id, order.place.id)
    messages = [message for id_ in channels for message in stage.playground.messages(id_)]

    pinged = [user_id for message in messages for user_id in message.pinged]

    assert pinged == [order.interaction.user.id]
    assert not any(message.mentions_everyone for message in messages)


async def test_the_prompt_is_shown_without_its_formatting(order: Order) -> None:
    for text in (order.reply, order.clips[0].text):
        assert r"\*\*zoom\*\*" in text
        assert "@everyone" not in text
        assert r"\[x](https" in text


async def test_a_hundred_credits_become_ninety_eight(stage: Stage, order: Order) -> None:
    member, channel = order.interaction.user, order.interaction.channel

    said = await stage.answer(member, channel, "credits")

    assert "98 credits** available" in said
    assert stage.records.account(stage.guild.id, member.id) == (98, 0)
    order.assert_delivered_once()
    assert stage.records.discrepancies() == []


async def test_only_the_picture_and_the_clip_are_kept(stage: Stage, order: Order) -> None:
    files = stage.folder / "zoetrope-files"

    def kept() -> set[str]:
        found = (str(file.relative_to(files)) for file in files.rglob(f"*{order.id}*"))
        return set(found)

    await stage.until(lambda: kept() == {f"uploads/{order.id}.jpg", f"clips/{order.id}.mp4"})
