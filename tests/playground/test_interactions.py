"""Interactions, from the picker to the last followup, with discord.py as the other side."""

import io

import discord
import pytest
from PIL import Image

from bot.playground.clock import AdjustableClock
from bot.playground.interaction import State
from bot.playground.refusals import NotAnswered
from bot.playground.server import Playground
from tests.playground.conftest import Client, Connect, replying


def picture() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(buffer, "PNG")
    return buffer.getvalue()


async def test_an_attached_picture_reaches_the_bot_and_comes_back_in_a_thread(
    playground: Playground, connect: Connect
) -> None:
    seen: list[tuple[str, int | None, int | None, bytes]] = []

    def setup(client: Client) -> None:
        @client.tree.command(description="Animate it")
        async def animate(
            interaction: discord.Interaction, image: discord.Attachment, prompt: str
        ) -> None:
            await interaction.response.defer(thinking=True)
            seen.append((image.filename, image.width, image.height, await image.read()))
            reply = await interaction.edit_original_response(content=f"Working: {prompt}")
            assert isinstance(interaction.channel, discord.TextChannel)
            message = interaction.channel.get_partial_message(reply.id)
            thread = await message.create_thread(name="Clip")
            await thread.send(file=discord.File(io.BytesIO(b"clip"), "clip.mp4"))
            await interaction.followup.send("Look below", ephemeral=True)

    member = playground.world.user_named("Member")
    gallery = playground.world.channel_named("gallery")

    async with connect(setup):
        interaction = await playground.slash(
            member.id,
            gallery.id,
            "animate",
            {"prompt": "rain"},
            {"image": ("cat.png", picture())},
        )
        assert await interaction.acknowledged() is State.DEFERRED
        await playground.until(lambda: len(interaction.messages) == 2)

    assert seen == [("cat.png", 64, 48, picture())]
    reply, followup = interaction.messages
    assert reply.content == "Working: rain"
    assert not reply.thinking
    assert reply.thread is not None
    assert reply.thread.id == reply.id
    [clip] = playground.messages(reply.thread.id)
    assert clip.attachments[0].content == b"clip"
    assert followup.visible_to == member.id
    assert followup not in playground.messages(
        gallery.id, playground.world.user_named("Moderator").id
    )
    assert followup in playground.messages(gallery.id, member.id)


async def test_an_answer_after_three_seconds_is_an_unknown_interaction(
    playground: Playground, connect: Connect, clock: AdjustableClock
) -> None:
    async def late(interaction: discord.Interaction) -> None:
        clock.advance(3)
        await interaction.response.send_message("Hello")

    member = playground.world.user_named("Member")
    gallery = playground.world.channel_named("gallery")

    async with connect(replying(late)) as client:
        interaction = await playground.slash(member.id, gallery.id, "go")
        await playground.until(lambda: client.errors)
        with pytest.raises(NotAnswered):
            await interaction.acknowledged()

    assert isinstance(client.errors[0], discord.NotFound)
    assert client.errors[0].code == 10062
