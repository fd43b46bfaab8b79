"""Extras that cannot be had: who is told what, and that nothing is left behind."""

from __future__ import annotations

from pathlib import Path

import discord
import pytest

from bot.discord.views.extras_making import ExtrasCard
from storage.jobs import Job
from tests.bot.discord.club import Club
from tests.bot.discord.extras import card_of, choose, left_behind, newest, panel
from tests.bot.discord.lists import answers, delivered
from tests.media.extras.footage import Studio


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every clip here: two seconds with a tone."""
    return Studio(tmp_path_factory.mktemp("clip")).shoot("clip", size="64x64", rate=12, hertz=440)


async def test_whoever_has_nothing_to_do_with_a_clip_is_refused_at_every_press(club: Club) -> None:
    job = await delivered(club)
    refused = "Only the member whose job it is, or a moderator can do that."

    pressed = await club.other.click(await card_of(club, job), label="More …")
    assert answers(pressed)[-1] == refused

    message = await public_panel(club, job)
    for chosen in ("gif", "trim"):
        result = await club.other.select(message, [chosen])
        assert answers(result)[-1] == refused
    assert [post.id for post in club.posts][-1] == message.id


async def test_a_clip_that_is_no_longer_kept_is_said_so(club: Club) -> None:
    job = await delivered(club)
    message = await panel(club, job)
    club.workshop.files.clip(job.clip or "").unlink()

    for result in (
        await club.member.click(await card_of(club, job), label="More …"),
        await club.member.select(message, ["trim"]),
        await club.member.select(message, ["gif"]),
    ):
        assert answers(result)[-1].startswith("That clip is no longer kept")


@pytest.mark.parametrize(
    ("chosen", "filled", "said"),
    [
        ("poster", {"moment": "soon"}, "“soon” is no number of seconds. Write one like 2.5."),
        ("poster", {"moment": "9"}, "The clip has no second 9: it is 2.0 s long."),
        ("loop", {"fade": "2"}, "A clip of 2.0 s can fade for 0.2 to 0.6 s."),
        ("trim", {"from": "1", "to": "1"}, "That leaves less than 0.5 s."),
        ("trim", {"from": "nan", "to": "1"}, "“nan” is no number of seconds."),
    ],
)
async def test_what_cannot_be_made_is_said_in_a_sentence_and_can_be_chosen_anew(
    club: Club, chosen: str, filled: dict[str, str], said: str
) -> None:
    job = await delivered(club)

    result = await choose(club, job, chosen, **filled)

    assert answers(result)[-1].startswith(said)
    assert newest(club).id == club.posts[-1].id
    assert not newest(club).content.startswith("**")
    assert await left_behind(club) == []


async def test_a_place_that_takes_no_file_so_large_gets_a_smaller_one_in_the_end(
    club: Club, tmp_path: Path
) -> None:
    job = await delivered(club)
    club.env.inject_error(
        "POST", f"/channels/{job.thread_id}/messages", status=413, code=40005, times=1
    )

    await choose(club, job, "trim", **{"from": "0", "to": "2"})

    assert newest(club).content.startswith("**Trimmed clip** · 2.0 s")


async def test_a_place_that_takes_nothing_is_said_so(club: Club) -> None:
    job = await delivered(club)
    club.env.inject_error(
        "POST", f"/channels/{job.thread_id}/messages", status=403, code=50013, times=None
    )

    result = await choose(club, job, "gif")

    assert answers(result)[-1].startswith("I cannot post here now.")
    assert await left_behind(club) == []


async def test_an_extra_that_the_bots_stop_cuts_short_is_said_so(
    club: Club, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = await delivered(club)
    message = await panel(club, job)
    # Over long ago, by whichever of simcord's clocks.
    monkeypatch.setattr("bot.jobs.extras.LAST_ORDERS_SECONDS", -1e9)
    club.client.extras.call_last_orders()

    result = await club.member.select(message, ["gif"])

    assert answers(result)[-1].startswith("I am being restarted; give me a minute")
    assert await left_behind(club) == []


async def public_panel(club: Club, job: Job) -> discord.Message:
    """The panel in the thread, as nothing of ours ever shows it."""
    place = club.client.get_partial_messageable(job.thread_id or 0, guild_id=club.guild.id)
    return await place.send(view=ExtrasCard(job))
