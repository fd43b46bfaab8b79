"""Settings at the desk: each is seen, and changed by a form or a command."""

from __future__ import annotations

from typing import Any

import pytest

from bot.discord.views.desk_choices import SETTINGS
from storage.errors import ChannelNotAllowed
from storage.guilds import GuildSettings
from tests.bot.discord.club import Club, texts
from tests.bot.discord.desk import (
    acts_done,
    choose,
    desk,
    manager_role,
    menu_lines,
    menu_of,
    now,
    press,
    said,
)
from tests.bot.discord.lists import answers


async def change(club: Club, name: str, **filled: Any) -> tuple[GuildSettings, str]:
    """Change a setting by its form; returns how all stand then, and the page."""
    message = await press(club, await desk(club), "Settings")
    opened = await choose(club, message, "setting", name)
    result = await club.moderator.submit_modal(opened, {"reason": "", **filled})
    told = texts(now(club, message)) + "".join(answers(result))
    return await club.client.budget.settings(club.guild.id), told


async def test_the_page_shows_every_setting(club: Club) -> None:
    message = await press(club, await desk(club), "Settings")

    told = texts(message)
    assert "**Price**\n100 % of the provider's price\n" in told
    assert "**Channels**\nEverywhere\n" in told
    assert "**Welcome credits**\n100 credits\n" in told
    assert menu_lines(message, "setting") == [one.title for one in SETTINGS.values()]


@pytest.mark.parametrize(
    ("name", "value", "expected", "shown"),
    [
        ("price_percent", "150", 150, "150 % of the provider's price"),
        ("approval_credits", "80", 80, "Above 80 credits"),
        ("timezone", "Europe/Berlin", "Europe/Berlin", "Europe/Berlin"),
        ("starting_credits", "7", 7, "7 credits"),
        ("welcome_age_days", "30", 30, "Accounts of 30 days or more"),
        ("roles_add_up", ["yes"], True, "All of them add up"),
        ("refused_pays", ["yes"], True, "The member pays"),
        ("age_rule", ["restricted_only"], "restricted_only", "Clips only in age-restricted"),
        ("giving_ceiling", "500", 500, "500 credits a month for each moderator"),
    ],
)
async def test_a_form_changes_a_setting(
    club: Club, name: str, value: str | list[str], expected: object, shown: str
) -> None:
    chosen, told = await change(club, name, value=value, reason="why not")

    assert getattr(chosen, name) == expected
    assert told.strip().startswith(f"✅ **{SETTINGS[name].title}**\n{shown}")
    assert await acts_done(club) == [f"setting {name}"]


@pytest.mark.parametrize("name", ["approval_credits", "giving_ceiling"])
async def test_left_empty_a_limit_is_none(club: Club, name: str) -> None:
    await change(club, name, value="80")

    chosen, _ = await change(club, name, value="")

    assert getattr(chosen, name) is None


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("price_percent", "0", "from 1 to 10,000"),
        ("price_percent", "much", "from 1 to 10,000"),
        ("timezone", "Mars/Olympus", "“Mars/Olympus” is no time zone"),
        ("starting_credits", "1000001", "from 0 to 1,000,000"),
    ],
)
async def test_what_cannot_be_is_refused(club: Club, name: str, value: str, words: str) -> None:
    chosen, told = await change(club, name, value=value)

    assert words in told
    assert chosen == GuildSettings()
    assert await acts_done(club) == []


async def test_channels_are_chosen_and_freed_again(club: Club) -> None:
    other = club.guild.create_text_channel("art")

    chosen, told = await change(club, "channels", value=[other])

    assert chosen.channels == {other.id}
    assert f"**Channels**\n<#{other.id}>" in told
    await club.animate()
    assert isinstance(club.error(), ChannelNotAllowed)
    chosen, _ = await change(club, "channels")
    assert chosen.channels == frozenset()


async def test_the_log_channel_is_chosen_by_form(club: Club) -> None:
    logs = club.guild.create_text_channel("mod-log")

    chosen, _ = await change(club, "log_channel_id", value=[logs])

    assert chosen.log_channel_id == logs.id
    chosen, _ = await change(club, "log_channel_id")
    assert chosen.log_channel_id is None


async def test_the_manager_role_is_chosen_by_form_and_says_how_to_show_the_command(
    club: Club,
) -> None:
    role = club.guild.create_role("Treasurers")

    chosen, told = await change(club, "manager_role_id", value=[role])

    assert chosen.manager_role_id == role.id
    assert f"{role.mention}\n-# Show it /budget: Server Settings, Integrations" in told


@pytest.mark.parametrize("name", ["manager_role_id", "giving_ceiling"])
async def test_no_manager_opens_the_form_that_gives_power(club: Club, name: str) -> None:
    role = await manager_role(club)
    treasurer = club.guild.add_member(club.env.create_user("tess"), roles=[role])
    message = (await treasurer.slash(club.channel, "budget settings")).response
    assert message is not None

    result = await treasurer.select(
        message.message, [name], custom_id=menu_of(message.message, "setting").custom_id
    )

    assert result.modal is None
    assert "Only a moderator" in answers(result)[-1]


@pytest.mark.parametrize(
    ("command", "options", "name", "expected"),
    [
        ("price", {"percent": 150}, "price_percent", 150),
        ("approval", {"above": 80}, "approval_credits", 80),
        ("timezone", {"zone": "Asia/Tokyo"}, "timezone", "Asia/Tokyo"),
        ("roles", {"add_up": True}, "roles_add_up", True),
        ("refused", {"member_pays": True}, "refused_pays", True),
        ("ceiling", {"credits": 500}, "giving_ceiling", 500),
    ],
)
async def test_a_command_changes_a_setting(
    club: Club, command: str, options: dict[str, Any], name: str, expected: object
) -> None:
    result = await club.moderator.slash(club.channel, f"budget set {command}", **options)

    assert f"✅ **{SETTINGS[name].title}**" in said(result)
    assert getattr(await club.client.budget.settings(club.guild.id), name) == expected


async def test_channels_are_allowed_one_by_one_by_command(club: Club) -> None:
    other = club.guild.create_text_channel("art")
    for channel in (club.channel, other):
        await club.moderator.slash(club.channel, "budget set channel", channel=channel)

    await club.moderator.slash(club.channel, "budget set channel", channel=other, allowed=False)

    assert (await club.client.budget.settings(club.guild.id)).channels == {club.channel.id}


async def test_welcome_says_how_old_an_account_must_be(club: Club) -> None:
    result = await club.moderator.slash(club.channel, "budget welcome", days=14)

    assert said(result).strip() == (
        "New members start with **100 credits**.\nTheir accounts must be **14 days** old."
    )


async def test_time_zones_are_offered_while_one_is_typed(club: Club) -> None:
    offered = await club.moderator.autocomplete(
        club.channel, "budget set timezone", "zone", "new york"
    )

    assert [choice["value"] for choice in offered] == ["America/New_York"]
