"""A clip that is kept is handed out again, to its member alone."""

from __future__ import annotations

import asyncio
from pathlib import Path

import discord
import pytest

from storage.jobs import JobState
from tests.bot.discord.club import Club, texts
from tests.bot.discord.lists import bring_to, buttons, delivered, list_of, shown, viewer


async def test_a_posted_clip_is_handed_out_again_in_private(club: Club, clip_bytes: bytes) -> None:
    job = await delivered(club)

    result = await club.member.click(await list_of(club), label="Get clip")

    [file] = shown(result).attachments
    assert file.filename == f"zoetrope-{job.id}.mp4"
    assert file.size == len(clip_bytes)
    assert (await club.account()).available == 97


async def test_a_clip_whose_place_is_gone_is_handed_out_for_nothing(club: Club) -> None:
    job = await bring_to(club, JobState.FETCHED)
    thread = club.client.get_channel(club.thread.id)
    assert isinstance(thread, discord.Thread)
    await thread.delete()
    while not (await club.jobs())[0].finished_at:
        club.workshop.advance(hours=1)
        await club.visit()
    await club.finish()

    message = await list_of(club)
    result = await club.member.click(message, label="Get clip")

    assert "⚠️ **Made, and not posted.** The place for this clip is gone." in texts(message)
    assert "0 credits paid" in texts(message)
    [file] = shown(result).attachments
    assert file.filename == f"zoetrope-{job.id}.mp4"


async def test_a_clip_that_is_no_longer_kept_is_not_offered(club: Club) -> None:
    job = await delivered(club)
    listed = await list_of(club)
    club.workshop.files.clip(job.clip or "").unlink()

    result = await club.member.click(listed, label="Get clip")

    link = f"https://discord.com/channels/{club.guild.id}/{job.thread_id}/{job.clip_id}"
    assert shown(result).content == f"That clip is no longer kept. It was posted [here]({link})."
    assert buttons(await list_of(club)) == {}


async def test_a_clip_too_large_for_an_answer_is_made_to_fit(club: Club, heavy_clip: Path) -> None:
    club.workshop.provider.clip = heavy_clip
    job = await delivered(club)
    limit = 100_000

    async with club.client.members.clip(viewer(club), job.id, limit_bytes=limit) as clip:
        assert isinstance(clip, Path)
        fitted = await asyncio.to_thread(clip.read_bytes)

    assert 0 < len(fitted) <= limit
    assert not await asyncio.to_thread(clip.exists)


async def test_a_clip_that_cannot_be_made_to_fit_is_refused_in_a_sentence(
    club: Club, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = await delivered(club)
    listed = await list_of(club)
    # Discord names the limit with each interaction.
    monkeypatch.setattr(discord.Interaction, "filesize_limit", Tiny(), raising=False)

    result = await club.member.click(listed, label="Get clip")

    assert shown(result).content.startswith("That clip is too large to send it to you here.")
    assert f"/{job.clip_id})" in shown(result).content


class Tiny:
    """A limit of ten bytes, whatever the interaction says."""

    def __get__(self, instance: object, owner: object) -> int:
        return 10

    def __set__(self, instance: object, value: int) -> None:
        pass


async def test_a_moderator_is_not_offered_a_members_clip(club: Club) -> None:
    await delivered(club)

    assert buttons(await list_of(club, club.moderator, member=club.member)) == {}
