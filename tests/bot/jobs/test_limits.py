"""A place that takes less than it is said to: the clip gets through, and the next one at once."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from bot.jobs import upload_tiers
from bot.jobs.delivering import deliver
from bot.jobs.links import ClipLink, ClipLinks
from bot.jobs.outcomes import Outcome
from bot.jobs.thread import ThreadGone
from bot.jobs.upload_tiers import lower_limit
from bot.media.children import Ended
from bot.media.ffmpeg import Ffmpeg
from bot.media.fitting import Fitted
from bot.media.permits import Permits, Work
from storage import jobs, upload_limits
from storage.jobs import Job, JobState
from tests.bot.conftest import make_clip
from tests.bot.workshop import GUILD, PRICE, Workshop
from tests.media.processes import eventually

MIB = 2**20
SAID = 10 * MIB
# As Discord's own, for clips that tests can make.
TIERS = (150_000, 100_000, 50_000, 30_000)


@pytest.fixture
def liar(workshop: Workshop, heavy_clip: Path, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    """A workshop whose clips weigh 220 kB."""
    monkeypatch.setattr(upload_tiers, "TIERS", TIERS)
    workshop.provider.clip = heavy_clip
    return workshop


@pytest.fixture(scope="session")
def dense_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A second that takes more bits to look like itself than a small file has."""
    source = "testsrc2=s=640x360:r=25:d=1"
    return make_clip(tmp_path_factory.mktemp("dense"), source, "-preset", "ultrafast")


@pytest.fixture
def dense(workshop: Workshop, dense_clip: Path) -> Workshop:
    """A workshop whose clips become poor, but can be made to fit."""
    workshop.provider.clip = dense_clip
    workshop.thread.limit_bytes = 14_000
    return workshop


async def delivered(workshop: Workshop, number: int = 1) -> Job:
    return await workshop.visit_all(await workshop.order(number))


def tries(workshop: Workshop, job: Job) -> int:
    return workshop.thread.entered.count(("post_clip", job.id))


@pytest.mark.parametrize(
    ("refused_mib", "next_mib"), [(500, 100), (100, 50), (60, 50), (26, 25), (25, 10), (9, 8)]
)
def test_after_a_refusal_the_next_limit_that_discord_has_is_tried(
    refused_mib: int, next_mib: int
) -> None:
    assert lower_limit(refused_mib * MIB) == next_mib * MIB


def test_below_all_of_them_it_is_a_third_less() -> None:
    assert lower_limit(6 * MIB) == 4 * MIB


@pytest.mark.parametrize("truth", [200_000, 120_000, 60_000, 40_000])
async def test_the_first_clip_gets_through_and_the_next_one_at_the_first_try(
    liar: Workshop, truth: int
) -> None:
    liar.thread.taken_bytes = truth

    first, second = await delivered(liar), await delivered(liar, 2)

    assert 1 < tries(liar, first) <= 1 + len(TIERS)
    assert tries(liar, second) == 1
    assert all(len(posted.data) <= truth for posted in liar.thread.clips)
    for job in (first, second):
        await liar.assert_settled(job, JobState.DELIVERED, paid=PRICE)


async def test_it_is_remembered_after_a_restart(liar: Workshop) -> None:
    liar.thread.taken_bytes = 120_000
    await delivered(liar)

    liar.open(liar.database)
    job = await delivered(liar, 2)

    assert tries(liar, job) == 1


async def test_after_some_days_what_is_said_counts_again(liar: Workshop) -> None:
    liar.thread.taken_bytes = 120_000
    await delivered(liar)
    liar.thread.taken_bytes = SAID
    liar.advance(days=8)

    await delivered(liar, 2)

    assert len(liar.thread.clips[1].data) == liar.provider.clip.stat().st_size


async def test_direct_messages_have_a_limit_of_their_own(liar: Workshop) -> None:
    liar.thread.taken_bytes = 120_000
    liar.thread.elsewhere.extend([999])
    liar.thread.errors["post_clip"].append(ThreadGone("10003"))
    await delivered(liar)

    now = liar.clock()
    read = liar.database.read
    assert await read(upload_limits.real_limit, upload_limits.DIRECT, SAID, now=now) < SAID
    assert await read(upload_limits.real_limit, GUILD, SAID, now=now) == SAID


async def test_a_place_that_takes_nothing_at_all_is_not_remembered(liar: Workshop) -> None:
    liar.thread.taken_bytes = 0
    await delivered(liar)

    known = await liar.database.read(upload_limits.real_limit, GUILD, SAID, now=liar.clock())
    assert known == SAID


