"""Who may use the desk: asked in code, at every command, press, choice and form."""

from __future__ import annotations

from typing import Any

import discord
import pytest
from discord import ui
from simcord import InteractionResult, MemberActor

from bot.discord.views.desk import PAGES, QUESTIONS
from bot.discord.views.desk_controls import button, menu, option
from bot.errors import BadChoice, NotAllowed
from storage.undoing import CannotUndo
from tests.bot.discord.club import Club, texts
from tests.bot.discord.desk import (
    acts_done,
    desk,
    let_see,
    lose,
    manager_role,
    menu_of,
    posted,
    said,
)
from tests.bot.discord.lists import answers

REFUSED = "Only a moderator"
NOT_A_MODERATOR = "Only a moderator with the Manage Server permission can do that."
COMMANDS: dict[str, dict[str, Any]] = {
    "budget desk": {},
    "budget grant": {"member": "member", "credits": 5},
    "budget take": {"member": "member", "credits": 5},
    "budget show": {"member": "member"},
    "budget history": {},
    "budget undo": {"number": 1},
    "budget cap": {"on": "guild", "credits": 5},
    "budget allowance": {"role": "role", "credits": 5},
    "budget pause": {},
    "budget resume": {},
    "budget welcome": {"credits": 5},
    "budget log": {"clear": True},
    "budget settings": {},
    "budget set price": {"percent": 120},
    "budget set approval": {"above": 5},
    "budget set channel": {"channel": "channel"},
    "budget set timezone": {"zone": "Europe/Berlin"},
    "budget set roles": {"add_up": True},
    "budget set refused": {"member_pays": True},
    "budget set manager": {"role": "role"},
    "budget set ceiling": {"credits": 5},
}
OTHERS: dict[str, dict[str, Any]] = {
    "budget report": {},
    "budget export": {},
    "budget receipt": {"job": "3f"},
    "budget block": {"member": "member"},
    "budget unblock": {"member": "member"},
    "budget blocked": {},
}
"""Commands of /budget that other tests use."""
MENUS = {
    "lift": "guild|month|",
    "end": "1|month",
    "cap-for": "guild",
    "setting": "price_percent",
    "undo-ask": "1",
    "look": "1",
}
ABOUT = {"do": "0", "undo": "1", "member": "1", "block": "1", "unblock": "1", "history": "1"}
FORMS: dict[str, dict[str, Any]] = {
    "give": {"credits": "5", "reason": ""},
    "take": {"credits": "5", "reason": ""},
    "cap-for": {"credits": "5", "period": ["month"], "reason": ""},
    "allow": {"credits": "5", "period": ["month"], "left": ["gone"], "reason": ""},
    "setting": {"value": "120", "reason": ""},
    "block": {"hours": "5", "reason": ""},
}


def things(club: Club) -> dict[str, Any]:
    friends = club.guild.create_role("Friends")
    return {"member": club.member, "channel": club.channel, "role": friends}


def of(about: dict[str, Any], options: dict[str, Any]) -> dict[str, Any]:
    """The options of a command, with what they name in place of its name."""
    return {name: about.get(str(value), value) for name, value in options.items()}


def control(deed: str) -> ui.Item[Any]:
    if deed in MENUS:
        return menu("…", deed, [option("one", MENUS[deed])])
    return button("press", deed, ABOUT.get(deed, ""))


async def use(actor: MemberActor, message: discord.Message, deed: str) -> InteractionResult:
    if deed in MENUS:
        return await actor.select(
            message, [MENUS[deed]], custom_id=menu_of(message, deed).custom_id
        )
    return await actor.click(message, custom_id=f"zoetrope:desk:{deed}:{ABOUT.get(deed, '')}")


async def test_every_command_of_the_budget_is_asked_about_here(club: Club) -> None:
    own = {name for name in club.moderator.available_commands(club.channel) if "budget" in name}

    assert {*COMMANDS, *OTHERS} == own


@pytest.mark.parametrize("who", ["owner", "moderator"])
async def test_whoever_manages_the_server_may_do_all(club: Club, who: str) -> None:
    about = things(club)
    for command, options in COMMANDS.items():
        result = await getattr(club, who).slash(club.channel, command, **of(about, options))

        assert result.ephemeral, command
        assert REFUSED not in said(result), command

    assert len(await acts_done(club)) == 15
    assert [getattr(error, "original", error) for error in club.env.errors] == []


async def test_a_member_whom_discord_lets_through_may_do_nothing(club: Club) -> None:
    await let_see(club, club.member)
    about = things(club)
    for command, options in {**COMMANDS, **OTHERS}.items():
        result = await club.member.slash(club.channel, command, **of(about, options))

        assert said(result) == NOT_A_MODERATOR, command

    assert len(club.env.errors) == len(COMMANDS) + len(OTHERS)
    assert await acts_done(club) == []


async def test_the_manager_role_opens_all_but_what_gives_power(club: Club) -> None:
    role = await manager_role(club)
    treasurer = club.guild.add_member(club.env.create_user("tess"), roles=[role])
    about = things(club)
    refused = set()
    for command, options in COMMANDS.items():
        result = await treasurer.slash(club.channel, command, **of(about, options))
        if said(result) == NOT_A_MODERATOR:
            refused.add(command)

    # The first act, which is to be undone, chose the role.
    assert refused == {"budget set manager", "budget set ceiling", "budget undo"}
    assert len(club.env.errors) == 3
    assert (await club.client.budget.settings(club.guild.id)).manager_role_id == role.id


