"""A job above the guild's threshold waits for a moderator, with its credits held."""

from __future__ import annotations

import pytest
from simcord import ChannelHandle

from storage import guilds
from storage.books import check_books
from storage.jobs import JobState
from tests.bot.discord.asks import (
    APPROVE,
    DENY,
    above_threshold,
    notifies,
    said,
    with_log,
)
from tests.bot.discord.club import Club, labels, texts
from tests.bot.discord.lost import job_of
from tests.bot.workshop import PRICE


async def waiting(club: Club) -> ChannelHandle:
    """The log channel, with the card of a job that waits."""
    logs = await with_log(club)
    await above_threshold(club)
    return logs


async def test_the_status_says_that_a_moderator_is_waited_for_and_until_when(club: Club) -> None:
    await waiting(club)

    [status] = club.posts
    assert status.content.startswith("✋ **Waiting for a moderator's approval** · until <t:")
    assert "3 credits held" in status.content
    assert labels(status) == ["Cancel"]
    assert (await club.account()).held == PRICE


async def test_the_card_shows_what_is_to_be_made_from_what_and_for_how_much(
    club: Club,
) -> None:
    logs = await waiting(club)
    job = await job_of(club)

    [card] = logs.history()

    words = texts(card)
    assert "### ✋ May this clip begin? It costs 3 credits" in words
    assert f"{club.member.mention} ordered it in <#{job.thread_id}>." in words
    assert "> heavy rain" in words
    assert "Plain · 3 s · 16:9 · from a picture" in words
    assert "**97 credits** available · 3 credits held" in words
    assert labels(card) == [APPROVE, DENY]
    assert notifies(club, logs) == [{"parse": []}]


async def test_without_a_log_channel_the_card_stands_in_the_thread_and_tells_no_history(
    club: Club,
) -> None:
    await above_threshold(club)

    status, card = club.posts

    assert status.content.startswith("✋")
    assert "May this clip begin?" in texts(card)
    assert "available" not in texts(card)
    assert labels(card) == [APPROVE, DENY]


async def test_an_approved_job_is_made_delivered_and_paid(club: Club) -> None:
    logs = await waiting(club)

    result = await club.moderator.click(logs.history()[0], label=APPROVE)
    await club.finish()

    assert said(result) == "It stands in line now, and its member sees that."
    assert f"✅ **Approved** by {club.moderator.mention}, <t:" in texts(logs.history()[0])
    assert labels(logs.history()[0]) == []
    assert (await job_of(club)).state is JobState.DELIVERED
    assert len(club.posts[-1].attachments) == 1
    assert (await club.account()).available == 100 - PRICE


async def test_a_denied_job_gives_the_credits_back_and_tells_why_in_its_thread(
    club: Club,
) -> None:
    logs = await waiting(club)

    shown = await club.moderator.click(logs.history()[0], label=DENY)
    result = await club.moderator.submit_modal(shown, {"reason": "too dear"})
    await club.finish()

    assert said(result) == (
        f"It is not made. The 3 credits were given back. {club.member.mention} is told."
    )
    status, told = club.posts
    assert "⚠️ **No clip.** A moderator did not let it begin." in status.content
    assert told.content == (
        f"{club.member.mention} A moderator did not let it begin. Order a cheaper clip, or ask "
        "them. Nothing was charged.\n> too dear"
    )
    assert [member.id for member in told.mentions] == [club.member.id]
    assert "> too dear" in texts(logs.history()[0])
    assert (await club.account()).available == 100
    assert await club.workshop.database.read(check_books) == []


async def test_a_day_without_an_answer_gives_the_credits_back_and_says_so(club: Club) -> None:
    logs = await waiting(club)

    await club.finish()

    assert "No moderator answered within a day" in club.posts[1].content
    assert "⌛ **Nobody answered in time.**" in texts(logs.history()[0])
    assert labels(logs.history()[0]) == []
    assert (await club.account()).available == 100
    assert (await job_of(club)).state is JobState.CANCELLED


async def test_the_member_may_cancel_meanwhile_and_the_card_says_so(club: Club) -> None:
    logs = await waiting(club)

    await club.member.click(club.posts[0], label="Cancel")
    await club.visit()
    result = await club.moderator.click(logs.history()[0], label=APPROVE)
    await club.finish()

    assert "✖️ **Over.** It was cancelled before it started." in said(result)
    assert "✖️ **Over.** It was cancelled before it started." in texts(logs.history()[0])
    assert labels(logs.history()[0]) == []
    assert (await club.account()).available == 100


@pytest.mark.parametrize("label", [APPROVE, DENY])
async def test_the_member_does_not_answer_their_own_question(club: Club, label: str) -> None:
    await above_threshold(club)

    result = await club.member.click(club.posts[1], label=label)

    assert said(result).startswith("Only a moderator")
    assert (await job_of(club)).state is JobState.NEEDS_APPROVAL


async def test_the_card_is_posted_once_though_the_step_is_repeated(club: Club) -> None:
    logs = await waiting(club)
    cards = club.workshop.bench.ask_cards
    question = await club.client.asking.of_job((await job_of(club)).id)
    assert cards is not None
    assert question is not None
    await club.client.asking.keep_card(question.id, channel_id=None, message_id=None)

    await cards.bring_up_to_date(question.id)

    assert len(logs.history()) == 1
    again = await club.client.asking.look_up(question.id)
    assert again.message_id == logs.history()[0].id


async def test_where_the_log_channel_takes_no_card_it_comes_into_the_thread(club: Club) -> None:
    logs = await with_log(club)
    await club.workshop.database.run(guilds.change, club.guild.id, approval_credits=PRICE - 1)
    await club.animate(prompt="heavy rain")
    await club.visit()
    club.env.inject_error("POST", f"/channels/{logs.id}/messages", status=403, code=50013)

    await club.visit()

    assert logs.history() == []
    assert labels(club.posts[1]) == [APPROVE, DENY]


async def test_buttons_work_after_a_restart(club: Club) -> None:
    logs = await waiting(club)
    await club.restart()

    await club.moderator.click(logs.history()[0], label=APPROVE)
    await club.finish()

    assert (await job_of(club)).state is JobState.DELIVERED
