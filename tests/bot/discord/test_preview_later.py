"""A preview pressed later, twice, by others, or when it no longer can be made as it was shown."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from unittest.mock import AsyncMock

import discord
import pytest

from bot.discord.announcing import announce
from bot.discord.permissions import require_sight
from bot.discord.views.text import announcement_mark
from bot.errors import NotAllowed
from bot.jobs.thread import Waiting
from storage import blocks, ledger
from storage.drafts import LIFETIME
from storage.errors import MemberBlocked
from storage.jobs import JobState
from tests.bot.discord.club import Club, labels, texts
from tests.bot.discord.previews import (
    BOTH,
    CROP,
    MAKE,
    NEVER,
    TALL,
    beneath,
    card_now,
    copied,
    kept,
    pictures,
    press,
    previewed,
    sent,
    set_price,
)


async def test_of_two_presses_one_makes_a_job(club: Club) -> None:
    card = await previewed(club)
    as_it_was = await copied(club, card, MAKE)
    await press(club, card, MAKE)

    again = await press(club, as_it_was, MAKE)

    assert again.response is not None
    assert again.response.content.startswith("That preview has become a clip already")
    assert len(await club.jobs()) == 1
    assert (await club.account()).held == 3
    await club.finish()
    assert len(club.channel.threads) == 1


@pytest.mark.parametrize("arrived", ["nothing", "the announcement", "the thread"])
async def test_a_process_that_dies_once_the_job_is_there_leaves_one_announcement_and_one_thread(
    club: Club, monkeypatch: pytest.MonkeyPatch, arrived: str
) -> None:
    card = await previewed(club)
    dying = AsyncMock(side_effect=RuntimeError("killed"))
    with monkeypatch.context() as moment:
        moment.setattr(club.client.service, "start", dying)
        await press(club, card, MAKE)
    assert club.channel.history() == []
    thread: Any = club.workshop.bench.thread
    (job,) = await club.jobs()
    match arrived:
        case "the announcement":
            await announce(club.client, job, "Plain")
        case "the thread":
            await thread.open(job, Waiting(1))
    await club.restart()

    await club.finish()

    assert [len(thread.history()) for thread in club.channel.threads] == [2]
    announced = [each for each in club.channel.history() if "3 credits" in each.content]
    assert [each.id for each in announced] == [club.thread.id]
    assert [job.state for job in await club.jobs()] == [JobState.DELIVERED]


async def test_what_a_member_writes_is_not_taken_for_the_announcement(
    club: Club, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = await previewed(club)
    dying = AsyncMock(side_effect=RuntimeError("killed"))
    with monkeypatch.context() as moment:
        moment.setattr(club.client.service, "start", dying)
        await press(club, card, MAKE)
    (job,) = await club.jobs()
    await club.member.send(club.channel, f"Look!{announcement_mark(job)}")
    await club.restart()

    await club.finish()

    by_the_bot = [each.id for each in club.channel.history() if "3 credits" in each.content]
    assert by_the_bot == [club.thread.id]


async def test_never_mind_leaves_nothing_behind(club: Club) -> None:
    card = await previewed(club, shape="16:9", image=TALL)
    assert len(kept(club)) == 2

    await press(club, card, NEVER)

    card = card_now(club, card)
    assert "Nothing was made, and nothing was charged." in texts(card)
    assert (labels(card), card.attachments, kept(club)) == ([], [], [])


async def test_the_card_works_after_a_restart(club: Club) -> None:
    card = await previewed(club, shape="16:9", image=TALL)
    seen = await pictures(card)
    await club.restart()

    await press(club, card, MAKE)
    await club.finish()

    assert sent(club) == seen
    assert [job.state for job in await club.jobs()] == [JobState.DELIVERED]


async def test_after_hours_the_card_still_works(club: Club) -> None:
    card = await previewed(club)
    club.workshop.clock.advance(LIFETIME - timedelta(minutes=1))

    await press(club, card, MAKE)

    assert len(await club.jobs()) == 1


@pytest.mark.parametrize("label", [MAKE, CROP, NEVER])
async def test_after_a_day_the_card_says_that_it_is_over(club: Club, label: str) -> None:
    card = await previewed(club, shape="16:9", image=TALL)
    club.workshop.clock.advance(LIFETIME)

    await press(club, card, label)

    card = card_now(club, card)
    assert "That preview is no longer kept. Send the command again" in texts(card)
    assert labels(card) == []
    assert await club.jobs() == ()
    assert club.channel.history() == []


async def test_a_price_that_has_changed_is_shown_anew_and_nothing_is_taken(club: Club) -> None:
    card = await previewed(club)
    await set_price(club, 200)

    result = await press(club, card, MAKE)

    assert "The price has changed from 3 credits to 5 credits" in beneath(result)
    card = card_now(club, card)
    assert labels(card)[0] == "Make it · 5 credits"
    assert await club.jobs() == ()
    assert club.channel.history() == []

    await press(club, card, "Make it · 5 credits")

    assert [job.price_credits for job in await club.jobs()] == [5]


async def test_who_lacks_credits_may_ask_for_them_and_press_again(club: Club) -> None:
    await club.start_with(0)
    card = await previewed(club)

    result = await press(club, card, MAKE)

    assert "3 credits missing" in beneath(result)
    (said,) = [each for each in result.followups if each.ephemeral]
    assert labels(said.message) == ["Ask for credits"]
    assert labels(card_now(club, card))[0] == MAKE
    assert _said_in_public(club) == []

    await club.workshop.database.run(
        ledger.grant,
        guild_id=club.guild.id,
        member_id=club.member.id,
        credits=5,
        actor_id=club.moderator.id,
        reason=None,
        source="grant:1",
        now=club.workshop.clock(),
    )
    await press(club, card, MAKE)

    assert len(await club.jobs()) == 1


async def test_a_model_that_is_gone_makes_nothing_any_more(club: Club) -> None:
    card = await previewed(club)
    await club.offer(BOTH)

    result = await press(club, card, MAKE)

    assert beneath(result).startswith("There is no model called “scripted/plain-1” here.")
    assert await club.jobs() == ()
    assert club.channel.history() == []


async def test_a_word_forbidden_meanwhile_binds_when_it_is_to_be_made(club: Club) -> None:
    card = await previewed(club, prompt="heavy rain")
    await club.moderator.slash(club.channel, "shield words add", word="rain")

    result = await press(club, card, MAKE)

    assert "a word in it that the moderators do not allow" in beneath(result)
    assert await club.jobs() == ()


async def test_who_was_blocked_meanwhile_makes_nothing(club: Club) -> None:
    card = await previewed(club)
    await club.account()
    await club.workshop.database.run(
        blocks.block_member,
        club.guild.id,
        club.member.id,
        club.moderator.id,
        until=None,
        reason=None,
        now=club.workshop.clock(),
    )

    await press(club, card, MAKE)

    assert labels(card_now(club, card))[0] == MAKE
    assert await club.jobs() == ()
    assert club.channel.history() == []


async def test_who_is_blocked_gets_no_preview(club: Club) -> None:
    await club.account()
    await club.workshop.database.run(
        blocks.block_member,
        club.guild.id,
        club.member.id,
        club.moderator.id,
        until=None,
        reason=None,
        now=club.workshop.clock(),
    )

    result = await club.animate(preview=True)

    await club.assert_refused(result)
    assert isinstance(club.error(), MemberBlocked)
    assert kept(club) == []


@pytest.mark.parametrize("label", [MAKE, NEVER])
async def test_nobody_else_presses_a_members_card(club: Club, label: str) -> None:
    stolen = await copied(club, await previewed(club), label)

    result = await press(club, stolen, label, club.other)

    assert result.response is not None
    assert result.response.content == "Only the member whose preview it is can do that."
    assert len(kept(club)) == 2


def test_who_no_longer_sees_the_channel_makes_nothing_there() -> None:
    # Discord keeps such a press back, and so does its simulation; ours is the second check.
    blind: Any = SimpleNamespace(permissions=discord.Permissions.none())
    seeing: Any = SimpleNamespace(permissions=discord.Permissions(view_channel=True))

    require_sight(seeing)
    with pytest.raises(NotAllowed, match="who may see this channel"):
        require_sight(blind)


def _said_in_public(club: Club) -> list[Any]:
    """Also what was taken back at once."""
    sent = [each for each in club.env.http_requests if each.method == "POST"]
    posts = [each for each in sent if each.path.endswith(f"channels/{club.channel.id}/messages")]
    followups = [each for each in sent if "/webhooks/" in each.path]
    private = discord.MessageFlags(ephemeral=True).value
    return posts + [each for each in followups if not (each.json or {}).get("flags", 0) & private]
