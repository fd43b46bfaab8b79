"""A clip is kept as it came, under the name of what it is, and everything finds it there."""

from __future__ import annotations

import subprocess
from pathlib import Path

import imageio_ffmpeg
import pytest

from bot.jobs.outcomes import Outcome
from bot.media.clips import probe
from bot.media.ffmpeg import Ffmpeg
from storage import members
from storage.jobs import JobState
from tests.bot.workshop import GUILD, MEMBER, PRICE, Workshop

VP8 = ("-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-threads", "1")


@pytest.fixture(scope="session", params=["webm", "mov", "gif"])
def odd_clip(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """A clip that is no MP4, whatever its name says."""
    folder = tmp_path_factory.mktemp("odd")
    ending = request.param
    options = {"webm": VP8, "mov": ("-c:v", "prores_ks"), "gif": ()}[ending]
    program = imageio_ffmpeg.get_ffmpeg_exe()
    source = ("-f", "lavfi", "-i", "testsrc2=s=64x64:r=12:d=1")
    command = [program, "-v", "error", *source, *options, str(folder / f"clip.{ending}")]
    subprocess.run(command, check=True, timeout=60)
    (folder / f"clip.{ending}").rename(folder / "clip.mp4")
    return folder / f"clip.{ending}"


@pytest.fixture
def odd(workshop: Workshop, odd_clip: Path) -> str:
    """What the workshop's clips are."""
    workshop.provider.clip = odd_clip.with_suffix(".mp4")
    return odd_clip.suffix


async def test_it_is_stored_as_it_came_and_posted_as_what_plays(
    workshop: Workshop, odd: str, tmp_path: Path
) -> None:
    job = await workshop.visit_all(await workshop.order())

    assert job.clip == f"{job.id}{odd}"
    kept = workshop.files.clip(job.clip)
    assert kept.read_bytes() == workshop.provider.clip.read_bytes()
    (posted,) = workshop.thread.clips
    (tmp_path / "posted.mp4").write_bytes(posted.data)
    facts = await probe(Ffmpeg(), tmp_path / "posted.mp4")
    assert facts.plays_everywhere
    assert facts.is_faststart
    await workshop.assert_settled(job, JobState.DELIVERED, paid=PRICE)


async def test_it_outlives_a_restart(workshop: Workshop, odd: str) -> None:
    job = await workshop.visit_until(JobState.FETCHED, await workshop.order())

    await workshop.files.drop_unfinished()
    job = await workshop.visit_all(job)

    await workshop.assert_settled(job, JobState.DELIVERED, paid=PRICE)


async def test_forgetting_a_member_finds_it(workshop: Workshop, odd: str) -> None:
    job = await workshop.visit_all(await workshop.order())

    held = await workshop.database.read(members.holdings, GUILD, MEMBER)

    assert held.files.clips == (f"{job.id}{odd}",)


@pytest.mark.parametrize(
    "body", [b"ffconcat version 1.0\nfile /etc/passwd\n", b"<html>", b"PK\3\4"]
)
async def test_what_is_no_clip_is_not_kept(workshop: Workshop, tmp_path: Path, body: bytes) -> None:
    workshop.provider.clip = tmp_path / "clip.mp4"
    workshop.provider.clip.write_bytes(body)

    job = await workshop.visit_all(await workshop.order())

    assert job.failure == Outcome.NOT_PLAYABLE
    assert await workshop.files.clips() == []
    await workshop.assert_settled(job, JobState.FAILED, paid=0)
