"""From a clip on our disk to a clip in the thread: posted once, paid for once, never lost."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest

from bot.jobs.delivering import FIT_ATTEMPTS
from bot.jobs.outcomes import Outcome
from bot.jobs.thread import Posting, ThreadGone, ThreadUnreachable
from bot.media.clips import probe
from bot.media.ffmpeg import Ffmpeg
from providers.base import Pending, Succeeded
from storage.jobs import Job, JobState
from tests.bot.workshop import PRICE, Workshop


async def fetched(workshop: Workshop) -> Job:
    return await workshop.visit_until(JobState.FETCHED, await workshop.order())


async def test_the_clip_is_posted_and_paid_for(workshop: Workshop, clip_bytes: bytes) -> None:
    job = await workshop.visit_all(await workshop.order())

    (posted,) = workshop.thread.clips
    assert posted.data == clip_bytes
    assert (posted.message_id, posted.paid_credits) == (job.clip_id, PRICE)
    assert workshop.thread.shown[-1] == (job.id, Posting())
    assert workshop.thread.concluded == [(job.id, Outcome.DELIVERED)]
    await workshop.assert_settled(job, JobState.DELIVERED, paid=PRICE)


async def test_the_provider_cleans_up_only_once_the_job_is_over(workshop: Workshop) -> None:
    job = await workshop.visit_until(JobState.DELIVERED, await workshop.order())
    assert "forget" not in workshop.provider.calls

    await workshop.visit_all(job)

    assert workshop.provider.calls[-1] == "forget"


async def test_the_clip_outlives_the_providers_own_copy(workshop: Workshop, tmp_path: Path) -> None:
    short_lived = tmp_path / "short-lived.mp4"
    short_lived.write_bytes(workshop.provider.clip.read_bytes())
    workshop.provider.statuses.append(Succeeded(short_lived))
    job = await fetched(workshop)
    short_lived.unlink()

    await workshop.visit_all(job)

    await workshop.assert_settled(job, JobState.DELIVERED, paid=PRICE)


@pytest.mark.parametrize(("billed", "paid"), [(9_000, 1), (22_500, 3), (900_000, 3), (0, 0)])
async def test_the_member_pays_what_was_billed_and_at_most_the_quote(
    workshop: Workshop, billed: int, paid: int
) -> None:
    workshop.provider.statuses.append(Succeeded(workshop.provider.clip, billed))

    job = await workshop.visit_all(await workshop.order())

    assert workshop.thread.clips[0].paid_credits == paid
    await workshop.assert_settled(job, JobState.DELIVERED, paid=paid)


async def test_a_clip_over_the_limit_is_made_smaller(workshop: Workshop, heavy_clip: Path) -> None:
    workshop.provider.clip = heavy_clip
    workshop.thread.limit_bytes = 100_000

    job = await workshop.visit_all(await workshop.order())

    assert len(workshop.thread.clips[0].data) <= 100_000
    await workshop.assert_settled(job, JobState.DELIVERED, paid=PRICE)


async def test_a_clip_refused_for_its_size_is_fitted_smaller_and_still_plays(
    workshop: Workshop, heavy_clip: Path, tmp_path: Path
) -> None:
    workshop.provider.clip = heavy_clip
    workshop.thread.taken_bytes = 200_000

    job = await workshop.visit_all(await workshop.order())

    (posted,) = workshop.thread.clips
    assert len(posted.data) <= 200_000
    (tmp_path / "posted.mp4").write_bytes(posted.data)
    assert (await probe(Ffmpeg(), tmp_path / "posted.mp4")).plays_everywhere
    await workshop.assert_settled(job, JobState.DELIVERED, paid=PRICE)


@pytest.mark.parametrize("said", [1_000, 10 * 2**20])
async def test_a_clip_no_version_of_which_is_taken_costs_nothing(
    workshop: Workshop, said: int
) -> None:
    workshop.thread.limit_bytes = said
    workshop.thread.taken_bytes = 1_000

    job = await workshop.visit_all(await workshop.order())

    assert workshop.thread.concluded == [(job.id, Outcome.TOO_LARGE)]
    await workshop.assert_settled(job, JobState.FAILED, paid=0)


async def test_a_place_that_takes_nothing_is_not_tried_for_ever(
    workshop: Workshop, heavy_clip: Path
) -> None:
    workshop.provider.clip = heavy_clip
    workshop.thread.taken_bytes = 0

    job = await workshop.visit_all(await workshop.order())

    assert 1 < workshop.thread.entered.count(("post_clip", job.id)) <= FIT_ATTEMPTS
    assert workshop.thread.concluded == [(job.id, Outcome.TOO_LARGE)]
    await workshop.assert_settled(job, JobState.FAILED, paid=0)


async def test_nothing_made_for_posting_is_left_behind(workshop: Workshop, tmp_path: Path) -> None:
    job = await workshop.visit_all(await workshop.order())

    kept = sorted(file.name for file in (tmp_path / "files").rglob("*"))
    assert kept == sorted(["clips", "uploads", f"{job.id}.mp4", f"{job.id}.jpg"])


async def test_a_clip_is_kept_and_offered_again_while_the_thread_is_shut(
    workshop: Workshop,
) -> None:
    workshop.thread.errors["post_clip"].extend([ThreadGone("50013")] * 5)
    job = await fetched(workshop)

    for _ in range(5):
        await workshop.visit_next()
        assert (await workshop.account()).held == PRICE
    await workshop.visit_all(job)

    assert len(workshop.thread.clips) == 1
    await workshop.assert_settled(job, JobState.DELIVERED, paid=PRICE)


async def test_a_thread_that_stays_shut_for_a_day_costs_nothing(workshop: Workshop) -> None:
    job = await fetched(workshop)
    workshop.thread.errors["post_clip"].extend([ThreadGone("10003")] * 2)

    await workshop.visit()
    workshop.advance(hours=24, seconds=1)
    await workshop.visit_all(job)

    assert (await workshop.job(job)).failure == Outcome.THREAD_GONE
    await workshop.assert_settled(job, JobState.FAILED, paid=0)


async def test_a_clip_made_just_before_a_long_stop_is_still_posted(workshop: Workshop) -> None:
    job = await fetched(workshop)
    workshop.advance(hours=30)

    await workshop.visit_all(job)

    await workshop.assert_settled(job, JobState.DELIVERED, paid=PRICE)


async def test_an_order_whose_reply_is_gone_ends_before_it_costs_anything(
    workshop: Workshop,
) -> None:
    workshop.thread.errors["open"].append(ThreadGone("10008"))

    job = await workshop.visit_all(await workshop.order())

    assert workshop.provider.calls == []
    assert job.failure == Outcome.THREAD_GONE
    await workshop.assert_settled(job, JobState.FAILED, paid=0)


async def test_a_last_word_that_reaches_nobody_still_lets_the_provider_clean_up(
    workshop: Workshop,
) -> None:
    workshop.thread.errors["conclude"].append(ThreadGone("10003"))

    job = await workshop.visit_all(await workshop.order())

    assert workshop.provider.calls[-1] == "forget"
    await workshop.assert_settled(job, JobState.DELIVERED, paid=PRICE)


@pytest.mark.parametrize("step", ["open", "show", "upload_limit", "post_clip", "conclude"])
async def test_a_thread_out_of_reach_loses_nothing(workshop: Workshop, step: str) -> None:
    workshop.thread.errors[step].append(ThreadUnreachable("503"))
    job = await workshop.order()

    with pytest.raises(ThreadUnreachable):
        await workshop.visit_all(job)
    workshop.advance(minutes=6)
    await workshop.visit_all(job)

    assert len(workshop.thread.clips) == 1
    assert workshop.provider.calls.count("submit") == 1
    await workshop.assert_settled(job, JobState.DELIVERED, paid=PRICE)


@pytest.mark.parametrize("step", ["show", "upload_limit", "post_clip", "conclude"])
async def test_a_thread_that_is_shut_for_a_moment_loses_nothing(
    workshop: Workshop, step: str
) -> None:
    workshop.provider.statuses.append(Pending(progress=0.5))
    workshop.thread.errors[step].append(ThreadGone("50013"))
    job = await workshop.order()

    with suppress(ThreadGone):
        await workshop.visit_all(job)
    workshop.advance(minutes=6)
    await workshop.visit_all(job)

    assert len(workshop.thread.clips) == 1
    await workshop.assert_settled(job, JobState.DELIVERED, paid=PRICE)


async def test_a_kept_clip_that_was_damaged_is_not_offered_for_ever(workshop: Workshop) -> None:
    job = await fetched(workshop)
    workshop.files.clip(job.clip or "").write_bytes(b"damaged")

    await workshop.visit_all(job)

    assert workshop.thread.clips == []
    assert (await workshop.job(job)).failure == Outcome.NOT_PLAYABLE
    await workshop.assert_settled(job, JobState.FAILED, paid=0)
