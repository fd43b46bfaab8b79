"""The moderators' card: who may answer, that each answer counts once, and who is told."""

from __future__ import annotations

import pytest
from simcord import ChannelHandle

from bot.budget.desk import Giver
from bot.discord.views.asking import AskCard
from storage import asks, guilds
from storage.asks import AskState
from storage.books import check_books
from tests.bot.discord.asks import (
    APPROVE_50,
    DENY,
    OTHER,
    ask,
    asked,
    direct,
    keep_house,
    notifies,
    said,
    with_log,
)
from tests.bot.discord.club import Club, labels, texts

STARTED_WITH = 2


async def waiting(club: Club) -> ChannelHandle:
    """The log channel, with the card of a member who asks for 50 credits."""
    logs = await with_log(club)
    await ask(club)
    return logs


async def available(club: Club) -> int:
    assert await club.workshop.database.read(check_books) == []
    return (await club.account()).available - STARTED_WITH


async def test_approving_gives_what_was_asked_for_and_settles_the_card(club: Club) -> None:
    logs = await waiting(club)

    result = await club.moderator.click(logs.history()[0], label=APPROVE_50)

    assert said(result) == f"{club.member.mention} got **50 credits**, and is told."
    [card] = logs.history()
    assert f"✅ **Granted 50 credits** by {club.moderator.mention}, <t:" in texts(card)
    assert labels(card) == []
    assert await available(club) == 50


async def test_the_member_is_told_directly_and_nobody_else(club: Club) -> None:
    logs = await waiting(club)

    await club.moderator.click(logs.history()[0], label=APPROVE_50)

    [told] = direct(club)
    assert f"{club.member.mention}, you asked for 50 credits in **" in told
    assert "**you got 50 credits.**" in told
    assert club.channel.history() == []
    assert notifies(club, logs) == [{"parse": []}]


async def test_a_moderator_grants_another_amount_and_says_why(club: Club) -> None:
    logs = await waiting(club)

    shown = await club.moderator.click(logs.history()[0], label=OTHER)
    result = await club.moderator.submit_modal(shown, {"credits": "1,000", "reason": "well done"})

    assert "got **1,000 credits**" in said(result)
    assert "**Granted 1,000 credits**" in texts(logs.history()[0])
    assert "> well done" in texts(logs.history()[0])
    assert "> well done" in direct(club)[0]
    assert await available(club) == 1_000


async def test_an_amount_that_is_none_leaves_the_card_open(club: Club) -> None:
    logs = await waiting(club)

    shown = await club.moderator.click(logs.history()[0], label=OTHER)
    result = await club.moderator.submit_modal(shown, {"credits": "lots", "reason": ""})

    assert "a whole number from 1" in said(result)
    assert labels(logs.history()[0]) == [APPROVE_50, OTHER, DENY]


async def test_denying_gives_nothing_and_tells_the_reason(club: Club) -> None:
    logs = await waiting(club)

    shown = await club.moderator.click(logs.history()[0], label=DENY)
    result = await club.moderator.submit_modal(shown, {"reason": "next *month*"})

    assert said(result) == f"Denied. {club.member.mention} is told."
    assert f"🚫 **Denied** by {club.moderator.mention}" in texts(logs.history()[0])
    [told] = direct(club)
    assert "a moderator decided against it.\n> next \\*month\\*" in told
    assert await available(club) == 0


async def test_a_denial_needs_no_reason_and_the_member_may_ask_again(club: Club) -> None:
    logs = await waiting(club)
    shown = await club.moderator.click(logs.history()[0], label=DENY)
    await club.moderator.submit_modal(shown, {"reason": ""})

    result = await ask(club, credits="5")

    assert "**5 credits**" in said(result)
    card = texts(logs.history()[-1])
    assert "-# 🚫 50 credits · <t:" in card


async def test_the_second_who_presses_hears_who_was_quicker(club: Club) -> None:
    logs = await waiting(club)
    # The card of the second shows the buttons yet.
    club.env.inject_error("PATCH", f"/channels/{logs.id}/messages/*", status=429)
    await club.moderator.click(logs.history()[0], label=APPROVE_50)

    result = await club.owner.click(logs.history()[0], label=APPROVE_50)

    quicker = f"That is decided already. ✅ **Granted 50 credits** by {club.moderator.mention}"
    assert said(result).startswith(quicker)
    assert await available(club) == 50
    assert len(direct(club)) == 1


async def test_who_opened_a_form_is_told_that_somebody_was_quicker(club: Club) -> None:
    logs = await waiting(club)
    before = logs.history()[0]
    denial = await club.owner.click(before, label=DENY)
    amount = await club.owner.click(before, label=OTHER)

    await club.moderator.click(before, label=APPROVE_50)
    results = [
        await club.owner.submit_modal(denial, {"reason": "no"}),
        await club.owner.submit_modal(amount, {"credits": "7", "reason": ""}),
    ]

    quicker = f"✅ **Granted 50 credits** by {club.moderator.mention}"
    assert all(quicker in said(result) for result in results)
    assert await available(club) == 50


