"""What is picked in the menu of a member or a message, by an unmodified discord.py."""

import discord
import pytest

from bot.playground.menus import Menu
from bot.playground.places import Channel, User
from bot.playground.refusals import NotPossible
from bot.playground.server import Playground
from tests.playground.conftest import Client, Connect


def with_menus(client: Client) -> None:
    """Offer an entry for messages to everybody, and one for members to moderators."""

    @client.tree.context_menu(name="Read it")
    async def read(interaction: discord.Interaction, message: discord.Message) -> None:
        await interaction.response.send_message(f"{message.author.display_name}: {message.content}")

    @client.tree.context_menu(name="Budget of")
    @discord.app_commands.default_permissions(manage_guild=True)
    async def budget(interaction: discord.Interaction, member: discord.Member) -> None:
        await interaction.response.send_message(f"{member.mention} {len(member.roles)}")


async def test_a_message_is_handed_over_with_its_words(
    playground: Playground, connect: Connect, member: User, gallery: Channel
) -> None:
    said = await playground.say(member.id, gallery.id, "good morning")

    async with connect(with_menus):
        picked = await playground.pick_in_menu(
            member.id, gallery.id, Menu.MESSAGE, "Read it", said.id
        )
        await picked.acknowledged()

    assert picked.messages[0].content == "Member: good morning"
    assert picked.command_name == "Read it"


async def test_a_member_is_handed_over_with_their_roles(
    playground: Playground, connect: Connect, member: User, moderator: User, gallery: Channel
) -> None:
    async with connect(with_menus):
        picked = await playground.pick_in_menu(
            moderator.id, gallery.id, Menu.USER, "Budget of", member.id
        )
        await picked.acknowledged()

    assert picked.messages[0].content.startswith(f"<@{member.id}> ")


async def test_what_is_for_moderators_is_not_offered_to_members(
    playground: Playground, connect: Connect, member: User, moderator: User, gallery: Channel
) -> None:
    async with connect(with_menus):
        with pytest.raises(NotPossible, match="not offered to Member"):
            await playground.pick_in_menu(
                member.id, gallery.id, Menu.USER, "Budget of", moderator.id
            )


async def test_an_entry_stands_in_the_menu_of_its_own_kind_alone(
    playground: Playground, connect: Connect, member: User, gallery: Channel
) -> None:
    async with connect(with_menus):
        with pytest.raises(NotPossible, match="no “Read it” there"):
            await playground.pick_in_menu(member.id, gallery.id, Menu.USER, "Read it", member.id)


async def test_a_message_that_is_gone_or_not_for_ones_eyes_cannot_be_picked(
    playground: Playground, connect: Connect, member: User, gallery: Channel
) -> None:
    async with connect(with_menus):
        with pytest.raises(NotPossible, match="message is gone"):
            await playground.pick_in_menu(member.id, gallery.id, Menu.MESSAGE, "Read it", 12345)
