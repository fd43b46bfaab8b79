"""A clip that is kept is handed out again, to its member alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import discord
import pytest

from bot.jobs.files import JobFiles
from bot.jobs.history import MemberService, NoClip
from bot.jobs.worker import LEASE
from bot.media.children import Ended
from bot.media.ffmpeg import Ffmpeg
from storage import visits
from storage.jobs import Job, JobState
from tests.bot.discord.club import Club, texts
from tests.bot.discord.lists import bring_to, buttons, delivered, list_of, shown, viewer


async def test_a_posted_clip_is_handed_out_again_in_private(club: Club, clip_bytes: bytes) -> None:
    job = await delivered(club)

    result = await club.member.click(await list_of(club), label="Get clip")

    [file] = shown(result).attachments
    assert file.filename == f"zoetrope-{job.id}.mp4"
    assert file.size == len(clip_bytes)
    assert (await club.account()).available == 97


async def test_a_clip_that_no_place_takes_is_delivered_by_handing_it_out(
    club: Club, clip_bytes: bytes
) -> None:
    await without_any_place(club)

    message = await list_of(club)
    result = await club.member.click(message, label="Get clip · 3 credits")
    await permit(club, may_post=True)
    await club.finish()

    [file] = shown(result).attachments
    assert file.size == len(clip_bytes)
    assert shown(result).content.startswith("Here is your clip. It is delivered and paid for")
    [job] = await club.jobs()
    assert (job.state, job.paid_credits) == (JobState.DELIVERED, 3)
    assert (await club.account()).available == 97
    assert all(not message.attachments for message in club.posts)
    assert "✅ **Handed out here**" in texts(await list_of(club))


async def test_a_clip_handed_out_is_had_again_for_nothing(club: Club) -> None:
    await without_any_place(club)
    listed = await list_of(club)
    await club.member.click(listed, label="Get clip · 3 credits")

    again = await club.member.click(listed, label="Get clip · 3 credits")

    assert len(shown(again).attachments) == 1
    assert (await club.account()).available == 97


async def test_a_clip_the_worker_is_posting_is_not_handed_out_as_well(club: Club) -> None:
    job = await without_any_place(club)
    listed = await list_of(club)
    await claimed(club)

    result = await club.member.click(listed, label="Get clip · 3 credits")

    assert shown(result).content == (
        "That clip is being posted this moment. Look again in a minute."
    )
    assert (await club.workshop.job(job)).state is JobState.FETCHED
    assert (await club.account()).held == 3


async def test_a_clip_the_worker_takes_meanwhile_is_left_to_it(club: Club, tmp_path: Path) -> None:
    job = await without_any_place(club)
    files = TakenMeanwhile(tmp_path / "files", club)
    members = MemberService(club.workshop.database, files, Ffmpeg(), clock=club.workshop.clock)

    async with members.clip(
        viewer(club), job.id, limit_bytes=10 * 2**20, credit_microdollars=10_000
    ) as clip:
        assert clip is NoClip.BEING_POSTED

    assert (await club.account()).held == 3


async def test_whoever_presses_again_meanwhile_has_no_second_one_made(club: Club) -> None:
    job = await delivered(club)
    members = club.client.members

    async with members.clip(
        viewer(club), job.id, limit_bytes=10 * 2**20, credit_microdollars=10_000
    ) as first:
        result = await club.member.click(await list_of(club), label="Get clip")
    again = await club.member.click(await list_of(club), label="Get clip")

    assert isinstance(first, Path)
    assert shown(result).content == "I am still sending you a clip. Press again once it has come."
    assert len(shown(again).attachments) == 1


async def test_a_clip_that_takes_too_long_to_fit_is_said_to_be_too_large(
    club: Club, heavy_clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    club.workshop.provider.clip = heavy_clip
    job = await delivered(club)
    monkeypatch.setattr("bot.jobs.history.FIT_SECONDS", 0)

    async with club.client.members.clip(
        viewer(club), job.id, limit_bytes=100_000, credit_microdollars=10_000
    ) as clip:
        assert clip is NoClip.TOO_LARGE


async def test_a_clip_that_is_removed_while_it_is_made_to_fit_is_not_handed_out(
    club: Club,
) -> None:
    job = await delivered(club)
    files = club.workshop.files
    ffmpeg = Removing(removed=files.clip(job.clip or ""))
    members = MemberService(club.workshop.database, files, ffmpeg, clock=club.workshop.clock)

    async with members.clip(
        viewer(club), job.id, limit_bytes=10 * 2**20, credit_microdollars=10_000
    ) as clip:
        assert clip is NoClip.NOT_KEPT


@dataclass(frozen=True, kw_only=True)
class Removing(Ffmpeg):
    """Looks at a clip at the moment a moderator removes it."""

    removed: Path

    async def run(self, *arguments: str) -> Ended:
        ended = await super().run(*arguments)
        self.removed.unlink()
        return ended


class TakenMeanwhile(JobFiles):
    """Lets the worker claim what is due while a clip is made ready to be handed out."""

    def __init__(self, folder: Path, club: Club) -> None:
        super().__init__(folder)
        self.club = club

    @asynccontextmanager
    async def scratch(self) -> AsyncIterator[Path]:
        await claimed(self.club)
        async with super().scratch() as folder:
            yield folder


async def claimed(club: Club) -> None:
    """Let the worker begin the next visit."""
    now = club.workshop.clock() + timedelta(days=1)
    await club.workshop.database.run(visits.claim_due, now=now, lease=LEASE, limit=32)


async def without_any_place(club: Club) -> Job:
    """A clip that was refused in its thread, its channel, and its member's direct messages."""
    job = await bring_to(club, JobState.FETCHED)
    await permit(club, may_post=False)
    club.env.inject_error("POST", "/users/@me/channels", status=403, code=50007, times=None)
    await club.visit()
    return job


async def permit(club: Club, *, may_post: bool) -> None:
    """Change what the bot may do in the channel."""
    channel = club.client.get_channel(club.channel.id)
    assert isinstance(channel, discord.TextChannel)
    overwrite = discord.PermissionOverwrite(
        send_messages=may_post, send_messages_in_threads=may_post
    )
    await channel.set_permissions(channel.guild.me, overwrite=overwrite)


async def test_a_clip_whose_place_stayed_gone_is_handed_out_for_nothing(club: Club) -> None:
    job = await without_any_place(club)
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
    listed = await list_of(club)
    assert buttons(listed) == {}
    assert "That clip is no longer kept." in texts(listed)


async def test_a_clip_too_large_for_an_answer_is_made_to_fit(club: Club, heavy_clip: Path) -> None:
    club.workshop.provider.clip = heavy_clip
    job = await delivered(club)
    limit = 100_000

    async with club.client.members.clip(
        viewer(club), job.id, limit_bytes=limit, credit_microdollars=10_000
    ) as clip:
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
