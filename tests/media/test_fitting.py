from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from bot.media.clip_facts import ClipFacts
from bot.media.clips import probe
from bot.media.errors import CannotFit, NotPlayable
from bot.media.ffmpeg import Ffmpeg
from bot.media.fitting import MOST_SECONDS, Attempt, fit, plan
from tests.media.conftest import MakeClip
from tests.media.processes import children, eventually

MIB = 1024**2
FULL_HD = ClipFacts(
    width=1920,
    height=1080,
    seconds=10.0,
    frames=300,
    codec="h264",
    pixel_format="yuv420p",
    audio_codec="aac",
    is_faststart=True,
    size_bytes=25 * MIB,
)


@pytest.fixture
def ffmpeg() -> Ffmpeg:
    return Ffmpeg()


def files(folder: Path) -> list[Path]:
    return list(folder.iterdir())


async def test_a_clip_that_fits_is_left_alone(ffmpeg: Ffmpeg, clip: Path, tmp_path: Path) -> None:
    fitted = await fit(ffmpeg, clip, limit_bytes=10 * MIB, folder=tmp_path)

    assert (fitted.path, fitted.is_original, fitted.is_smaller) == (clip, True, False)
    assert files(tmp_path) == []


async def test_a_clip_with_its_index_last_is_repacked_without_loss(
    ffmpeg: Ffmpeg, make_clip: MakeClip, tmp_path: Path
) -> None:
    clip = make_clip()

    fitted = await fit(ffmpeg, clip, limit_bytes=10 * MIB, folder=tmp_path)

    before, after = await probe(ffmpeg, clip), await probe(ffmpeg, fitted.path)
    assert (before.is_faststart, after.is_faststart) == (False, True)
    assert after.frames == before.frames
    assert abs(after.size_bytes - before.size_bytes) < 100


async def test_notes_inside_the_clip_are_dropped(
    ffmpeg: Ffmpeg, make_clip: MakeClip, tmp_path: Path
) -> None:
    clip = make_clip("-metadata", "title=SecretPrompt")
    assert b"SecretPrompt" in clip.read_bytes()

    fitted = await fit(ffmpeg, clip, limit_bytes=10 * MIB, folder=tmp_path)

    assert b"SecretPrompt" not in fitted.path.read_bytes()


@pytest.mark.parametrize("limit_bytes", [300_000, 100_000])
async def test_a_heavy_clip_is_brought_under_the_limit(
    ffmpeg: Ffmpeg, grainy_clip: Path, tmp_path: Path, limit_bytes: int
) -> None:
    assert (await probe(ffmpeg, grainy_clip)).size_bytes > 500_000

    fitted = await fit(ffmpeg, grainy_clip, limit_bytes=limit_bytes, folder=tmp_path)

    facts = await probe(ffmpeg, fitted.path)
    assert limit_bytes * 0.5 < facts.size_bytes <= limit_bytes
    assert facts.frames == 24
    assert files(tmp_path) == [fitted.path]


@pytest.mark.parametrize(("share", "is_smaller"), [(0.9, False), (0.15, True)])
async def test_a_clip_that_is_encoded_anyhow_gives_up_something_only_where_the_limit_is_felt(
    ffmpeg: Ffmpeg, make_clip: MakeClip, tmp_path: Path, share: float, is_smaller: bool
) -> None:
    wasteful = make_clip("-c:v", "mpeg4", "-q:v", "1")
    limit_bytes = int(wasteful.stat().st_size * share)

    fitted = await fit(ffmpeg, wasteful, limit_bytes=limit_bytes, folder=tmp_path)

    assert fitted.is_smaller == is_smaller


async def test_after_a_frame_that_is_too_hard_fewer_and_smaller_ones_are_tried(
    make_clip: MakeClip, tmp_path: Path
) -> None:
    dense = make_clip(source="testsrc2=s=480x270:r=60:d=0.2,noise=alls=40:allf=t")
    tries, spying = tmp_path / "tries", tmp_path / "spying"
    spying.write_text(
        f"""#!/bin/sh
echo "$@" >> {tries}
case "$*" in *scale=480:270*) exit 1;; esac
exec {Ffmpeg().program} "$@"
"""
    )
    spying.chmod(0o755)

    fitted = await fit(Ffmpeg(program=str(spying)), dense, limit_bytes=200_000, folder=tmp_path)

    assert fitted.shorter_side == 240
    assert (await probe(Ffmpeg(), fitted.path)).frames == 6
    assert tries.read_text().count("scale=480:270") == 1


async def test_a_clip_that_cannot_fit_is_refused(
    ffmpeg: Ffmpeg, clip: Path, tmp_path: Path
) -> None:
    with pytest.raises(CannotFit) as refusal:
        await fit(ffmpeg, clip, limit_bytes=5_000, folder=tmp_path)

    assert refusal.value.limit_bytes == 5_000
    assert files(tmp_path) == []


async def test_where_no_time_is_left_only_what_is_fit_already_is_posted(
    ffmpeg: Ffmpeg, clip: Path, tmp_path: Path
) -> None:
    size_bytes = (await probe(ffmpeg, clip)).size_bytes

    fitted = await fit(
        ffmpeg, clip, limit_bytes=size_bytes, folder=tmp_path, spent_seconds=MOST_SECONDS
    )
    assert fitted.is_original
    with pytest.raises(CannotFit):
        await fit(
            ffmpeg, clip, limit_bytes=size_bytes - 1, folder=tmp_path, spent_seconds=MOST_SECONDS
        )


async def test_a_broken_clip_is_refused(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"\0\0\0\x10ftypisom\0\0\0\0")

    with pytest.raises(NotPlayable):
        await fit(ffmpeg, broken, limit_bytes=10 * MIB, folder=tmp_path)


async def test_cancelling_leaves_no_process_and_no_file(
    ffmpeg: Ffmpeg, grainy_clip: Path, tmp_path: Path
) -> None:
    async with asyncio.TaskGroup() as group:
        fitting = group.create_task(fit(ffmpeg, grainy_clip, limit_bytes=300_000, folder=tmp_path))
        await eventually(lambda: any(tmp_path.glob("*/fitted.mp4")))
        fitting.cancel()

    assert children("ffmpeg") == []
    assert files(tmp_path) == []


def test_ten_seconds_of_full_hd_keep_their_frame_under_10_mib() -> None:
    first, second, *_ = plan(FULL_HD, 10 * MIB)

    assert first == Attempt(shorter_side=1080, video_kilobits=7581, passes=1)
    assert second == Attempt(shorter_side=1080, video_kilobits=7050, passes=2)


def test_a_long_clip_starts_with_a_smaller_frame() -> None:
    minute = replace(FULL_HD, seconds=60.0, frames=1800)

    assert [attempt.shorter_side for attempt in plan(minute, 10 * MIB)] == [
        540,
        540,
        360,
        360,
        240,
        240,
    ]


def test_a_clip_is_never_enlarged() -> None:
    small = replace(FULL_HD, width=180, height=320)

    assert {attempt.shorter_side for attempt in plan(small, 10 * MIB)} == {180}


def test_nothing_is_tried_where_sound_alone_is_too_much() -> None:
    assert plan(FULL_HD, 100_000) == []
