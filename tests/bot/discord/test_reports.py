"""Reported clips: who hears what, who may decide, and what is gone after one press."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import discord
import pytest
from simcord import ChannelHandle, InteractionResult, MemberActor
from simcord.backend.errors import BackendError

from bot.budget.clip_reports import Removal
from bot.discord.calls import MISSING_PERMISSIONS
from bot.discord.reports import DiscordReports
from bot.discord.views.shield_text import REMOVED_TEXT
from bot.jobs.thread import ThreadUnreachable
from storage import files_to_go, guilds
from storage.errors import NothingToReport
from storage.jobs import Job
from tests.bot.discord.club import Club, labels, texts

MENU = "Report clip"
REMOVE, DISMISS, WHY = "Remove clip", "Dismiss", "Who, and why"
REASON = "this is my face"


async def posted(club: Club) -> discord.Message:
    """A finished clip of the member's."""
    await club.animate()
    await club.finish()
    return club.posts[-1]


async def report(club: Club, clip: discord.Message, who: MemberActor, why: str = REASON) -> str:
    shown = await who.context_menu(club.thread, MENU, clip)
    return said(await who.submit_modal(shown, {"why": why}))


def said(result: InteractionResult) -> str:
    """The one private sentence of an answer."""
    [message] = [message for message in [result.response, *result.followups] if message]
    assert message.ephemeral
    return message.content


async def log_channel(club: Club) -> ChannelHandle:
    """A channel that moderators alone read, chosen as theirs."""
    mods = club.guild.create_text_channel("mods")
    await club.workshop.database.run(guilds.change, club.guild.id, log_channel_id=mods.id)
    return mods


def card_in(channel: ChannelHandle) -> discord.Message:
    [card] = [one for one in channel.history() if "A clip was reported" in texts(one)]
    return card


async def job_of(club: Club) -> Job:
    [job] = await club.jobs()
    return job


def refusals(club: Club) -> list[type]:
    return [type(getattr(error, "original", error)) for error in club.env.errors]


async def test_a_report_comes_to_the_moderators_with_who_and_why(club: Club) -> None:
    mods = await log_channel(club)
    clip = await posted(club)

    thanks = await report(club, clip, club.other)

    assert thanks == "Thank you. The moderators have your report."
    card = card_in(mods)
    assert club.other.mention in texts(card)
    assert f"> {REASON}" in texts(card)
    assert f"/channels/{club.guild.id}/{club.thread.id}/{clip.id}" in texts(card)
    assert labels(card) == [REMOVE, DISMISS]
    assert [one.id for one in club.posts][-1] == clip.id


async def test_without_a_log_channel_the_thread_hears_neither_who_nor_why(club: Club) -> None:
    clip = await posted(club)

    await report(club, clip, club.other)

    card = card_in(club.thread)
    assert club.other.mention not in texts(card)
    assert REASON not in texts(card)
    assert labels(card) == [REMOVE, DISMISS, WHY]
    told = said(await club.moderator.click(card, label=WHY))
    assert club.other.mention in told
    assert REASON in told


async def test_one_press_removes_post_files_and_mark_and_the_member_is_told(club: Club) -> None:
    mods = await log_channel(club)
    clip = await posted(club)
    job = await job_of(club)
    assert job.clip is not None
    assert job.picture is not None
    files = club.workshop.files
    await report(club, clip, club.other)

    done = said(await club.moderator.click(card_in(mods), label=REMOVE))

    assert done == "Removed: the post, and the stored files. Whose clip it was is told."
    assert clip.id not in {one.id for one in club.posts}
    assert not files.clip(job.clip).exists()
    assert not files.upload(job.picture).exists()
    assert (await job_of(club)).clip is None
    notice = club.posts[-1]
    assert notice.content == f"{club.member.mention} {REMOVED_TEXT}"
    assert [one.id for one in notice.mentions] == [club.member.id]
    assert club.other.mention not in "".join(texts(one) for one in club.posts)
    assert f"**Removed** · {club.moderator.mention}" in texts(card_in(mods))
    assert labels(card_in(mods)) == []
    [act] = (await club.client.budget.history(club.guild.id)).acts
    assert (act.actor_id, act.subject) == (club.moderator.id, job.id)


async def test_a_dismissed_report_leaves_the_clip(club: Club) -> None:
    mods = await log_channel(club)
    clip = await posted(club)
    await report(club, clip, club.other)
    before = card_in(mods)

    assert said(await club.moderator.click(before, label=DISMISS)) == "Dismissed. The clip stays."
    again = await club.client.shield.reports.remove(
        club.guild.id, (await job_of(club)).id, moderator_id=club.owner.id
    )

    assert again is Removal.TOO_LATE
    assert club.posts[-1].id == clip.id
    assert (await job_of(club)).clip is not None
    assert "**Dismissed: the clip stays**" in texts(card_in(mods))


async def test_a_second_member_adds_to_the_same_card(club: Club) -> None:
    mods = await log_channel(club)
    clip = await posted(club)

    await report(club, clip, club.other)
    await report(club, clip, club.owner, "mine too")

    assert "2 times" in texts(card_in(mods))
    assert "> mine too" in texts(card_in(mods))


