"""Giving and taking at the desk: what is shown first is exactly what is done then."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import discord
import pytest
from simcord import MemberActor, RoleHandle

from bot.discord.views.desk_controls import button
from storage.books import audit
from tests.bot.discord.club import Club, labels, texts
from tests.bot.discord.desk import acts_done, desk, now, posted, press, said
from tests.bot.discord.lists import answers, buttons, shown


async def planned(
    club: Club, deed: str, whom: Sequence[MemberActor | RoleHandle], **filled: Any
) -> discord.Message:
    """The page that shows what would be done."""
    message = await desk(club)
    opened = await club.moderator.click(message, label=deed)
    given = {"whom": list(whom), "reason": "", **filled}
    await club.moderator.submit_modal(opened, given)
    return now(club, message)


def plan_id(message: discord.Message) -> str:
    """The plan that a page's first button carries out."""
    return next(iter(buttons(message).values())).rpartition(":")[2]


async def test_a_grant_to_a_list_is_shown_first_and_done_then(club: Club) -> None:
    message = await planned(
        club, "Give …", [club.member, club.other], credits="20", reason="a *contest*"
    )

    assert texts(message).strip() == (
        "## Give 40 credits?\n"
        "-# 2 members. Nothing is done yet.\n"
        f"{club.member.mention} +20 → 120 credits\n"
        f"{club.other.mention} +20 → 120 credits\n"
        r"-# “a \*contest\*”"
    )
    assert labels(message) == ["Give 40 credits", "Don't"]
    assert (await club.account()).available == 100
    assert await acts_done(club) == []

    message = await press(club, message, "Give 40 credits")

    assert "✅ **Gave 40 credits.**\n-# Act #1 in the history" in texts(message)
    assert (await club.account()).available == 120
    assert (await club.account(club.other)).available == 120
    assert await acts_done(club) == ["grant"]
    assert (await club.workshop.database.read(audit)).discrepancies == ()


async def test_a_take_shows_who_has_less(club: Club) -> None:
    await club.moderator.slash(club.channel, "budget grant", member=club.other, credits=100)

    message = await planned(club, "Take …", [club.member, club.other], credits="150")

    assert texts(message).strip() == (
        "## Take 250 credits?\n"
        "-# 2 members. Nothing is done yet.\n"
        f"{club.member.mention} −100 → 0 credits\n"
        f"{club.other.mention} −150 → 50 credits\n"
        "⚠️ 1 member has less than 150"
    )
    await press(club, message, "Take 250 credits")
    assert (await club.account()).available == 0
    assert (await club.account(club.other)).available == 50


async def test_everybody_with_a_role_is_given_to_and_no_bot(club: Club) -> None:
    friends = club.guild.create_role("Friends")
    robot = club.env.create_user("robot", bot=True)
    club.guild.add_member(robot, roles=[friends])
    one = club.guild.add_member(club.env.create_user("cem"), roles=[friends])
    two = club.guild.add_member(club.env.create_user("dot"), roles=[friends])

    message = await planned(club, "Give …", [friends, one], credits="5")

    assert "-# 2 members." in texts(message)
    await press(club, message, "Give 10 credits")
    assert (await club.account(one)).available == 105
    assert (await club.account(two)).available == 105
    assert (await club.account()).available == 100


async def test_of_many_only_the_first_are_shown_and_all_are_counted(club: Club) -> None:
    friends = club.guild.create_role("Friends")
    for number in range(23):
        club.guild.add_member(club.env.create_user(f"m{number}"), roles=[friends])

    message = await planned(club, "Give …", [friends], credits="5")

    assert "-# and 3 more: +15 credits in all" in texts(message)
    assert labels(message)[0] == "Give 115 credits"


async def test_confirming_twice_gives_once(club: Club) -> None:
    message = await planned(club, "Give …", [club.member], credits="20")

    confirm = posted(club, button("Once more", "do", plan_id(message)))
    await press(club, message, "Give 20 credits")

    await club.moderator.click(await confirm, label="Once more")

    assert await acts_done(club) == ["grant"]
    assert (await club.account()).available == 120


async def test_a_take_that_is_outdated_does_nothing(club: Club) -> None:
    message = await planned(club, "Take …", [club.member], credits="100")
    await club.animate()

    result = await club.moderator.click(message, label="Take 100 credits")

    assert "has less by now than you saw" in answers(result)[-1]
    account = await club.account()
    assert (account.available, account.held) == (97, 3)


async def test_a_plan_is_carried_out_after_a_restart(club: Club) -> None:
    whom = [club.member, club.other]
    message = await planned(club, "Take …", whom, credits="20", reason="a mistake")
    await club.restart()

    message = await press(club, message, "Take 40 credits")

    assert texts(message).strip() == (
        "✅ **Took 40 credits.**\n"
        "-# Act #1 in the history\n"
        f"{club.member.mention} −20 → 80 credits\n"
        f"{club.other.mention} −20 → 80 credits\n"
        "-# “a mistake”"
    )
    assert await acts_done(club) == ["take"]