async def test_a_larger_file_that_went_through_meanwhile_puts_the_memory_right(
    liar: Workshop,
) -> None:
    job = await liar.visit_until(JobState.FETCHED, await liar.order())
    post = liar.thread.post_clip

    async def post_clip(*given: object, **more: object) -> int:
        now = liar.clock()
        await liar.database.run(upload_limits.remember, GUILD, SAID, 50_000, now=now)
        return await post(*given, **more)  # type: ignore[arg-type]  # of any field

    liar.thread.post_clip = post_clip  # type: ignore[method-assign]  # for this test alone
    await liar.visit_all(job)

    known = await liar.database.read(upload_limits.real_limit, GUILD, SAID, now=liar.clock())
    assert known == SAID


def with_links(workshop: Workshop) -> None:
    links = ClipLinks("https://bot.example.com", "a secret")
    workshop.bench = replace(workshop.bench, links=links)


async def test_a_clip_of_which_no_good_version_fits_goes_out_by_link_and_is_paid_for(
    dense: Workshop,
) -> None:
    with_links(dense)

    job = await delivered(dense)

    (posted,) = dense.thread.clips
    assert isinstance(posted.clip, ClipLink)
    assert posted.clip.url.startswith(f"https://bot.example.com/clips/{job.id}/")
    assert posted.offers_original
    assert job.clip_id == posted.message_id
    await dense.assert_settled(job, JobState.DELIVERED, paid=PRICE)


async def test_nobody_pays_for_a_link_that_could_not_be_posted(dense: Workshop) -> None:
    with_links(dense)
    job = await dense.visit_until(JobState.FETCHED, await dense.order())
    dense.thread.errors["post_clip"].extend([ThreadGone("10003")] * 2)

    await dense.visit()
    dense.advance(hours=24, seconds=1)
    await dense.visit_all(job)

    assert (await dense.job(job)).failure == Outcome.THREAD_GONE
    await dense.assert_settled(job, JobState.FAILED, paid=0)


async def test_without_a_public_address_the_best_that_fits_is_posted_and_says_so(
    dense: Workshop,
) -> None:

    job = await delivered(dense)

    (posted,) = dense.thread.clips
    assert isinstance(posted.clip, Fitted)
    assert posted.clip.is_poor
    assert not posted.offers_original
    assert len(posted.data) <= 14_000
    await dense.assert_settled(job, JobState.DELIVERED, paid=PRICE)


@dataclass(frozen=True, kw_only=True)
class Noting(Ffmpeg):
    """Notes of which clip each run was that ended."""

    clips: list[str] = field(default_factory=list)

    async def run(self, *arguments: str) -> Ended:
        ended = await super().run(*arguments)
        self.clips.append(Path(arguments[arguments.index("-i") + 1]).stem)
        return ended


async def fetched(workshop: Workshop, number: int) -> Job:
    """A job whose clip is not posted yet, and not by itself for a day."""
    job = await workshop.visit_until(JobState.FETCHED, await workshop.order(number))
    now = workshop.clock()
    return await workshop.database.run(jobs.update, job, now=now, due_at=now + timedelta(days=1))


def are_waiting(permits: Permits, number: int) -> bool:
    return permits.load.waiting[Work.CLIP] == number


async def test_in_a_rush_a_clip_that_was_begun_is_made_before_others_are_begun(
    liar: Workshop,
) -> None:
    permits = Permits(at_once=2)
    ffmpeg = Noting(permits)
    liar.bench = replace(liar.bench, ffmpeg=ffmpeg)
    liar.thread.limit_bytes = 100_000
    made = [await fetched(liar, number) for number in (1, 2, 3)]
    ffmpeg.clips.clear()

    async with asyncio.TaskGroup() as group, permits.permit(Work.CLIP):
        for number, job in enumerate(made, start=1):
            group.create_task(deliver(liar.bench, job))
            await eventually(partial(are_waiting, permits, number))

    first, second, third = (job.id for job in made)
    assert ffmpeg.clips == [first, second, first, second, third, third]


@pytest.mark.parametrize("limit", [SAID, 100_000])
async def test_the_original_is_offered_where_something_else_is_posted(
    liar: Workshop, limit: int
) -> None:
    with_links(liar)
    liar.thread.limit_bytes = limit

    await delivered(liar)

    (posted,) = liar.thread.clips
    assert isinstance(posted.clip, Fitted)
    assert posted.offers_original == posted.clip.is_smaller == (limit < SAID)