async def test_no_manager_gives_themselves_power_by_undoing(club: Club) -> None:
    role = await manager_role(club)
    treasurer = club.guild.add_member(club.env.create_user("tess"), roles=[role])
    await club.moderator.slash(club.channel, "budget set ceiling", credits=5)
    await club.moderator.slash(club.channel, "budget welcome", credits=5)
    await club.moderator.slash(club.channel, "budget allowance", role=role, credits=5)
    before = await acts_done(club)

    for number in (1, 2, 3, 4):
        result = await treasurer.slash(club.channel, "budget undo", number=number)
        assert said(result) == NOT_A_MODERATOR, number

    assert len(club.env.errors) == 4
    assert await acts_done(club) == before


async def test_under_a_ceiling_no_manager_gives_to_all_what_they_may_not_give(club: Club) -> None:
    role = await manager_role(club)
    treasurer = club.guild.add_member(club.env.create_user("tess"), roles=[role])
    await club.moderator.slash(club.channel, "budget set ceiling", credits=5)

    welcome = await treasurer.slash(club.channel, "budget welcome", credits=900)
    carried = await treasurer.slash(club.channel, "budget allowance", role=role, credits=900)
    given = await treasurer.slash(club.channel, "budget grant", member=club.member, credits=6)

    assert said(welcome) == said(carried) == NOT_A_MODERATOR
    assert "You may give 5 credits a month here" in said(given)
    assert len(club.env.errors) == 3
    assert (await club.account()).available == 100


@pytest.mark.parametrize("who", ["member", "other"])
async def test_no_button_or_menu_works_for_a_member(club: Club, who: str) -> None:
    for deed in [*PAGES, *QUESTIONS]:
        message = await posted(club, control(deed))

        result = await use(getattr(club, who), message, deed)

        assert result.modal is None, deed
        assert answers(result) == [NOT_A_MODERATOR], deed
        assert texts(club.channel.history()[-1]).strip() == "a desk", deed

    assert await acts_done(club) == []


@pytest.mark.parametrize("deed", FORMS)
async def test_a_form_sent_in_by_somebody_who_lost_the_role_does_nothing(
    club: Club, deed: str
) -> None:
    role = await manager_role(club)
    treasurer = club.guild.add_member(club.env.create_user("tess"), roles=[role])
    message = await posted(club, control(deed))
    opened = await use(treasurer, message, deed)
    whom: dict[str, Any] = {"whom": [club.member]} if deed in ("give", "take") else {}
    which: dict[str, Any] = {"role": [role]} if deed == "allow" else {}
    before = await acts_done(club)
    await lose(club, treasurer, role)

    result = await treasurer.submit_modal(opened, {**FORMS[deed], **whom, **which})

    assert REFUSED in answers(result)[-1]
    assert await acts_done(club) == before


async def test_a_desk_left_open_gives_nothing_to_whoever_lost_the_role(club: Club) -> None:
    role = await manager_role(club)
    treasurer = club.guild.add_member(club.env.create_user("tess"), roles=[role])
    message = await desk(club, treasurer)
    await lose(club, treasurer, role)

    result = await treasurer.click(message, label="Pause spending")

    assert REFUSED in answers(result)[-1]
    assert not (await club.client.budget.settings(club.guild.id)).is_paused


async def test_a_desk_left_open_gives_nothing_once_the_guild_chose_another_role(club: Club) -> None:
    role = await manager_role(club)
    treasurer = club.guild.add_member(club.env.create_user("tess"), roles=[role])
    message = await desk(club, treasurer)
    await club.owner.slash(club.channel, "budget set manager")

    result = await treasurer.click(message, label="Pause spending")

    assert REFUSED in answers(result)[-1]


async def test_the_manager_role_of_one_guild_is_nothing_in_another(club: Club) -> None:
    role = await manager_role(club)
    treasurer = club.env.create_user("tess")
    club.guild.add_member(treasurer, roles=[role])
    elsewhere = club.env.create_guild(owner=club.env.create_user("stranger"))
    there = elsewhere.create_text_channel("clips")
    outsider = elsewhere.add_member(treasurer)
    elsewhere.set_command_permissions(int(club.command("budget")["id"]), {outsider: True})

    result = await outsider.slash(there, "budget pause")

    assert REFUSED in said(result)
    assert isinstance(club.error(), NotAllowed)
    assert not (await club.client.budget.settings(elsewhere.id)).is_paused


async def test_what_one_guild_does_another_does_not_know(club: Club) -> None:
    stranger = club.env.create_user("stranger")
    elsewhere = club.env.create_guild(owner=stranger)
    there = elsewhere.create_text_channel("clips")
    outsider = elsewhere.add_member(stranger)
    await club.moderator.slash(club.channel, "budget grant", member=club.member, credits=50)
    await club.moderator.slash(club.channel, "budget cap", on="guild", credits=500)
    await club.moderator.slash(club.channel, "budget pause")

    history = said(await outsider.slash(there, "budget history"))
    home = said(await outsider.slash(there, "budget desk"))
    undone = said(await outsider.slash(there, "budget undo", number=1))

    assert "Nothing was done yet." in history
    assert "No cap on the month" in home
    assert "paused" not in home
    assert "no act of that number here" in undone
    assert isinstance(club.error(), CannotUndo)
    assert (await club.account()).available == 150


async def test_nobody_makes_everybody_a_manager(club: Club) -> None:
    everybody = club.guild.default_role

    result = await club.moderator.slash(club.channel, "budget set manager", role=everybody)

    assert "everybody would manage the budget" in said(result)
    assert isinstance(club.error(), BadChoice)
    assert (await club.client.budget.settings(club.guild.id)).manager_role_id is None
