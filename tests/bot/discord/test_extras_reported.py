"""An extra shows what its clip shows: it can be reported like the clip, and goes with it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from unittest.mock import AsyncMock

import discord
import pytest
import sqlalchemy as sa

from bot.discord.extras import DiscordExtras
from bot.discord.views.shield_text import REMOVED_TEXT
from bot.jobs.links import ClipLinks
from bot.jobs.removed_extras import RemovedExtras
from storage import extras
from storage.extra_schema import extra
from tests.bot.discord.club import Club, texts
from tests.bot.discord.extras import choose, newest
from tests.bot.discord.lists import answers, delivered
from tests.media.extras.footage import Studio

MENU, REMOVE = "Report clip", "Remove clip"


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every clip here: two seconds."""
    return Studio(tmp_path_factory.mktemp("clip")).shoot("clip", size="64x64", rate=12)


async def report(club: Club, message: discord.Message) -> str:
    thread = club.channel.threads[-1]
    shown = await club.other.context_menu(thread, MENU, message)
    return answers(await club.other.submit_modal(shown, {"why": "my face"}))[-1]


async def remove(club: Club) -> str:
    [card] = [one for one in everything(club) if "A clip was reported" in texts(one)]
    return answers(await club.moderator.click(card, label=REMOVE))[-1]


def everything(club: Club) -> list[discord.Message]:
    return club.channel.threads[-1].history()


async def test_removing_a_clip_removes_the_extras_that_were_made_of_it(club: Club) -> None:
    job = await delivered(club)
    await choose(club, job, "gif")
    await choose(club, job, "poster", moment="last")
    await club.member.send(club.channel.threads[-1], f"-# job {job.id} · for <@1>")
    card = next(one for one in everything(club) if one.id == job.clip_id)

    await report(club, card)
    said = await remove(club)

    assert said.startswith("Removed: the post")
    assert [one for one in everything(club) if one.attachments] == []
    assert f"-# job {job.id} · for <@1>" in [one.content for one in everything(club)]
    assert REMOVED_TEXT in texts(newest(club))


async def test_extras_of_another_clip_stay(club: Club) -> None:
    other = await delivered(club, prompt="another one")
    await choose(club, other, "gif")
    kept = newest(club).id
    thread = club.channel.threads[-1]
    job = await delivered(club)
    card = next(one for one in everything(club) if one.id == job.clip_id)

    await report(club, card)
    await remove(club)

    assert kept in {one.id for one in thread.history()}


async def test_an_extra_is_reported_as_its_clip(club: Club) -> None:
    job = await delivered(club)
    await choose(club, job, "gif")

    assert await report(club, newest(club)) == "Thank you. The moderators have your report."
    await remove(club)

    assert [one for one in everything(club) if one.attachments] == []


async def test_an_extra_of_two_clips_goes_with_the_second_too_wherever_it_stands(
    club: Club,
) -> None:
    other = await delivered(club, prompt="another one")
    thread = club.channel.threads[-1]
    job = await delivered(club)
    await choose(club, job, "join", other=[other.id])
    made = newest(club).id
    card = next(one for one in thread.history() if one.id == other.clip_id)

    shown = await club.other.context_menu(thread, MENU, card)
    await club.other.submit_modal(shown, {"why": "my face"})
    [report_card] = [one for one in thread.history() if "A clip was reported" in texts(one)]
    await club.moderator.click(report_card, label=REMOVE)

    left = {one.id for one in everything(club)}
    assert made not in left
    assert job.clip_id in left


async def test_what_is_made_of_a_members_clips_goes_when_they_delete_their_data(
    club: Club,
) -> None:
    job = await delivered(club)
    await choose(club, job, "gif")

    await club.client.members.privacy.delete(club.guild.id, club.member.id)
    await taken_back(club)

    left = everything(club)
    assert [one.id for one in left if one.attachments] == [job.clip_id]


async def test_a_post_that_was_never_noted_is_found_by_its_mark_and_no_other_is_taken(
    club: Club,
) -> None:
    job = await delivered(club)
    await choose(club, job, "gif")
    lost = newest(club).id
    await choose(club, job, "gif")
    kept = newest(club).id
    await club.workshop.database.run(_forget_the_message, lost)

    await taken_back(club)

    left = {one.id for one in everything(club)}
    assert (lost in left, kept in left) == (False, True)


async def test_an_archived_thread_is_woken_to_delete_what_stands_in_it(club: Club) -> None:
    job = await delivered(club)
    await choose(club, job, "gif")
    await club.client.members.privacy.delete(club.guild.id, club.member.id)
    club.env.inject_error("DELETE", "/channels/*/messages/*", status=400, code=50083)

    await taken_back(club)

    woken = [one.json for one in club.env.http_requests if one.method == "PATCH"]
    assert {"archived": False} in woken
    assert [one.id for one in everything(club) if one.attachments] == [job.clip_id]


@pytest.mark.parametrize(("status", "code"), [(404, 10008), (403, 50013)])
async def test_what_is_gone_or_shut_away_is_looked_after_no_more(
    club: Club, status: int, code: int
) -> None:
    job = await delivered(club)
    await choose(club, job, "gif")
    await club.client.members.privacy.delete(club.guild.id, club.member.id)
    club.env.inject_error("DELETE", "/channels/*/messages/*", status=status, code=code)

    await taken_back(club)

    assert await club.workshop.database.read(extras.removed) == []


async def test_what_is_too_large_for_the_place_is_posted_as_a_link_and_goes_with_the_clip(
    club: Club, monkeypatch: pytest.MonkeyPatch
) -> None:
    club.workshop.bench = replace(club.workshop.bench, links=ClipLinks("https://x.example", "s"))
    await club.restart()
    job = await delivered(club)
    monkeypatch.setattr(DiscordExtras, "limit_bytes", AsyncMock(return_value=100))

    await choose(club, job, "gif")

    message = newest(club)
    assert message.attachments == []
    assert message.content.startswith(f"**GIF**\n-# job {job.id} · for <@{club.member.id}>")
    assert "[Download](https://x.example/clips/" in message.content
    assert message.flags.suppress_embeds
    [copy] = [path for path in _stored(club) if path.suffix == ".gif"]

    await club.client.members.privacy.delete(club.guild.id, club.member.id)
    await taken_back(club)

    assert message.id not in {one.id for one in everything(club)}
    assert not copy.exists()


async def taken_back(club: Club) -> None:
    """Let the chore do its work, as it does every minute."""
    bench = club.workshop.bench
    board = DiscordExtras(club.client, bench.thread)
    drop = club.client.members.privacy.drop_forgotten_files
    chore = RemovedExtras(bench.database, bench.files, board, drop, clock=bench.clock)
    await chore.do(bench.clock())


def _forget_the_message(conn: sa.Connection, message_id: int) -> None:
    """As a process does that is killed between the post and the note of it."""
    unsure = sa.update(extra).where(extra.c.message_id == message_id)
    conn.execute(unsure.values(message_id=None, is_removed=True))


def _stored(club: Club) -> list[Path]:
    return [*club.workshop.files.clip("x").parent.iterdir()]
