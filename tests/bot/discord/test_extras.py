"""Extras, as a member sees them: from the clip to a private panel, and back into the thread."""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import discord
import pytest

from bot.media.clips import probe
from bot.media.ffmpeg import Ffmpeg
from storage import ledger
from tests.bot.discord.club import Club, texts
from tests.bot.discord.extras import choose, left_behind, newest, panel
from tests.bot.discord.lists import answers, delivered
from tests.media.extras.footage import Studio


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every clip here: two seconds with a tone."""
    return Studio(tmp_path_factory.mktemp("clip")).shoot("clip", size="64x64", rate=12, hertz=440)


@pytest.fixture(scope="session")
def tune(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return Studio(tmp_path_factory.mktemp("tune")).record("tune", seconds=1, hertz=900)


@pytest.fixture(scope="session")
def silent(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("silent")
    return Studio(folder).shoot("silent", size="64x64", rate=12).read_bytes()


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
        *("poster", "loop", "trim", "sound", "mute", "join", "beside", "webp", "gif"),
    ]


@pytest.mark.parametrize(
    ("chosen", "filled", "name", "said"),
    [
        ("poster", {"moment": "last"}, "-poster-x*.jpg", "**Poster**\n-# job"),
        ("poster", {"moment": "0,5 s"}, "-poster-x*.jpg", "**Poster**\n-# job"),
        ("loop", {"fade": "0.5"}, "-loop-x*.mp4", "**Seamless loop** · 1.5 s\n-# job"),
        ("trim", {"from": "0.5", "to": "1.5"}, "-trim-x*.mp4", "**Trimmed clip** · 1.0 s\n-# job"),
        ("webp", {}, "-x*.webp", "**WebP preview**\n-# job"),
        ("gif", {}, "-x*.gif", "**GIF**\n-# job"),
    ],
)
async def test_an_extra_is_posted_beside_its_clip_for_nothing(
    club: Club, chosen: str, filled: dict[str, str], name: str, said: str
) -> None:
    job = await delivered(club)
    before = await _entries(club)

    await choose(club, job, chosen, **filled)

    message = newest(club)
    [file] = message.attachments
    assert fnmatchcase(file.filename, f"zoetrope-{job.id}{name}")
    assert message.content == f"{said} {job.id} · for <@{club.member.id}>"
    assert _sent(club)["allowed_mentions"] == {"parse": []}
    assert await _entries(club) == before
    assert await left_behind(club) == []


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


async def test_the_sound_can_be_taken_off_and_the_picture_stays_as_it_is(
    club: Club, clip: Path, tmp_path: Path
) -> None:
    job = await delivered(club)

    await choose(club, job, "mute")

    assert newest(club).content.startswith("**Clip without sound** · 2.0 s\n-# job")
    before = await probe(Ffmpeg(), clip)
    after = await probe(Ffmpeg(), await newest_file(club, tmp_path))
    assert (before.has_audio, after.has_audio) == (True, False)
    assert after.frames == before.frames
    assert after.plays_everywhere


async def test_of_a_silent_clip_no_sound_is_taken_off(club: Club, silent: bytes) -> None:
    job = await delivered(club)
    club.workshop.files.clip(job.clip or "").write_bytes(silent)
    posts = len(club.posts)

    result = await choose(club, job, "mute")

    assert answers(result)[-1].startswith("That clip has no sound.")
    assert len(club.posts) == posts


async def test_a_file_that_is_no_sound_is_refused_in_a_sentence(club: Club) -> None:
    job = await delivered(club)
    posts = len(club.posts)

    result = await choose(club, job, "sound", sound=("x.mp3", b"no sound"), heard=["replace"])

    assert answers(result)[-1] == (
        "That audio file is none I can read. Send an MP3, WAV, M4A, OGG or FLAC file."
    )
    assert len(club.posts) == posts
    assert await left_behind(club) == []


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
