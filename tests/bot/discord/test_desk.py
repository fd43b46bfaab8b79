"""/budget desk: the month at a glance, and what leads on from there."""

from __future__ import annotations

from datetime import timedelta

import pytest
from simcord.enums import AppCommandType

from bot.discord.views.desk_controls import button
from storage.errors import MemberBlocked, SpendingPaused
from storage.periods import Period
from tests.bot.discord.club import Club, labels, texts
from tests.bot.discord.desk import acts_done, choose, desk, menu_of, now, posted, press, said
from tests.bot.discord.lists import answers, delivered, shown

HOME = [
    *("Give …", "Take …", "Caps", "Allowances", "Settings", "History"),
    *("Blocked", "Refresh", "Pause spending"),
]


async def test_the_desk_shows_the_month_at_a_glance(club: Club) -> None:
    await club.moderator.slash(club.channel, "budget cap", on="guild", credits=10)
    await delivered(club)
    await club.animate()

    message = await desk(club)

    told = texts(message)
    assert message.flags.ephemeral
    assert told.strip().splitlines()[:5] == [
        "## Budget · March 2026",
        "**3 credits** spent",
        "**3 credits** held",
        "**4 credits** left of 10",
        "▰▰▰▰▰▰▰▰▱▱▱▱▱▱ 60 %",
    ]
    assert f"**Top members**\n{club.member.mention} · 3 + 3 held" in told
    assert "**Top models**\nPlain · 3 + 3 held" in told
    assert "🔔 **50 %** of what this server may spend a month is used" in told
    assert labels(message) == HOME


async def test_a_month_without_anything_says_so(club: Club) -> None:
    told = texts(await desk(club))

    assert "**0 credits** spent\n**0 credits** held\nNo cap on the month" in told
    assert "Forecast: 0 credits" in told
    assert "Top" not in told


async def test_a_forecast_beyond_the_cap_is_marked(club: Club) -> None:
    await club.moderator.slash(club.channel, "budget cap", on="guild", credits=10)
    await delivered(club)

    told = texts(await desk(club))

    assert "⚠️ over the cap" in told


async def test_every_line_of_the_desk_is_short_enough_for_a_phone(club: Club) -> None:
    await club.moderator.slash(club.channel, "budget cap", on="guild", credits=1_000_000)
    message = await desk(club)
    pages = [texts(await press(club, await desk(club), one)) for one in ("Caps", "Settings")]

    lines = "\n".join([texts(message), *pages]).splitlines()

    assert max(len(line) for line in lines) <= 60


async def test_pausing_stops_orders_and_resuming_lets_them_be(club: Club) -> None:
    message = await press(club, await desk(club), "Pause spending")
    assert "⏸️ **Paused.**" in texts(message)
    assert "Resume spending" in labels(message)
    await club.animate()
    assert await club.jobs() == ()
    assert isinstance(club.error(), SpendingPaused)

    await press(club, message, "Resume spending")

    await club.animate()
    assert len(await club.jobs()) == 1
    assert await acts_done(club) == ["setting is_paused", "setting is_paused"]


async def test_the_desk_works_after_a_restart(club: Club) -> None:
    message = await desk(club)
    await club.restart()

    message = await press(club, message, "Settings", "◀ Desk", "Pause spending")

    assert "⏸️ **Paused.**" in texts(message)


async def test_a_form_of_the_desk_is_taken_after_a_restart(club: Club) -> None:
    message = await press(club, await desk(club), "Settings")
    opened = await choose(club, message, "setting", "price_percent")
    await club.restart()

    await club.moderator.submit_modal(opened, {"value": "150", "reason": "summer"})

    assert (await club.client.budget.settings(club.guild.id)).price_percent == 150


async def test_a_control_of_an_earlier_version_is_answered_with_a_sentence(club: Club) -> None:
    message = await posted(club, button("Gone", "something-else"))

    result = await club.moderator.click(message, label="Gone")

    assert "no longer know it" in answers(result)[-1]


async def test_a_member_of_the_desk_is_seen_with_credits_caps_and_clips(club: Club) -> None:
    await delivered(club)
    await club.moderator.slash(
        club.channel, "budget cap", on="member", member=club.member, credits=7, every="week"
    )
    await club.moderator.slash(club.channel, "budget grant", member=club.member, credits=5, days=30)
    message = await desk(club)

    await choose(club, message, "look", club.member)

    message = now(club, message)
    told = texts(message)
    assert f"## {club.member.mention}\n**102 credits** available\n0 credits held" in told
    assert "-# 5 credits of it expire <t:" in told
    assert "Cap: **7 credits a week**" in told
    assert "✅ slow zoom in" in told
    assert labels(message) == ["Give …", "Take …", "Cap …", "Block …", "History", "◀ Desk"]


async def test_a_member_is_blocked_and_unblocked_from_the_desk(club: Club) -> None:
    message = shown(await club.moderator.context_menu(club.channel, "Video budget", club.member))
    opened = await club.moderator.click(message, label="Block …")

    await club.moderator.submit_modal(opened, {"hours": "2", "reason": "spam"})

    message = now(club, message)
    assert f"✅ {club.member.mention} is blocked by a moderator, it ends <t:" in texts(message)
    await club.animate()
    assert isinstance(club.error(), MemberBlocked)
    listed = texts(await press(club, await desk(club), "Blocked"))
    assert club.member.mention in listed
    message = await press(club, message, "Unblock")
    assert f"✅ {club.member.mention} can order again." in texts(message)
    await club.animate()
    assert len(await club.jobs()) == 1


async def test_the_member_menu_opens_the_desk_at_a_member(club: Club) -> None:
    result = await club.moderator.context_menu(club.channel, "Video budget", club.member)

    message = shown(result)
    assert f"## {club.member.mention}\n**100 credits** available" in texts(message)
    opened = await club.moderator.click(message, label="Cap …")
    await club.moderator.submit_modal(
        opened, {"credits": "9", "period": [Period.DAY.value], "reason": ""}
    )
    assert f"Cap on {club.member.mention}: **9 credits a day**" in texts(now(club, message))


async def test_the_member_menu_is_refused_in_code_too(club: Club) -> None:
    command = club.env.backend.find_command("Video budget", None, type=AppCommandType.USER)
    assert command is not None
    club.guild.set_command_permissions(int(command["id"]), {club.member: True})

    result = await club.member.context_menu(club.channel, "Video budget", club.other)

    assert "Only a moderator" in said(result)
    assert len(club.env.errors) == 1


@pytest.mark.parametrize("command", ["budget pause", "budget resume"])
async def test_pausing_twice_is_one_act(club: Club, command: str) -> None:
    await club.moderator.slash(club.channel, command)
    await club.moderator.slash(club.channel, command)

    assert len(await acts_done(club)) == (command == "budget pause")


async def test_the_months_figures_are_those_of_the_month(club: Club) -> None:
    await delivered(club)
    club.workshop.clock.advance(timedelta(days=40))

    told = texts(await desk(club))

    assert "April 2026" in told
    assert "**0 credits** spent" in told


async def test_a_menu_can_be_used_for_the_same_again(club: Club) -> None:
    message = await press(club, await desk(club), "Settings")
    before = menu_of(message, "setting").custom_id
    opened = await choose(club, message, "setting", "price_percent")
    await club.moderator.submit_modal(opened, {"value": "150", "reason": ""})

    message = now(club, message)

    assert menu_of(message, "setting").custom_id != before
    opened = await choose(club, message, "setting", "price_percent")
    await club.moderator.submit_modal(opened, {"value": "160", "reason": ""})
    assert (await club.client.budget.settings(club.guild.id)).price_percent == 160
