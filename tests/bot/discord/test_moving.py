"""A clip goes where it is taken: its thread, else the channel, else to its member directly."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import discord
import pytest

from bot.discord.delivery import DiscordThreads
from bot.jobs.outcomes import Outcome
from bot.jobs.thread import ThreadGone
from bot.media.fitting import Fitted
from providers.base import Failed, FailureReason
from storage.jobs import Job, JobState
from tests.bot.discord.club import Club, texts
from tests.bot.discord.lists import bring_to, list_of


async def drop_thread(club: Club) -> None:
    thread = club.client.get_channel(club.thread.id)
    assert isinstance(thread, discord.Thread)
    await thread.delete()


async def drop_channel(club: Club) -> None:
    channel = club.client.get_channel(club.channel.id)
    assert isinstance(channel, discord.TextChannel)
    await channel.delete()


async def shut_out(club: Club, **permissions: bool) -> None:
    channel = club.client.get_channel(club.channel.id)
    assert isinstance(channel, discord.TextChannel)
    overwrite = discord.PermissionOverwrite(**permissions)
    await channel.set_permissions(channel.guild.me, overwrite=overwrite)


def clips(club: Club) -> list[discord.Message]:
    """The messages of the channel that carry a clip."""
    return [message for message in club.channel.history() if message.attachments]


def written(club: Club) -> list[discord.Message]:
    """What the member finds in their direct messages."""
    return club.member.user.dm_channel.history()


async def the_job(club: Club) -> Job:
    return (await club.jobs())[0]


async def test_a_clip_whose_thread_was_deleted_comes_in_the_channel(club: Club) -> None:
    job = await bring_to(club, JobState.FETCHED)
    await drop_thread(club)

    await club.finish()

    [clip] = clips(club)
    assert [member.id for member in clip.mentions] == [club.member.id]
    job = await the_job(club)
    assert (job.state, job.thread_id, job.paid_credits) == (
        JobState.DELIVERED,
        club.channel.id,
        3,
    )
    assert written(club) == []


async def test_a_clip_is_posted_in_the_channel_once_though_the_step_is_repeated(
    club: Club,
) -> None:
    await bring_to(club, JobState.FETCHED)
    await drop_thread(club)
    await club.finish()
    job = await the_job(club)
    clip = Fitted.as_it_came(club.workshop.files.clip(job.clip or ""), 64)

    await club.restart()
    again = await club.workshop.bench.thread.post_clip(job, clip, paid_credits=3)

    assert again == job.clip_id
    assert [message.id for message in clips(club)] == [job.clip_id]


async def test_a_clip_whose_channel_is_gone_is_sent_to_its_member(club: Club) -> None:
    await bring_to(club, JobState.FETCHED)
    await drop_channel(club)

    await club.finish()

    [message] = written(club)
    job = await the_job(club)
    assert len(message.attachments) == 1
    assert message.content.splitlines() == [
        f"{club.member.mention}, your clip is ready. I can no longer post where you ordered it, "
        f"in **{club.guild.name}**, so it comes here.",
        "> slow zoom in",
        f"-# Plain · 3 s · 16:9 · 3 credits paid · job {job.id}",
    ]
    assert (job.state, job.clip_id, job.paid_credits) == (JobState.DELIVERED, message.id, 3)


async def test_a_direct_message_is_written_once_though_the_step_is_repeated(club: Club) -> None:
    await bring_to(club, JobState.FETCHED)
    await drop_channel(club)
    await club.finish()
    job = await the_job(club)
    clip = Fitted.as_it_came(club.workshop.files.clip(job.clip or ""), 64)

    await club.restart()
    again = await club.workshop.bench.thread.post_clip(job, clip, paid_credits=3)

    assert again == job.clip_id
    assert len(written(club)) == 1


async def test_a_clip_that_was_sent_directly_is_linked_there(club: Club) -> None:
    await bring_to(club, JobState.FETCHED)
    await drop_channel(club)
    await club.finish()
    job = await the_job(club)
    elsewhere = club.guild.create_text_channel("elsewhere")

    result = await club.member.slash(elsewhere, "jobs")

    assert result.response is not None
    words = texts(result.response.message)
    assert "✅ **Sent to you directly**" in words
    assert f"https://discord.com/channels/@me/{job.thread_id}/{job.clip_id}" in words


async def test_the_status_left_behind_says_that_the_job_has_moved(club: Club) -> None:
    await bring_to(club, JobState.FETCHED)
    await shut_out(club, send_messages=False, send_messages_in_threads=False)

    await club.finish()

    [status] = club.posts
    assert status.content.startswith("📮 **Moved.**")
    assert status.components == []
    assert len(written(club)) == 1


async def test_a_failure_is_told_directly_where_the_channel_is_gone(club: Club) -> None:
    await bring_to(club, JobState.RUNNING)
    await drop_channel(club)
    club.workshop.provider.statuses.append(Failed(FailureReason.PROVIDER_FAULT, "no"))

    await club.finish()

    [told] = written(club)
    job = await the_job(club)
    assert told.content.splitlines() == [
        f"{club.member.mention}, about your clip in **{club.guild.name}**: The model broke "
        "down while making the clip. Try again. Nothing was charged.",
        "> slow zoom in",
        f"-# job {job.id}",
    ]
    assert (await club.account()).available == 100


async def test_whoever_takes_no_direct_messages_reads_in_the_list_that_the_clip_is_kept(
    club: Club,
) -> None:
    club.env.inject_error("POST", "/users/@me/channels", status=403, code=50007, times=None)
    await bring_to(club, JobState.FETCHED)
    await drop_channel(club)

    await club.finish()

    assert written(club) == []
    assert (await the_job(club)).failure == Outcome.THREAD_GONE
    club.channel = club.guild.create_text_channel("elsewhere")
    listed = await list_of(club)
    assert "⚠️ **Made, and not posted.**" in texts(listed)
    assert (await club.account()).available == 100


async def test_refusals_are_collected_ever_more_rarely(club: Club) -> None:
    club.env.inject_error("POST", "/users/@me/channels", status=403, code=50007, times=None)
    await bring_to(club, JobState.FETCHED)
    await drop_channel(club)

    await club.finish()

    refused = [
        request for request in club.env.http_requests if request.path == "/users/@me/channels"
    ]
    assert len(refused) < 150


async def test_a_place_is_checked_before_money_is_spent(club: Club) -> None:
    job = await bring_to(club, JobState.QUEUED)
    thread = club.workshop.bench.thread
    await thread.check(job)

    await drop_channel(club)

    with pytest.raises(ThreadGone):
        await thread.check(job)


async def test_a_place_that_takes_no_files_is_none(club: Club) -> None:
    job = await bring_to(club, JobState.QUEUED)
    await shut_out(club, attach_files=False)

    with pytest.raises(ThreadGone):
        await club.workshop.bench.thread.check(job)


async def test_a_kept_clip_is_told_of_with_the_day_until_which_it_can_be_had(club: Club) -> None:
    job = await bring_to(club, JobState.FETCHED)
    await drop_channel(club)
    ended = replace(job, state=JobState.FAILED, finished_at=club.workshop.clock())
    threads = DiscordThreads(
        club.client,
        club.workshop.bench.catalogue,
        clock=club.workshop.clock,
        clips_kept=timedelta(days=30),
    )

    await threads.conclude(ended, Outcome.THREAD_GONE)
    await threads.conclude(ended, Outcome.THREAD_GONE)

    [told] = written(club)
    until = discord.utils.format_dt(club.workshop.clock() + timedelta(days=30), "D")
    assert (
        "The place for this clip is gone. Nothing was charged. It was made and is kept: "
        f"`/jobs` in that server gives it to you until {until}."
    ) in told.content


async def test_a_late_clip_is_sent_to_a_member_who_was_told_directly_that_there_is_none(
    club: Club,
) -> None:
    job = await bring_to(club, JobState.FETCHED)
    await drop_channel(club)
    thread = club.workshop.bench.thread
    await thread.conclude(replace(job, state=JobState.NEEDS_REVIEW), Outcome.LOST)
    directly = club.member.user.dm_channel.id
    late = replace(job, state=JobState.LATE, thread_id=directly)
    clip = Fitted.as_it_came(club.workshop.files.clip(job.clip or ""), 64)

    await thread.post_clip(late, clip, paid_credits=0)

    assert [len(message.attachments) for message in written(club)] == [0, 1]


async def test_a_member_cannot_pass_a_message_of_their_own_for_the_clip(club: Club) -> None:
    job = await bring_to(club, JobState.FETCHED)
    await club.member.send_dm(f"job {job.id}")
    await drop_channel(club)

    await club.finish()

    assert [len(message.attachments) for message in written(club)] == [0, 1]
