"""The history of acts at the desk, and undoing them."""

from __future__ import annotations

import pytest

from bot.discord.views.desk_acts import DEEDS
from storage.acts import ActKind
from storage.books import audit
from storage.undoing import CannotUndo
from tests.bot.discord.club import Club, labels, texts
from tests.bot.discord.desk import acts_done, choose, desk, menu_lines, menu_of, now, press, said
from tests.bot.discord.lists import answers, shown


async def test_the_history_says_who_did_what_to_whom_when_and_why(club: Club) -> None:
    role = club.guild.create_role("Friends")
    moderator, channel = club.moderator, club.channel
    await moderator.slash(channel, "budget grant", member=club.member, credits=1, reason="a *bet*")
    await moderator.slash(channel, "budget cap", on="guild", credits=50)
    await moderator.slash(channel, "budget cap", on="guild")
    await moderator.slash(channel, "budget allowance", role=role, credits=30)
    await moderator.slash(channel, "budget pause")
    await moderator.slash(channel, "budget undo", number=5)

    message = await press(club, await desk(club), "History")

    told = texts(message)
    by = f"-# by {club.moderator.mention} · <t:"
    assert f"**#1** gave 1 credit · {club.member.mention}\n{by}" in told
    assert r"-# “a \*bet\*”" in told
    assert "**#2** capped the whole server at 50 credits a month\n" in told
    assert "**#3** lifted the cap a month of the whole server\n" in told
    assert f"**#4** let {role.mention} have 30 credits a month\n" in told
    assert "**#5** paused all spending\n" in told
    assert "**#6** undid #5\n" in told
    assert "· undone by #6" in told
    assert menu_lines(message, "undo-ask") == [
        "#4 · allowance",
        "#3 · cap",
        "#2 · cap",
        "#1 · gave 1",
    ]


async def test_a_setting_is_told_with_how_it_was(club: Club) -> None:
    await club.moderator.slash(club.channel, "budget set price", percent=150)
    await club.moderator.slash(club.channel, "budget set channel", channel=club.channel)

    message = shown(await club.moderator.slash(club.channel, "budget history"))

    told = texts(message)
    assert (
        "**#1** set price: **150 % of the provider's price**\n"
        "-# before: 100 % of the provider's price\n"
    ) in told
    assert f"**#2** set channels: **<#{club.channel.id}>**\n-# before: Everywhere\n" in told
    assert menu_lines(message, "undo-ask") == ["#2 · channels", "#1 · price"]


def test_every_kind_of_act_has_its_words() -> None:
    assert set(DEEDS) == set(ActKind)


async def test_an_act_is_undone_after_a_second_look(club: Club) -> None:
    await club.moderator.slash(club.channel, "budget grant", member=club.member, credits=50)
    message = await press(club, await desk(club), "History")

    await choose(club, message, "undo-ask", "1")

    message = now(club, message)
    assert "## Undo #1?" in texts(message)
    assert (await club.account()).available == 150
    message = await press(club, message, "Undo it")
    assert f"✅ **Undone:** #1 gave 50 credits · {club.member.mention}" in texts(message)
    assert (await club.account()).available == 100
    with pytest.raises(AssertionError, match="undo-ask"):
        menu_of(message, "undo-ask")
    assert (await club.workshop.database.read(audit)).discrepancies == ()


async def test_undoing_works_after_a_restart_and_once_only(club: Club) -> None:
    await club.moderator.slash(club.channel, "budget pause")
    message = shown(await club.moderator.slash(club.channel, "budget history"))
    await choose(club, message, "undo-ask", "1")
    await club.restart()
    await club.moderator.slash(club.channel, "budget undo", number=1)

    result = await club.moderator.click(now(club, message), label="Undo it")

    assert answers(result)[-1] == "That was undone already."
    assert not (await club.client.budget.settings(club.guild.id)).is_paused
    assert await acts_done(club) == ["undo is_paused", "setting is_paused"]


async def test_what_was_spent_cannot_be_taken_back(club: Club) -> None:
    await club.start_with(0)
    await club.moderator.slash(club.channel, "budget grant", member=club.member, credits=3)
    await club.animate()

    result = await club.moderator.slash(club.channel, "budget undo", number=1)

    assert "has spent or set aside some of those credits" in said(result)
    assert isinstance(club.error(), CannotUndo)


async def test_a_long_history_is_turned_page_by_page(club: Club) -> None:
    for _ in range(11):
        await club.moderator.slash(club.channel, "budget grant", member=club.member, credits=1)

    message = shown(await club.moderator.slash(club.channel, "budget history"))

    assert "-# Page 1 of 2" in texts(message)
    assert labels(message) == ["Older ▶", "◀ Desk"]
    message = await press(club, message, "Older ▶")
    assert "**#1** gave" in texts(message)
    assert "**#2** gave" not in texts(message)
    assert labels(message) == ["◀ Newer", "◀ Desk"]


async def test_the_history_of_one_member_leaves_out_all_others(club: Club) -> None:
    await club.moderator.slash(club.channel, "budget grant", member=club.member, credits=1)
    await club.moderator.slash(club.channel, "budget grant", member=club.other, credits=2)

    told = said(await club.moderator.slash(club.channel, "budget history", member=club.other))

    assert f"## History · {club.other.mention}" in told
    assert "gave 2 credits" in told
    assert "gave 1 credit " not in told


async def test_an_act_that_is_none_is_named_as_such(club: Club) -> None:
    result = await club.moderator.slash(club.channel, "budget undo", number=9)

    assert "There is no act of that number here." in said(result)
    assert isinstance(club.error(), CannotUndo)
