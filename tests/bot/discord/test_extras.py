"""Extras, as a member sees them: from the clip to a private panel, and back into the thread."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import discord
import pytest

from bot.discord.views.extras_making import ExtrasCard
from bot.media.clips import probe
from bot.media.ffmpeg import Ffmpeg
from storage import ledger
from storage.jobs import Job
from tests.bot.discord.club import Club, texts
from tests.bot.discord.extras import card_of, choose, panel
from tests.bot.discord.lists import answers, delivered
from tests.media.extras.footage import Studio


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every clip here: two seconds with a tone."""
    return Studio(tmp_path_factory.mktemp("clip")).shoot("clip", size="64x64", rate=12, hertz=440)


@pytest.fixture(scope="session")
def tune(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return Studio(tmp_path_factory.mktemp("tune")).record("tune", seconds=1, hertz=900)


def newest(club: Club) -> discord.Message:
    return club.channel.threads[-1].history()[-1]


async def newest_file(club: Club, folder: Path) -> Path:
    [attachment] = newest(club).attachments
    file = folder / attachment.filename
    await attachment.save(file)
    return file


async def test_the_panel_is_private_and_offers_every_extra(club: Club) -> None:
    job = await delivered(club)

    message = await panel(club, job)

    assert texts(message).lstrip().startswith("## More from this clip\n> slow zoom in")
    [menu] = _menus(message.components)
    assert [option.value for option in menu.options] == [
        *("poster", "loop", "trim", "sound", "join", "beside", "webp", "gif"),
    ]


@pytest.mark.parametrize(
    ("chosen", "filled", "name", "said"),
    [
        ("poster", {"moment": "last"}, "-poster.jpg", "**Poster**\n-# job"),
        ("poster", {"moment": "0,5 s"}, "-poster.jpg", "**Poster**\n-# job"),
        ("loop", {"fade": "0.5"}, "-loop.mp4", "**Seamless loop** · 1.5 s\n-# job"),
        ("trim", {"from": "0.5", "to": "1.5"}, "-trim.mp4", "**Trimmed clip** · 1.0 s\n-# job"),
        ("webp", {}, ".webp", "**WebP preview**\n-# job"),
        ("gif", {}, ".gif", "**GIF**\n-# job"),
    ],
)
async def test_an_extra_is_posted_beside_its_clip_for_nothing(
    club: Club, chosen: str, filled: dict[str, str], name: str, said: str
) -> None:
    job = await delivered(club)
    before = await _entries(club)

    await choose(club, job, chosen, **filled)

    message = newest(club)
    assert [file.filename for file in message.attachments] == [f"zoetrope-{job.id}{name}"]
    assert message.content == f"{said} {job.id} · for <@{club.member.id}>"
    assert _sent(club)["allowed_mentions"] == {"parse": []}
    assert await _entries(club) == before
    assert await _left_behind(club) == []


async def test_the_panel_links_to_what_was_made_and_offers_more(club: Club) -> None:
    job = await delivered(club)
    message = await panel(club, job)

    await club.member.select(message, ["gif"])

    link = f"https://discord.com/channels/{club.guild.id}/{job.thread_id}/{newest(club).id}"
    said = _panels(club)
    assert said[-2].startswith("## GIF\n⏳ I am making it.")
    assert said[-1] == f"✅ [GIF]({link}) is posted."


async def test_a_members_sound_takes_the_clips_place(
    club: Club, tune: bytes, tmp_path: Path
) -> None:
    job = await delivered(club)

    await choose(club, job, "sound", sound=("tune.wav", tune), heard=["mix"])

    assert newest(club).content.startswith("**Clip with added sound** · 2.0 s\n-# job")
    facts = await probe(Ffmpeg(), await newest_file(club, tmp_path))
    assert facts.has_audio
    assert facts.plays_everywhere


async def test_a_file_that_is_no_sound_is_refused_in_a_sentence(club: Club) -> None:
    job = await delivered(club)
    posts = len(club.posts)

    result = await choose(club, job, "sound", sound=("x.mp3", b"no sound"), heard=["replace"])

    assert answers(result)[-1] == (
        "That audio file is none I can read. Send an MP3, WAV, M4A, OGG or FLAC file."
    )
    assert len(club.posts) == posts
    assert await _left_behind(club) == []


@pytest.mark.parametrize(
    ("chosen", "said", "seconds"),
    [
        ("join", "**Two clips joined** · 3.5 s\n-# jobs", 3.5),
        ("beside", "**Two clips side by side** · 2.0 s\n-# jobs", 2.0),
    ],
)
async def test_two_of_a_members_clips_become_one(
    club: Club, tmp_path: Path, chosen: str, said: str, seconds: float
) -> None:
    other = await delivered(club, prompt="the first one")
    job = await delivered(club)

    result = await club.member.select(await panel(club, job), [chosen])
    await club.member.submit_modal(result, {"other": [other.id]})

    assert newest(club).content.startswith(f"{said} {job.id} and {other.id}")
    facts = await probe(Ffmpeg(), await newest_file(club, tmp_path))
    assert facts.seconds == pytest.approx(seconds, abs=0.1)


async def test_nobody_without_a_second_clip_is_asked_for_one(club: Club) -> None:
    job = await delivered(club)

    result = await choose(club, job, "join")

    assert answers(result)[-1].startswith("There is no second clip of yours here")


async def test_whoever_has_nothing_to_do_with_a_clip_is_refused_at_every_press(club: Club) -> None:
    job = await delivered(club)
    refused = "Only the member whose job it is, or a moderator can do that."

    pressed = await club.other.click(await card_of(club, job), label="More …")
    assert answers(pressed)[-1] == refused

    message = await _public_panel(club, job)
    for chosen in ("gif", "trim"):
        result = await club.other.select(message, [chosen])
        assert answers(result)[-1] == refused
    assert [post.id for post in club.posts][-1] == message.id


async def test_a_moderator_may_make_extras_of_a_members_clip(club: Club) -> None:
    job = await delivered(club)

    await club.moderator.select(await panel(club, job, club.moderator), ["gif"])

    assert newest(club).content.endswith(f"for <@{club.moderator.id}>")


async def test_after_a_restart_button_menu_and_form_still_work(club: Club) -> None:
    job = await delivered(club)
    await club.restart()
    message = await panel(club, job)
    await club.restart()
    form = await club.member.select(message, ["trim"])
    await club.restart()

    await club.member.submit_modal(form, {"from": "0", "to": "1"})

    assert newest(club).content.startswith("**Trimmed clip** · 1.0 s")


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
    assert await _left_behind(club) == []


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

    assert answers(result)[-1].startswith("I cannot post here.")
    assert await _left_behind(club) == []


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
    assert await _left_behind(club) == []


async def _public_panel(club: Club, job: Job) -> discord.Message:
    """The panel in the thread, as nothing of ours ever shows it."""
    place = club.client.get_partial_messageable(job.thread_id or 0, guild_id=club.guild.id)
    return await place.send(view=ExtrasCard(job))


def _menus(components: list[Any]) -> list[discord.SelectMenu]:
    found = []
    for component in components:
        if isinstance(component, discord.SelectMenu):
            found.append(component)
        found += _menus(list(getattr(component, "children", ())))
    return found


def _panels(club: Club) -> list[str]:
    """The last words of the private panel, each time it changed."""
    sent = [request.json for request in club.env.http_requests if isinstance(request.json, dict)]
    contents = [_contents(body.get("data", body)) for body in sent]
    return [words[-1] for words in contents if words]


def _contents(body: object) -> list[str]:
    """The texts in the containers of a message."""
    containers = body.get("components") or [] if isinstance(body, dict) else []
    nested = [part for one in containers for part in one.get("components", [])]
    return [part["content"] for part in nested if "content" in part]


def _sent(club: Club) -> dict[str, object]:
    """What was sent with the newest file."""
    return next(
        request.json
        for request in reversed(club.env.http_requests)
        if request.method == "POST" and request.path.endswith("/messages") and request.json
    )


async def _entries(club: Club) -> int:
    database = club.workshop.database
    entries = await database.read(ledger.entries, club.guild.id, club.member.id, limit=1000)
    return len(entries)


async def _left_behind(club: Club) -> list[str]:
    """What lies beside the clips."""
    folder = club.workshop.files.clip("x").parent
    return [path.name for path in folder.iterdir() if path.suffix != ".mp4"]
