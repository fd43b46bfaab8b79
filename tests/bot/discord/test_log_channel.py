"""/budget log: where the moderators of a server are asked."""

from __future__ import annotations

import discord
import pytest

from bot.errors import MissingPermissions, NotAllowed
from tests.bot.discord.club import Club, labels
from tests.bot.discord.lost import AGAIN, NEVER, RAN, lost, wire


@pytest.fixture(autouse=True)
def wired(club: Club) -> None:
    wire(club)


async def test_a_log_channel_is_chosen_seen_and_cleared(club: Club) -> None:
    logs = club.guild.create_text_channel("mod-log")

    seen = await club.moderator.slash(club.channel, "budget log")
    chosen = await club.moderator.slash(club.channel, "budget log", channel=logs)
    await lost(club)

    assert seen.response is not None
    assert "in the clips' own threads" in seen.response.content
    assert chosen.response is not None
    assert f"<#{logs.id}>" in chosen.response.content
    (posted,) = logs.history()
    assert labels(posted) == [RAN, NEVER, AGAIN]
    cleared = await club.moderator.slash(club.channel, "budget log", clear=True)
    assert cleared.response is not None
    assert "own threads" in cleared.response.content


async def test_a_log_channel_the_bot_cannot_write_in_is_refused(club: Club) -> None:
    logs = club.guild.create_text_channel("mod-log")
    channel = club.client.get_channel(logs.id)
    assert isinstance(channel, discord.TextChannel)
    closed = discord.PermissionOverwrite(send_messages=False)
    await channel.set_permissions(channel.guild.me, overwrite=closed)

    result = await club.moderator.slash(club.channel, "budget log", channel=logs)

    assert result.response is not None
    assert result.ephemeral
    assert isinstance(club.error(), MissingPermissions)
    assert "Send Messages" in result.response.content
    seen = await club.moderator.slash(club.channel, "budget log")
    assert seen.response is not None
    assert "own threads" in seen.response.content


async def test_only_moderators_choose_the_log_channel(club: Club) -> None:
    club.guild.set_command_permissions(int(club.command("budget")["id"]), {club.member: True})

    await club.member.slash(club.channel, "budget log", channel=club.channel)

    assert isinstance(club.error(), NotAllowed)
    seen = await club.moderator.slash(club.channel, "budget log")
    assert seen.response is not None
    assert "own threads" in seen.response.content