async def test_a_member_reports_a_clip_once(club: Club) -> None:
    clip = await posted(club)
    await report(club, clip, club.other)

    again = await report(club, clip, club.other)

    assert again == "You have reported this clip already. The moderators know."


@pytest.mark.parametrize("label", [REMOVE, DISMISS, WHY])
@pytest.mark.parametrize("who", ["member", "other"])
async def test_only_moderators_decide(club: Club, who: str, label: str) -> None:
    clip = await posted(club)
    await report(club, clip, club.other)
    card = card_in(club.thread)

    heard = said(await getattr(club, who).click(card, label=label))

    assert heard == "Only a moderator with the Manage Server permission can do that."
    assert labels(card_in(club.thread)) == [REMOVE, DISMISS, WHY]
    assert clip.id in {one.id for one in club.posts}


async def test_a_manager_decides_for_as_long_as_they_have_the_role(club: Club) -> None:
    role = club.guild.create_role("Budget")
    manager: Any = club.guild.add_member(club.env.create_user("mia"), roles=[role])
    await club.workshop.database.run(guilds.change, club.guild.id, manager_role_id=role.id)
    clip = await posted(club)
    await report(club, clip, club.other)

    done = said(await manager.click(card_in(club.thread), label=DISMISS))

    assert done == "Dismissed. The clip stays."


async def test_cards_and_forms_work_after_a_restart(club: Club) -> None:
    mods = await log_channel(club)
    clip = await posted(club)
    shown = await club.other.context_menu(club.thread, MENU, clip)
    await club.restart()
    await club.other.submit_modal(shown, {"why": REASON})
    await club.restart()

    await club.moderator.click(card_in(mods), label=REMOVE)

    assert clip.id not in {one.id for one in club.posts}


async def test_what_is_no_clip_of_the_bots_cannot_be_reported(club: Club) -> None:
    await posted(club)
    status = club.posts[0]
    chat = await club.member.send(club.thread, "hello")

    for message in (status, chat):
        result = await club.other.context_menu(club.thread, MENU, message)
        assert said(result) == "That is no clip I posted here, or it is gone already."

    assert refusals(club) == [NothingToReport] * 2


async def test_a_post_that_cannot_be_deleted_is_said_and_tried_again(
    club: Club, monkeypatch: pytest.MonkeyPatch
) -> None:
    mods = await log_channel(club)
    clip = await posted(club)
    await report(club, clip, club.other)
    allowed = club.env.backend.delete_message

    def refuse(channel_id: int, message_id: int) -> None:
        raise BackendError(403, MISSING_PERMISSIONS, "Missing Permissions")

    monkeypatch.setattr(club.env.backend, "delete_message", refuse)
    stays = said(await club.moderator.click(card_in(mods), label=REMOVE))
    monkeypatch.setattr(club.env.backend, "delete_message", allowed)
    done = said(await club.moderator.click(card_in(mods), label=REMOVE))

    assert "Delete it by hand, or press again" in stays
    assert done.startswith("Removed")
    assert clip.id not in {one.id for one in club.posts}


async def test_a_card_that_could_not_be_posted_comes_with_the_next_chore(
    club: Club, monkeypatch: pytest.MonkeyPatch
) -> None:
    mods = await log_channel(club)
    clip = await posted(club)
    reports, now = club.client.shield.reports, club.workshop.clock()

    async def unreachable(*_: object, **__: object) -> int:
        raise ThreadUnreachable("no answer")

    with monkeypatch.context() as away:
        away.setattr(DiscordReports, "post", unreachable)
        thanks = await report(club, clip, club.other)
    assert thanks.startswith("Thank you.")
    assert await reports.is_due(now)

    await reports.do(now)

    assert REASON in texts(card_in(mods))
    assert not await reports.is_due(now)


async def test_a_post_that_stays_is_deleted_by_the_chore_for_an_hour(
    club: Club, monkeypatch: pytest.MonkeyPatch
) -> None:
    mods = await log_channel(club)
    clip = await posted(club)
    await report(club, clip, club.other)
    reports, now = club.client.shield.reports, club.workshop.clock()

    async def unreachable(*_: object) -> None:
        raise ThreadUnreachable("no answer")

    with monkeypatch.context() as away:
        away.setattr(DiscordReports, "delete_post", unreachable)
        await club.moderator.click(card_in(mods), label=REMOVE)
        await reports.do(now)
    assert labels(card_in(mods)) == [REMOVE, DISMISS]
    assert not await reports.is_due(now + timedelta(hours=1))

    await reports.do(now)

    assert clip.id not in {one.id for one in club.posts}
    assert labels(card_in(mods)) == []
    assert not await reports.is_due(now)


async def test_the_files_of_a_removed_clip_go_even_if_that_was_cut_short(club: Club) -> None:
    clip = await posted(club)
    await report(club, clip, club.other)

    await club.moderator.click(card_in(club.thread), label=REMOVE)

    left = await club.workshop.database.read(files_to_go.listed)
    assert len(left) == 0
    assert await club.workshop.files.clips() == []


async def test_another_server_cannot_decide(club: Club) -> None:
    clip = await posted(club)
    await report(club, clip, club.other)

    with pytest.raises(NothingToReport):
        await club.client.shield.reports.remove(1, (await job_of(club)).id, moderator_id=2)

    assert clip.id in {one.id for one in club.posts}
