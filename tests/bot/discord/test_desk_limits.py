"""Caps and allowances at the desk, by its pages and by commands."""

from __future__ import annotations

from typing import Any

import pytest

from storage.allowances import Allowance
from storage.cap_schema import CapScope
from storage.errors import CapReached
from storage.periods import Period
from tests.bot.discord.club import Club, labels, texts
from tests.bot.discord.desk import acts_done, choose, desk, menu_lines, now, press, said
from tests.bot.discord.lists import answers, shown


async def set_cap(club: Club, kind: str, **filled: Any) -> str:
    """Set a cap by the page's menu and form; returns what the page says then."""
    message = await press(club, await desk(club), "Caps")
    opened = await choose(club, message, "cap-for", kind)
    given = {"credits": "50", "period": ["month"], "reason": "", **filled}
    await club.moderator.submit_modal(opened, given)
    return texts(now(club, message))


async def kept(club: Club) -> list[tuple[CapScope, str, Period, int]]:
    found = await club.client.budget.caps(club.guild.id)
    return [(cap.scope, cap.subject, cap.period, cap.credits) for cap in found]


async def test_caps_of_every_kind_are_set_from_the_desk(club: Club) -> None:
    role = club.guild.create_role("Friends")

    await set_cap(club, "guild")
    await set_cap(club, "each", period=["day"])
    await set_cap(club, "role", subject=[role], period=["week"])
    await set_cap(club, "channel", subject=[club.channel], period=["job"])
    await set_cap(club, "provider", subject=["scripted"])
    told = await set_cap(club, "member", subject=[club.member])

    assert told.strip().splitlines() == [
        f"✅ Cap on {club.member.mention}: **50 credits a month**.",
        "## Caps",
        "-# What may be spent at most.",
        "-# Of several, the tightest counts.",
        f"<#{club.channel.id}>: **50 credits a clip**",
        "The whole server: **50 credits a month**",
        "Each member: **50 credits a day**",
        f"{club.member.mention}: **50 credits a month**",
        "Scripted: **50 credits a month**",
        f"{role.mention}: **50 credits a week**",
    ]


async def test_a_cap_set_at_the_desk_stops_the_next_clip(club: Club) -> None:
    await set_cap(club, "each", credits="2", period=["job"])

    await club.animate()

    error = club.error()
    assert isinstance(error, CapReached)
    assert (error.credits, error.period) == (2, Period.JOB)


async def test_no_credits_lift_a_cap_and_so_does_the_menu(club: Club) -> None:
    await set_cap(club, "guild")
    await set_cap(club, "member", subject=[club.member])

    told = await set_cap(club, "guild", credits="")

    assert "✅ No cap a month on the whole server any more." in told
    account = (await kept(club))[0][1]
    message = await press(club, await desk(club), "Caps")
    await choose(club, message, "lift", f"member|month|{account}")
    assert f"✅ No cap a month on {club.member.mention} any more." in texts(now(club, message))
    assert await kept(club) == []
    lifted = ["cap member month", "cap guild month"]
    assert await acts_done(club) == [*lifted, "cap member month", "cap guild month"]


async def test_a_guild_without_caps_offers_none_to_lift(club: Club) -> None:
    message = await press(club, await desk(club), "Caps")

    assert "No caps yet" in texts(message)
    assert labels(message) == ["◀ Desk"]


async def test_caps_are_seen_set_and_lifted_by_command(club: Club) -> None:
    channel, moderator = club.channel, club.moderator

    await moderator.slash(channel, "budget cap", on="guild", credits=50, every="week")
    await moderator.slash(channel, "budget cap", on="channel", channel=channel, credits=7)
    await moderator.slash(channel, "budget cap", on="provider", provider="scripted", credits=9)
    seen = said(await moderator.slash(channel, "budget cap"))

    assert "The whole server: **50 credits a week**" in seen
    assert await kept(club) == [
        (CapScope.CHANNEL, str(channel.id), Period.MONTH, 7),
        (CapScope.GUILD, "", Period.WEEK, 50),
        (CapScope.PROVIDER, "scripted", Period.MONTH, 9),
    ]
    await moderator.slash(channel, "budget cap", on="guild", every="week")
    assert len(await kept(club)) == 2


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"on": "member"}, "needs one member to be named"),
        ({"on": "role"}, "needs each member who has a role to be named"),
        ({"on": "provider", "provider": "nowhere"}, "no provider here is called “nowhere”"),
    ],
)
async def test_a_cap_on_nobody_is_refused(club: Club, options: dict[str, str], words: str) -> None:
    result = await club.moderator.slash(club.channel, "budget cap", credits=5, **options)

    assert words in said(result)
    assert len(club.env.errors) == 1
    assert await kept(club) == []


async def test_an_allowance_is_set_and_ended_from_the_desk(club: Club) -> None:
    role = club.guild.create_role("Friends")
    message = await press(club, await desk(club), "Allowances")
    assert "No role carries any credits yet." in texts(message)
    opened = await club.moderator.click(message, label="Set an allowance …")

    await club.moderator.submit_modal(
        opened,
        {
            "role": [role],
            "credits": "30",
            "period": ["week"],
            "left": ["kept"],
            "reason": "regulars",
        },
    )

    message = now(club, message)
    assert f"✅ {role.mention}: **30 credits a week**\n-# what is left stays" in texts(message)
    assert await club.client.budget.allowances(club.guild.id) == (
        Allowance(
            guild_id=club.guild.id,
            role_id=role.id,
            period=Period.WEEK,
            credits=30,
            carries_over=True,
        ),
    )
    await choose(club, message, "end", f"{role.id}|week")
    told = texts(now(club, message))
    assert f"✅ {role.mention} carries nothing a week any more." in told
    assert await club.client.budget.allowances(club.guild.id) == ()


async def test_an_allowance_is_set_and_seen_by_command(club: Club) -> None:
    role = club.guild.create_role("Friends")
    await club.moderator.slash(club.channel, "budget allowance", role=role, credits=30, every="day")

    seen = said(await club.moderator.slash(club.channel, "budget allowance"))

    assert f"{role.mention}: **30 credits a day**\n-# what is left expires" in seen


async def test_a_member_with_the_role_is_given_what_it_carries(club: Club) -> None:
    role = club.guild.create_role("Friends")
    friend = club.guild.add_member(club.env.create_user("fay"), roles=[role])
    await club.moderator.slash(club.channel, "budget allowance", role=role, credits=30)

    await friend.slash(club.channel, "credits")

    assert (await club.account(friend)).available == 130


async def test_an_amount_nobody_can_cap_at_is_refused(club: Club) -> None:
    message = await press(club, await desk(club), "Caps")
    opened = await choose(club, message, "cap-for", "guild")

    result = await club.moderator.submit_modal(
        opened, {"credits": "-1", "period": ["month"], "reason": ""}
    )

    assert "must be a whole number from 0 to 1,000,000" in answers(result)[-1]
    assert await kept(club) == []


async def test_the_menu_names_what_it_lifts_without_mentions(club: Club) -> None:
    role = club.guild.create_role("Friends")
    await set_cap(club, "role", subject=[role])
    await set_cap(club, "channel", subject=[club.channel])

    message = shown(await club.moderator.slash(club.channel, "budget cap"))

    assert menu_lines(message, "lift") == [
        "#clips: 50 credits a month",
        "@Friends: 50 credits a month",
    ]
