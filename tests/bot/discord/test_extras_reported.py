"""An extra shows what its clip shows: it can be reported like the clip, and goes with it."""

from __future__ import annotations

from pathlib import Path

import discord
import pytest

from bot.discord.views.shield_text import REMOVED_TEXT
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
