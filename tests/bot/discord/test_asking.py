"""Whoever is out of credits asks the moderators, in their log channel and nowhere else."""

from __future__ import annotations

import pytest
from discord import ui

from bot.discord.remedies import ask_id
from storage import caps, guilds
from storage.cap_schema import CapScope
from storage.caps import Cap
from storage.errors import CapReached, NotEnoughCredits
from storage.periods import Period
from tests.bot.discord.asks import (
    APPROVE_50,
    ASK,
    DENY,
    OTHER,
    WHY,
    ask,
    asked,
    direct,
    keep_house,
    notifies,
    refused,
    said,
    with_log,
)
from tests.bot.discord.club import IMAGE, Club, labels, texts


async def test_a_member_who_lacks_credits_is_offered_to_ask(club: Club) -> None:
    assert labels(await refused(club)) == [ASK]


async def test_no_grant_lifts_a_cap_so_nothing_is_offered_there(club: Club) -> None:
    guild = Cap(guild_id=club.guild.id, scope=CapScope.GUILD, period=Period.DAY, credits=1)
    await club.workshop.database.run(caps.set_cap, guild)

    result = await club.animate()

    assert isinstance(club.error(), CapReached)
    assert [labels(message.message) for message in result.followups] == [[]]


async def test_a_moderator_gives_without_asking(club: Club) -> None:
    await club.start_with(0)

    result = await club.moderator.slash(club.channel, "animate", image=IMAGE, prompt="slow zoom in")

    assert isinstance(club.error(), NotEnoughCredits)
    assert "3 credits missing" in result.followups[0].content
    assert labels(result.followups[0].message) == []


async def test_the_form_asks_for_what_is_missing_and_why(club: Club) -> None:
    await with_log(club)

    shown = await club.member.click(await refused(club), label=ASK)

    assert shown.modal is not None
    assert "'value': '1'" in str(shown.modal)


async def test_where_moderators_cannot_be_asked_the_member_is_told_so_before_the_form(
    club: Club,
) -> None:
    shown = await club.member.click(await refused(club), label=ASK)

    assert shown.modal is None
    assert "one of them chooses it with `/budget log`" in said(shown)


async def test_the_member_is_told_that_moderators_were_asked(club: Club) -> None:
    await with_log(club)

    result = await ask(club)

    assert said(result).startswith("I have asked the moderators for **50 credits**.")
    assert club.channel.history() == []


async def test_the_card_says_who_asks_for_what_and_why(club: Club) -> None:
    logs = await with_log(club)

    await ask(club, why="a *film*")

    [card] = logs.history()
    words = texts(card)
    assert f"### 🙋 {club.member.mention} asks for 50 credits\n> a \\*film\\*" in words
    assert "to be answered until <t:" in words
    assert labels(card) == [APPROVE_50, OTHER, DENY]
    assert notifies(club, logs) == [{"parse": []}]


async def test_the_card_tells_the_members_history(club: Club) -> None:
    logs = await with_log(club)
    await club.start_with(3)
    await club.animate(prompt="heavy rain")
    await club.finish()
    await club.moderator.slash(
        club.channel, "budget grant", member=club.member, credits=1, reason="a contest"
    )
    club.workshop.advance(minutes=1)

    await ask(club)

    words = texts(logs.history()[0])
    assert "**1 credit** available · 0 credits held" in words
    assert "-# ✅ heavy rain · 3 credits paid" in words
    assert f"-# +1 by {club.moderator.mention} · " in words
    assert "a contest" in words


@pytest.mark.parametrize("credits", ["0", "-4", "many", "1000001", "1.5"])
async def test_an_amount_that_is_none_is_refused(club: Club, credits: str) -> None:
    logs = await with_log(club)

    result = await ask(club, credits=credits)

    assert "a whole number from 1 to 1,000,000" in said(result)
    assert logs.history() == []


async def test_nobody_asks_twice_before_the_answer(club: Club) -> None:
    logs = await with_log(club)
    await ask(club)

    again = await club.member.click(await refused(club), label=ASK)

    assert again.modal is None
    assert "You have asked already." in said(again)
    assert len(logs.history()) == 1


async def test_of_two_forms_sent_at_once_one_asks(club: Club) -> None:
    logs = await with_log(club)
    refusal = await refused(club)
    shown = [await club.member.click(refusal, label=ASK) for _ in range(2)]

    results = [await club.member.submit_modal(form, {"credits": "5", "why": WHY}) for form in shown]

    assert "I have asked" in said(results[0])
    assert "You have asked already." in said(results[1])
    assert len(logs.history()) == 1


async def test_the_button_and_the_form_work_after_a_restart(club: Club) -> None:
    logs = await with_log(club)
    refusal = await refused(club)
    await club.restart()
    shown = await club.member.click(refusal, label=ASK)
    await club.restart()

    await club.member.submit_modal(shown, {"credits": "50", "why": WHY})

    assert labels(logs.history()[0]) == [APPROVE_50, OTHER, DENY]


async def test_a_log_channel_that_is_gone_since_the_form_was_opened_is_said(club: Club) -> None:
    await with_log(club)
    shown = await club.member.click(await refused(club), label=ASK)
    await club.workshop.database.run(guilds.change, club.guild.id, log_channel_id=None)

    result = await club.member.submit_modal(shown, {"credits": "50", "why": WHY})

    assert "`/budget log`" in said(result)


@pytest.mark.parametrize(("status", "code"), [(429, 0), (403, 50013), (400, 50035)])
async def test_a_card_that_discord_did_not_take_is_posted_later_and_once(
    club: Club, status: int, code: int
) -> None:
    logs = await with_log(club)
    club.env.inject_error("POST", f"/channels/{logs.id}/messages", status=status, code=code)

    result = await ask(club)

    assert "I have asked" in said(result)
    assert logs.history() == []
    await keep_house(club)
    await keep_house(club)
    assert len(logs.history()) == 1
    assert (await asked(club)).message_id == logs.history()[0].id


async def test_a_card_that_was_posted_before_a_crash_is_found_again(club: Club) -> None:
    logs = await with_log(club)
    await ask(club)
    question = await asked(club)
    await club.client.asking.keep_card(question.id, channel_id=None, message_id=None)

    await keep_house(club)

    assert (await asked(club)).message_id == logs.history()[0].id
    assert len(logs.history()) == 1


async def test_a_week_without_an_answer_is_over_and_said(club: Club) -> None:
    logs = await with_log(club)
    await ask(club)
    club.workshop.advance(days=7, seconds=1)

    await keep_house(club)
    await keep_house(club)

    [card] = logs.history()
    assert "⌛ **Nobody answered in time.**" in texts(card)
    assert labels(card) == []
    [told] = direct(club)
    assert "nobody answered in time. You can ask again." in told


async def test_a_button_a_client_made_up_asks_for_whoever_presses_it(club: Club) -> None:
    logs = await with_log(club)
    view = ui.View(timeout=None)
    view.add_item(ui.Button(label=ASK, custom_id=ask_id(10**17)))
    place = club.client.get_partial_messageable(club.channel.id, guild_id=club.guild.id)
    copied = await place.send("as a client might be made to send it", view=view)

    shown = await club.other.click(copied, label=ASK)
    await club.other.submit_modal(shown, {"credits": "7", "why": WHY})

    assert f"{club.other.mention} asks for 7 credits" in texts(logs.history()[0])
