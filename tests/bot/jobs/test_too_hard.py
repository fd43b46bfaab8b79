"""A clip that was paid for is never lost because it is too much for this machine."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.jobs.links import ClipLink, ClipLinks
from bot.jobs.outcomes import Outcome
from bot.media import fitting
from bot.media.ffmpeg import Ffmpeg
from storage.jobs import Job, JobState
from tests.bot.conftest import make_clip
from tests.bot.workshop import PRICE, Workshop


def with_links(workshop: Workshop) -> None:
    links = ClipLinks("https://bot.example.com", "a secret")
    workshop.bench = replace(workshop.bench, links=links)


def with_ffmpeg(workshop: Workshop, folder: Path, what_it_does: str) -> None:
    """Have ffmpeg do something else where it should decode, and its own work where it copies."""
    program = folder / "ffmpeg"
    copying = f"*'-c copy'*|*'-c:v copy'*) exec {Ffmpeg().program} \"$@\";;"
    program.write_text(f'#!/bin/sh\ncase "$*" in {copying} *) {what_it_does};; esac\n')
    program.chmod(0o755)
    workshop.bench = replace(workshop.bench, ffmpeg=Ffmpeg(program=str(program)))


OUT_OF_TIME, OUT_OF_ORDER = "kill -XCPU $$", "exit 1"


@pytest.fixture(scope="session")
def long_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two minutes and a bit, all black."""
    return make_clip(tmp_path_factory.mktemp("long"), "color=black:s=16x16:r=1:d=130")


@pytest.fixture(scope="session")
def odd_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A second of a codec that is never posted as it is."""
    return make_clip(tmp_path_factory.mktemp("odd"), "testsrc2=s=64x64:r=12:d=1", "-c:v", "mpeg4")


async def delivered(workshop: Workshop) -> Job:
    return await workshop.visit_all(await workshop.order())


async def assert_handed_out_by_link(workshop: Workshop, job: Job) -> None:
    (posted,) = workshop.thread.clips
    assert isinstance(posted.clip, ClipLink)
    assert posted.offers_original
    assert workshop.files.clip(job.clip or "").read_bytes() == workshop.provider.clip.read_bytes()
    await workshop.assert_settled(job, JobState.DELIVERED, paid=PRICE)


async def assert_kept_for_nothing(workshop: Workshop, job: Job) -> None:
    assert workshop.thread.clips == []
    assert workshop.thread.concluded == [(job.id, Outcome.TOO_LARGE)]
    assert workshop.files.clip(job.clip or "").read_bytes() == workshop.provider.clip.read_bytes()
    await workshop.assert_settled(job, JobState.FAILED, paid=0)


async def test_a_clip_that_is_not_decoded_in_time_is_posted_as_it_came_where_that_will_do(
    workshop: Workshop, tmp_path: Path
) -> None:
    with_ffmpeg(workshop, tmp_path, OUT_OF_TIME)

    job = await delivered(workshop)

    (posted,) = workshop.thread.clips
    assert posted.data == workshop.provider.clip.read_bytes()
    await workshop.assert_settled(job, JobState.DELIVERED, paid=PRICE)


async def test_one_that_would_have_to_be_encoded_goes_out_by_link(
    workshop: Workshop, odd_clip: Path, tmp_path: Path
) -> None:
    workshop.provider.clip = odd_clip
    with_ffmpeg(workshop, tmp_path, OUT_OF_TIME)
    with_links(workshop)

    job = await delivered(workshop)

    await assert_handed_out_by_link(workshop, job)


async def test_without_a_public_address_it_is_kept_and_costs_nothing(
    workshop: Workshop, odd_clip: Path, tmp_path: Path
) -> None:
    workshop.provider.clip = odd_clip
    with_ffmpeg(workshop, tmp_path, OUT_OF_TIME)

    job = await delivered(workshop)

    await assert_kept_for_nothing(workshop, job)


@pytest.mark.parametrize("has_links", [True, False])
async def test_a_clip_longer_than_is_looked_at_is_not_lost(
    workshop: Workshop, long_clip: Path, has_links: bool
) -> None:
    workshop.provider.clip = long_clip
    if has_links:
        with_links(workshop)

    job = await delivered(workshop)

    check = assert_handed_out_by_link if has_links else assert_kept_for_nothing
    await check(workshop, job)


@pytest.mark.parametrize("has_links", [True, False])
async def test_an_encoder_that_fails_loses_no_clip(
    workshop: Workshop, odd_clip: Path, tmp_path: Path, has_links: bool
) -> None:
    workshop.provider.clip = odd_clip
    job = await workshop.visit_until(JobState.FETCHED, await workshop.order())
    with_ffmpeg(workshop, tmp_path, OUT_OF_ORDER)
    if has_links:
        with_links(workshop)

    job = await workshop.visit_all(job)

    check = assert_handed_out_by_link if has_links else assert_kept_for_nothing
    await check(workshop, job)


async def test_fitting_that_goes_on_for_ever_is_ended(
    workshop: Workshop, odd_clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workshop.provider.clip = odd_clip
    job = await workshop.visit_until(JobState.FETCHED, await workshop.order())
    with_ffmpeg(workshop, tmp_path, "exec sleep 60")
    monkeypatch.setattr(fitting, "MOST_SECONDS", 0.1)
    with_links(workshop)

    job = await workshop.visit_all(job)

    await assert_handed_out_by_link(workshop, job)


@pytest.mark.parametrize("has_links", [True, False])
async def test_a_place_that_takes_no_file_at_all_loses_no_clip(
    workshop: Workshop, has_links: bool
) -> None:
    workshop.thread.taken_bytes = 0
    if has_links:
        with_links(workshop)

    job = await delivered(workshop)

    check = assert_handed_out_by_link if has_links else assert_kept_for_nothing
    await check(workshop, job)
