"""The threads of jobs: each message once, whatever breaks in between, and the clip never lost."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import discord
import pytest

from bot.discord.delivery import EDIT_PAUSE
from bot.jobs.outcomes import Outcome
from bot.jobs.thread import Running, ThreadUnreachable, Waiting
from bot.media.fitting import Fitted
from providers.errors import Refused
from storage.jobs import Job, JobState
from tests.bot.discord.club import Club, labels, texts
from tests.scripted import Mishap


async def brought_to(club: Club, state: JobState) -> Job:
    await club.animate()
    await club.visit()
    while (job := (await club.jobs())[0]).state is not state:
        await club.visit()
    return job


async def test_a_thread_is_opened_once_though_the_step_is_repeated(club: Club) -> None:
    await club.animate()
    (job,) = await club.jobs()

    first = await club.workshop.bench.thread.open(job, Waiting(1))
    second = await club.workshop.bench.thread.open(job, Waiting(1))

    assert first == second
    assert [message.id for message in club.posts] == [first.status_id]


async def test_a_thread_that_is_open_already_is_taken(club: Club) -> None:
    job = await brought_to(club, JobState.QUEUED)
    club.env.inject_error("POST", "/channels/*/messages/*/threads", status=400, code=160004)

    again = await club.workshop.bench.thread.open(
        replace(job, thread_id=None, status_id=None), Waiting(1)
    )

    assert (again.thread_id, again.status_id) == (job.thread_id, job.status_id)


async def test_a_thread_that_cannot_be_opened_is_no_silent_success(club: Club) -> None:
    await club.animate()
    club.env.inject_error("POST", "/channels/*/messages/*/threads", status=400, code=50035)

    with pytest.raises(discord.HTTPException):
        await club.visit()


async def test_a_job_that_ended_before_its_status_was_posted_says_nothing(club: Club) -> None:
    voice = club.guild.create_voice_channel("lounge")
    await club.animate_in(voice)
    (job,) = await club.jobs()
    await club.workshop.cancel(job)

    await club.finish()

    assert len(voice.history()) == 1
    assert (await club.jobs())[0].state is JobState.CANCELLED


async def test_a_clip_is_posted_once_though_the_step_is_repeated(club: Club) -> None:
    job = await brought_to(club, JobState.FETCHED)
    clip = Fitted.as_it_came(club.workshop.files.clip(job.clip or ""), 64)

    first = await club.workshop.bench.thread.post_clip(job, clip, paid_credits=3)
    await club.restart()
    second = await club.workshop.bench.thread.post_clip(job, clip, paid_credits=3)
    await club.finish()

    assert first == second == (await club.jobs())[0].clip_id
    assert [len(message.attachments) for message in club.posts] == [0, 1]


async def test_every_message_carries_a_nonce_of_its_job_and_step(club: Club) -> None:
    job = await brought_to(club, JobState.FETCHED)
    await club.finish()

    posted = [
        request.json or {}
        for request in club.env.http_requests
        if request.method == "POST" and request.path.endswith("/messages")
    ]
    assert [(body["nonce"], body["enforce_nonce"]) for body in posted] == [
        (f"{job.id}-status", True),
        (f"{job.id}-clip", True),
    ]


async def test_a_failure_is_told_once_with_one_mention_and_another_try(club: Club) -> None:
    club.workshop.provider.submits.append(Mishap(Refused("no")))
    job = await brought_to(club, JobState.FAILED)

    await club.workshop.bench.thread.conclude(job, Outcome.REFUSED)
    await club.restart()
    await club.finish()

    status, told = club.posts
    assert texts(status).startswith("⚠️ **No clip.** The model's safety check refused")
    assert told.content == (
        f"{club.member.mention} The model's safety check refused this picture or prompt. "
        "Change them and try again. Nothing was charged."
    )
    assert [member.id for member in told.mentions] == [club.member.id]
    assert labels(told) == ["Try again · 3 credits"]
    assert (await club.account()).available == 100


async def test_another_try_after_a_failure_orders_the_clip_again(club: Club) -> None:
    club.workshop.provider.submits.append(Mishap(Refused("no")))
    await brought_to(club, JobState.FAILED)
    await club.finish()

    await club.member.click(club.posts[-1], label="Try again · 3 credits")
    await club.finish()

    assert [job.state for job in await club.jobs()] == [JobState.DELIVERED, JobState.FAILED]


async def test_the_status_is_edited_at_most_every_three_seconds_and_only_on_a_change(
    club: Club,
) -> None:
    job = await brought_to(club, JobState.RUNNING)
    thread, clock = club.workshop.bench.thread, club.workshop.clock
    clock.advance(EDIT_PAUSE)

    await thread.show(job, Running(0.1))
    await thread.show(job, Running(0.2))
    clock.advance(EDIT_PAUSE / 2)
    await thread.show(job, Running(0.3))
    clock.advance(EDIT_PAUSE / 2)
    await thread.show(job, Running(0.4))
    clock.advance(EDIT_PAUSE)
    await thread.show(job, Running(0.4))

    edits = [
        (request.json or {})["content"].splitlines()[0]
        for request in club.env.http_requests
        if request.method == "PATCH" and request.path.endswith(f"/messages/{job.status_id}")
    ]
    assert edits == ["🎬 **Making your clip** · 10%", "🎬 **Making your clip** · 40%"]


async def test_a_status_that_cannot_be_edited_stops_no_job(club: Club) -> None:
    await brought_to(club, JobState.QUEUED)
    club.env.inject_error("PATCH", "/channels/*/messages/*", status=403, code=50083, times=None)

    await club.finish()

    assert (await club.jobs())[0].state is JobState.DELIVERED


async def test_a_rate_limit_is_given_back_to_the_worker(club: Club) -> None:
    await brought_to(club, JobState.FETCHED)
    club.env.inject_error("POST", "/channels/*/messages", status=429)

    with pytest.raises(ThreadUnreachable):
        await club.visit()


@pytest.mark.parametrize(("status", "code"), [(413, 0), (413, 40005), (400, 40005)])
async def test_a_clip_refused_for_its_size_is_fitted_smaller(
    club: Club, heavy_clip: Path, status: int, code: int
) -> None:
    club.workshop.provider.clip = heavy_clip
    await brought_to(club, JobState.FETCHED)
    club.env.inject_error("POST", "/channels/*/messages", status=status, code=code)

    await club.finish()

    assert club.posts[-1].attachments[0].size < 220_000 * 2 // 3
    assert (await club.jobs())[0].paid_credits == 3


async def test_the_guilds_own_limit_counts(club: Club) -> None:
    job = await brought_to(club, JobState.FETCHED)
    guild = club.client.get_guild(club.guild.id)
    assert guild is not None

    assert await club.workshop.bench.thread.upload_limit(job) == guild.filesize_limit


async def test_a_reply_that_was_deleted_before_its_thread_was_opened_costs_nothing(
    club: Club,
) -> None:
    await club.animate()
    await club.owner.delete(club.channel.history()[0])

    await club.finish()

    assert (await club.jobs())[0].failure == Outcome.THREAD_GONE
    assert (await club.account()).available == 100
    [told] = club.channel.history()
    assert told.content == f"{club.member.mention} The place for this clip is gone. " + (
        "Nothing was charged."
    )


async def test_a_clip_is_found_again_below_a_thousand_later_messages(club: Club) -> None:
    job = await brought_to(club, JobState.FETCHED)
    clip = Fitted.as_it_came(club.workshop.files.clip(job.clip or ""), 64)
    posted = await club.workshop.bench.thread.post_clip(job, clip, paid_credits=3)
    place = club.client.get_partial_messageable(job.thread_id or 0)
    for number in range(1_000):
        await place.send(f"chatter {number}")
    await club.restart()

    assert await club.workshop.bench.thread.post_clip(job, clip, paid_credits=3) == posted


async def test_a_thread_that_cannot_be_looked_into_is_posted_in_all_the_same(club: Club) -> None:
    await brought_to(club, JobState.FETCHED)
    club.env.inject_error("GET", "/channels/*/messages", status=400, code=50035)

    await club.finish()

    assert [len(message.attachments) for message in club.posts] == [0, 1]


async def test_a_clip_of_a_model_that_is_no_longer_offered_is_still_posted(club: Club) -> None:
    await brought_to(club, JobState.FETCHED)
    club.workshop.open(club.workshop.database, with_provider=False)
    await club.restart()

    await club.finish()

    assert "plain-1 · 3 s · 16:9" in texts(club.posts[-1])
    assert (await club.jobs())[0].state is JobState.DELIVERED


async def test_a_thread_hears_of_a_model_that_is_no_longer_offered(club: Club) -> None:
    await brought_to(club, JobState.QUEUED)
    club.workshop.provider.models = ()
    club.workshop.open(club.workshop.database)
    await club.restart()

    await club.finish()

    assert "The model lost track of this job. Try again." in texts(club.posts[-1])