async def test_what_was_done_shows_what_they_have_now(club: Club) -> None:
    message = await planned(club, "Give …", [club.member], credits="20")
    await club.animate()

    message = await press(club, message, "Give 20 credits")

    assert f"{club.member.mention} +20 → 117 credits" in texts(message)


async def test_a_plan_shown_more_than_a_day_ago_is_gone_and_says_so(club: Club) -> None:
    message = await planned(club, "Give …", [club.member], credits="20")
    club.workshop.clock.advance(timedelta(days=1))

    result = await club.moderator.click(message, label="Give 20 credits")

    assert answers(result)[-1] == (
        "I keep a plan for a day, for the moderator who made it. This one is gone or not yours, "
        "so nothing was done. Make a new one."
    )
    assert (await club.account()).available == 100


async def test_a_plan_goes_with_the_data_of_whoever_it_names(club: Club) -> None:
    message = await planned(club, "Give …", [club.member, club.other], credits="20")
    await club.client.members.privacy.delete(club.guild.id, club.member.id)

    result = await club.moderator.click(message, label="Give 40 credits")

    assert "This one is gone" in answers(result)[-1]
    assert (await club.account(club.other)).available == 100


async def test_members_can_have_what_is_planned_for_them_and_moderators_what_they_plan(
    club: Club,
) -> None:
    await planned(club, "Give …", [club.member, club.other], credits="20")

    [theirs], [own] = [
        json.loads(await club.client.members.privacy.export(club.guild.id, who.id))[plans]
        for who, plans in ((club.member, "plans"), (club.moderator, "plans_as_moderator"))
    ]

    assert [line["member_id"] for line in theirs["lines"]] == [str(club.member.id)]
    assert [line["credits"] for line in own["lines"]] == [20, 20]


async def test_nobody_confirms_what_another_moderator_planned(club: Club) -> None:
    message = await planned(club, "Give …", [club.member], credits="20")
    copy = await posted(club, button("Mine", "do", plan_id(message)))

    result = await club.owner.click(copy, label="Mine")

    assert "gone or not yours" in answers(result)[-1]
    assert (await club.account()).available == 100


async def test_credits_can_be_given_for_some_days(club: Club) -> None:
    message = await planned(club, "Give …", [club.member], credits="20", days="7")

    assert "Expires <t:" in texts(message)
    message = await press(club, message, "Give 20 credits")
    assert "Expires <t:" in texts(message)
    statement = await club.client.budget.statement(club.guild.id, club.member.id)
    assert [lot.credits for lot in statement.expiring] == [20]


@pytest.mark.parametrize("credits", ["0", "-3", "many", "1.5", "1000001"])
async def test_other_amounts_are_refused(club: Club, credits: str) -> None:
    message = await desk(club)
    opened = await club.moderator.click(message, label="Give …")

    result = await club.moderator.submit_modal(
        opened, {"whom": [club.member], "credits": credits, "reason": ""}
    )

    assert "must be a whole number from 1 to 1,000,000" in answers(result)[-1]
    assert await acts_done(club) == []


async def test_a_moderators_ceiling_is_named(club: Club) -> None:
    await club.moderator.slash(club.channel, "budget set ceiling", credits=30)
    message = await desk(club)
    opened = await club.moderator.click(message, label="Give …")

    result = await club.moderator.submit_modal(
        opened, {"whom": [club.member, club.other], "credits": "20", "reason": ""}
    )

    assert "You may give 30 credits a month here" in answers(result)[-1]


async def test_a_member_of_the_desk_is_given_to_without_naming_them_again(club: Club) -> None:
    message = shown(await club.moderator.context_menu(club.channel, "Video budget", club.other))
    opened = await club.moderator.click(message, label="Give …")

    await club.moderator.submit_modal(opened, {"credits": "1,000", "reason": ""})

    message = now(club, message)
    assert f"{club.other.mention} +1,000 → 1,100 credits" in texts(message)


async def test_a_command_for_several_shows_the_plan_too(club: Club) -> None:
    named = f"{club.member.mention} and {club.other.mention}"

    message = shown(
        await club.moderator.slash(club.channel, "budget grant", members=named, credits=5)
    )

    assert labels(message)[0] == "Give 10 credits"
    assert (await club.account()).available == 100
    await press(club, message, "Give 10 credits")
    assert (await club.account()).available == 105


async def test_a_take_by_command_is_shown_first(club: Club) -> None:
    message = shown(
        await club.moderator.slash(club.channel, "budget take", member=club.member, credits=5)
    )

    assert (await club.account()).available == 100
    await press(club, message, "Take 5 credits")
    assert (await club.account()).available == 95


async def test_nothing_to_take_leaves_nothing_to_confirm(club: Club) -> None:
    await club.start_with(0)

    message = shown(
        await club.moderator.slash(club.channel, "budget take", member=club.member, credits=5)
    )

    assert labels(message) == ["Don't"]


async def test_a_command_that_names_nobody_is_refused(club: Club) -> None:
    result = await club.moderator.slash(club.channel, "budget grant", members="all", credits=5)

    assert "nobody was named" in said(result)
    assert len(club.env.errors) == 1