@pytest.mark.parametrize("label", [APPROVE_50, OTHER, DENY])
@pytest.mark.parametrize("who", ["member", "other"])
async def test_only_moderators_answer(club: Club, who: str, label: str) -> None:
    logs = await waiting(club)

    result = await getattr(club, who).click(logs.history()[0], label=label)

    assert result.modal is None
    assert said(result).startswith("Only a moderator")
    assert labels(logs.history()[0]) == [APPROVE_50, OTHER, DENY]
    assert await available(club) == 0


async def test_the_manager_role_answers_until_it_is_lost(club: Club) -> None:
    logs = await waiting(club)
    role = club.guild.create_role("Treasurers")
    await club.workshop.database.run(guilds.change, club.guild.id, manager_role_id=role.id)
    treasurer = club.guild.add_member(club.env.create_user("tom"), roles=[role])

    shown = await treasurer.click(logs.history()[0], label=OTHER)
    await club.workshop.database.run(guilds.change, club.guild.id, manager_role_id=None)
    result = await treasurer.submit_modal(shown, {"credits": "9", "reason": ""})

    assert shown.modal is not None
    assert said(result).startswith("Only a moderator")
    assert await available(club) == 0


async def test_a_moderator_beyond_their_ceiling_gives_nothing(club: Club) -> None:
    logs = await waiting(club)
    await club.workshop.database.run(guilds.change, club.guild.id, giving_ceiling=49)

    result = await club.moderator.click(logs.history()[0], label=APPROVE_50)

    assert "You may give 49 credits a month here" in said(result)
    assert labels(logs.history()[0]) == [APPROVE_50, OTHER, DENY]
    assert await available(club) == 0


async def test_a_card_copied_to_another_server_is_not_answered_there(club: Club) -> None:
    await waiting(club)
    elsewhere = club.env.create_guild(owner=club.owner.user)
    boss = elsewhere.add_member(club.owner.user)
    channel = elsewhere.create_text_channel("elsewhere")
    board = club.workshop.bench.ask_cards
    assert board is not None
    question = await asked(club)
    place = club.client.get_partial_messageable(channel.id, guild_id=elsewhere.id)
    dossier = await board.dossier(question, with_history=False)
    copied = await place.send(view=AskCard(dossier, ""))

    result = await boss.click(copied, label=APPROVE_50)

    assert said(result) == "I do not know that request any more."
    assert await available(club) == 0


async def test_buttons_and_forms_of_a_card_work_after_a_restart(club: Club) -> None:
    logs = await waiting(club)
    await club.restart()
    shown = await club.moderator.click(logs.history()[0], label=OTHER)
    await club.restart()

    await club.moderator.submit_modal(shown, {"credits": "8", "reason": ""})

    assert "**Granted 8 credits**" in texts(logs.history()[0])
    assert await available(club) == 8


async def test_what_a_crash_left_undone_after_an_answer_is_done_later_and_once(club: Club) -> None:
    logs = await waiting(club)
    question = await asked(club)
    club.env.inject_error("PATCH", f"/channels/{logs.id}/messages/*", status=429)

    await club.moderator.click(logs.history()[0], label=APPROVE_50)

    assert labels(logs.history()[0]) == [APPROVE_50, OTHER, DENY]
    assert (await asked(club)).message_id == question.message_id
    await keep_house(club)
    assert labels(logs.history()[0]) == []
    assert len(direct(club)) == 1
    due = await club.workshop.database.read(asks.unsettled, now=club.workshop.clock())
    assert due == []


async def test_a_member_who_takes_no_messages_gets_the_credits_all_the_same(club: Club) -> None:
    logs = await waiting(club)
    club.env.inject_error("POST", "/users/@me/channels", status=403, code=50007)

    result = await club.moderator.click(logs.history()[0], label=APPROVE_50)

    assert "got **50 credits**" in said(result)
    assert labels(logs.history()[0]) == []
    assert await available(club) == 50
    shown = await club.member.slash(club.channel, "credits")
    assert shown.response is not None
    words = texts(shown.response.message)
    assert "You asked for 50 credits <t:" in words
    assert f"✅ **Granted 50 credits** by {club.moderator.mention}" in words


async def test_whoever_is_forgotten_is_named_on_no_card(club: Club) -> None:
    logs = await waiting(club)
    await club.client.members.privacy.delete(club.guild.id, club.member.id)

    await keep_house(club)

    [card] = logs.history()
    assert "somebody who had their data deleted asks for 50 credits" in texts(card)
    assert "a film" not in texts(card)
    assert str(club.member.id) not in texts(card)
    assert labels(card) == []


async def test_a_settled_card_keeps_no_history(club: Club) -> None:
    logs = await waiting(club)
    assert "available" in texts(logs.history()[0])

    await club.moderator.click(logs.history()[0], label=APPROVE_50)

    assert "available" not in texts(logs.history()[0])


async def test_a_card_somebody_deleted_is_not_missed(club: Club) -> None:
    logs = await waiting(club)
    [card] = logs.history()
    await club.owner.delete(card)

    question = await asked(club)
    await club.client.asking.deny(question.id, giver=Giver(member_id=club.moderator.id))

    assert (await asked(club)).state is AskState.DENIED
    assert "decided against it" in direct(club)[0]
    assert logs.history() == []
