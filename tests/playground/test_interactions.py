"""Interactions, from the picker to the last followup, with discord.py as the other side."""

import io

import discord
import pytest
from PIL import Image

from bot.playground.clock import AdjustableClock
from bot.playground.interaction import State
from bot.playground.permissions import Permission
from bot.playground.places import Channel, User
from bot.playground.refusals import NotAnswered
from bot.playground.server import Playground
from tests.playground.conftest import Client, Connect, replying


def picture() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(buffer, "PNG")
    return buffer.getvalue()


async def test_an_attached_picture_reaches_the_bot_and_comes_back_in_a_thread(
    playground: Playground, connect: Connect, member: User, moderator: User, gallery: Channel
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

    files = {"image": ("cat.png", picture())}

    async with connect(setup):
        interaction = await playground.slash(
            member.id, gallery.id, "animate", {"prompt": "rain"}, files
        )
        assert await interaction.acknowledged() is State.DEFERRED
        await playground.until(lambda: len(interaction.messages) == 2)

    assert seen == [("cat.png", 64, 48, picture())]
    reply, followup = interaction.messages
    assert (reply.content, reply.thinking) == ("Working: rain", False)
    assert reply.thread is not None
    assert reply.thread.id == reply.id
    [clip] = playground.messages(reply.thread.id)
    assert clip.attachments[0].content == b"clip"
    assert followup in playground.messages(gallery.id, member.id)
    assert followup not in playground.messages(gallery.id, moderator.id)


async def test_an_answer_after_three_seconds_is_an_unknown_interaction(
    playground: Playground,
    connect: Connect,
    clock: AdjustableClock,
    member: User,
    gallery: Channel,
) -> None:
    async def late(interaction: discord.Interaction) -> None:
        clock.advance(3)
        await interaction.response.send_message("Hello")

    async with connect(replying(late)) as client:
        interaction = await playground.slash(member.id, gallery.id, "go")
        refusal = await client.refusal()
        with pytest.raises(NotAnswered):
            await interaction.acknowledged()

    assert (refusal.status, refusal.code) == (404, 10062)


async def test_only_the_first_answer_is_taken(
    playground: Playground, connect: Connect, member: User, gallery: Channel
) -> None:
    async def twice(interaction: discord.Interaction) -> None:
        again = discord.InteractionResponse(interaction)
        await interaction.response.send_message("First")
        await again.send_message("Second")

    async with connect(replying(twice)) as client:
        await playground.slash(member.id, gallery.id, "go")
        refusal = await client.refusal()

    assert (refusal.status, refusal.code) == (400, 40060)
    assert [message.content for message in playground.messages(gallery.id)] == ["First"]


async def test_the_token_dies_after_fifteen_minutes_but_the_bots_own_does_not(
    playground: Playground,
    connect: Connect,
    clock: AdjustableClock,
    member: User,
    gallery: Channel,
) -> None:
    async def slow(interaction: discord.Interaction) -> None:
        answered = await interaction.response.send_message("Working")
        assert answered.message_id is not None
        clock.advance(15 * 60)
        assert isinstance(interaction.channel, discord.TextChannel)
        await interaction.channel.get_partial_message(answered.message_id).edit(content="Edited")
        await interaction.edit_original_response(content="Too late")

    async with connect(replying(slow)) as client:
        interaction = await playground.slash(member.id, gallery.id, "go")
        refusal = await client.refusal()

    assert (refusal.status, refusal.code) == (401, 50027)
    assert interaction.messages[0].content == "Edited"


async def test_a_followup_to_a_deferral_takes_the_place_of_the_original(
    playground: Playground, connect: Connect, member: User, gallery: Channel
) -> None:
    async def follow(interaction: discord.Interaction) -> None:
        await interaction.response.defer(thinking=True)
        await interaction.followup.send("Meant to be private", ephemeral=True)

    async with connect(replying(follow)):
        interaction = await playground.slash(member.id, gallery.id, "go")
        await playground.until(lambda: [m for m in interaction.messages if not m.thinking])

    [message] = interaction.messages
    assert message.content == "Meant to be private"
    assert not message.ephemeral


async def test_a_followup_after_the_original_is_deleted_is_as_private_as_it_asks(
    playground: Playground, connect: Connect, member: User, gallery: Channel
) -> None:
    async def refuse(interaction: discord.Interaction) -> None:
        await interaction.response.defer(thinking=True)
        await interaction.delete_original_response()
        await interaction.followup.send("No picture in that", ephemeral=True)

    async with connect(replying(refuse)):
        interaction = await playground.slash(member.id, gallery.id, "go")
        await playground.until(lambda: [m.content for m in interaction.messages if m.ephemeral])

    assert playground.messages(gallery.id, member.id) == interaction.messages
    assert playground.messages(gallery.id) == []


async def test_an_ephemeral_answer_is_out_of_reach_of_the_bots_token_and_of_threads(
    playground: Playground, connect: Connect, member: User, gallery: Channel
) -> None:
    async def privately(interaction: discord.Interaction) -> None:
        answered = await interaction.response.send_message("Psst", ephemeral=True)
        assert answered.message_id is not None
        assert isinstance(interaction.channel, discord.TextChannel)
        message = interaction.channel.get_partial_message(answered.message_id)
        await message.create_thread(name="Clip")

    async with connect(replying(privately)) as client:
        await playground.slash(member.id, gallery.id, "go")
        refusal = await client.refusal()

    assert (refusal.status, refusal.code) == (404, 10008)
    assert playground.threads(gallery.id) == []


async def test_permissions_and_the_upload_limit_travel_with_the_interaction(
    playground: Playground, connect: Connect, moderator: User, gallery: Channel
) -> None:
    seen: list[tuple[bool, bool, int]] = []
    playground.world.deny(gallery, playground.world.bot.id, Permission.SEND_MESSAGES_IN_THREADS)
    playground.world.boost(playground.world.guild, 2)

    async def look(interaction: discord.Interaction) -> None:
        app, person = interaction.app_permissions, interaction.permissions
        seen.append((app.send_messages_in_threads, person.manage_guild, interaction.filesize_limit))
        await interaction.response.send_message("Seen")

    async with connect(replying(look)):
        interaction = await playground.slash(moderator.id, gallery.id, "go")
        await interaction.acknowledged()

    assert seen == [(False, True, 50 * 1024 * 1024)]
