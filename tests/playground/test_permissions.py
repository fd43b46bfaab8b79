"""Permissions, computed as discord.py computes them."""

import pytest

from bot.playground.permissions import EVERYTHING, NOTHING, Permission
from bot.playground.places import Channel, Overwrite, User
from bot.playground.server import Playground
from tests.playground.conftest import Connect
from tests.playground.test_people import picking

SEND, FILES, THREADS = (
    Permission.SEND_MESSAGES,
    Permission.ATTACH_FILES,
    Permission.SEND_MESSAGES_IN_THREADS,
)


@pytest.mark.parametrize(
    ("everyone", "role", "own"),
    [
        (Overwrite(), Overwrite(), Overwrite()),
        (Overwrite(deny=FILES), Overwrite(), Overwrite()),
        (Overwrite(deny=FILES | SEND), Overwrite(allow=FILES), Overwrite()),
        (Overwrite(deny=FILES), Overwrite(allow=FILES), Overwrite(deny=FILES, for_member=True)),
        (Overwrite(), Overwrite(deny=THREADS), Overwrite(allow=THREADS, for_member=True)),
        (Overwrite(allow=Permission.MENTION_EVERYONE), Overwrite(deny=SEND), Overwrite()),
        (Overwrite(deny=Permission.VIEW_CHANNEL), Overwrite(), Overwrite()),
    ],
)
async def test_overwrites_apply_in_discords_order(
    playground: Playground,
    connect: Connect,
    gallery: Channel,
    everyone: Overwrite,
    role: Overwrite,
    own: Overwrite,
) -> None:
    guild, bot = playground.world.guild, playground.world.bot
    [role_id] = guild.members[bot.id].role_ids
    gallery.overwrites = {guild.id: everyone, role_id: role, bot.id: own}

    async with connect(picking) as client:
        channel = client.guilds[0].get_channel(gallery.id)
        assert channel is not None
        expected = channel.permissions_for(client.guilds[0].me)

    computed = playground.world.permissions(bot.id, gallery)
    if computed == NOTHING:
        assert not expected.view_channel
    else:
        # discord.py leaves the permissions of voice out of a text channel.
        assert int(computed & ~Permission.CONNECT) == expected.value


async def test_owners_and_administrators_may_do_everything_and_strangers_nothing(
    playground: Playground, gallery: Channel, member: User
) -> None:
    world = playground.world
    world.deny(gallery, member.id, Permission.VIEW_CHANNEL)
    role = world.add_role(world.guild, "Keeper", Permission.ADMINISTRATOR)

    before = world.permissions(member.id, gallery)
    world.guild.members[member.id].role_ids.add(role.id)

    assert before == NOTHING
    assert world.permissions(member.id, gallery) == EVERYTHING
    assert world.permissions(world.guild.owner_id, gallery) == EVERYTHING
    assert world.permissions(1, gallery) == NOTHING
