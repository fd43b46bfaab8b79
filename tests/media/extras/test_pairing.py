"""Two clips as one, whatever their sizes, rates and sounds."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.media.clips import probe
from bot.media.extras.errors import TooLongTogether
from bot.media.extras.pairing import join, side_by_side
from bot.media.ffmpeg import Ffmpeg
from tests.media.extras.conftest import Opened
from tests.media.extras.footage import Studio, apart, frames_of, heard, loudness_at


async def test_joined_clips_begin_as_the_first_and_end_as_the_second(
    ffmpeg: Ffmpeg, opened: Opened, bars: Path, studio: Studio, tmp_path: Path
) -> None:
    other = studio.shoot("other", picture="mandelbrot=s=192x108:r=24", hertz=900)

    made = await join(ffmpeg, await opened(bars), await opened(other), tmp_path / "j.mp4")

    facts, frames = await probe(ffmpeg, made), frames_of(made)
    assert facts.seconds == pytest.approx(3.5, abs=0.05)
    assert facts.frames == 84
    assert facts.plays_everywhere
    assert apart(frames[0], frames_of(bars)[0]) < 4
    assert apart(frames[-1], frames_of(other)[-1]) < 4
    start, end = heard(made)[:8000], heard(made)[-8000:]
    assert loudness_at(start, 440) > 10 * loudness_at(start, 900)
    assert loudness_at(end, 900) > 10 * loudness_at(end, 440)


@pytest.mark.parametrize("is_tall_first", [True, False])
async def test_clips_of_other_shapes_rates_and_without_sound_are_joined(
    ffmpeg: Ffmpeg, opened: Opened, bars: Path, tall: Path, tmp_path: Path, is_tall_first: bool
) -> None:
    pair = (tall, bars) if is_tall_first else (bars, tall)

    made = await join(ffmpeg, await opened(pair[0]), await opened(pair[1]), tmp_path / "j.mp4")

    facts = await probe(ffmpeg, made)
    assert (facts.width, facts.height) == ((90, 160) if is_tall_first else (192, 108))
    assert facts.seconds == pytest.approx(3.0, abs=0.1)
    assert facts.frames == pytest.approx(72, abs=1)
    assert facts.has_audio
    tone_at_start = loudness_at(heard(made)[:4000], 440)
    tone_at_end = loudness_at(heard(made)[-6000:-2000], 440)
    assert (tone_at_end > 10 * tone_at_start) is is_tall_first


async def test_two_silent_clips_are_joined_in_silence(
    ffmpeg: Ffmpeg, opened: Opened, tall: Path, tmp_path: Path
) -> None:
    made = await join(ffmpeg, await opened(tall), await opened(tall), tmp_path / "j.mp4")

    facts = await probe(ffmpeg, made)
    assert not facts.has_audio
    assert facts.seconds == pytest.approx(2.5, abs=0.1)


async def test_more_than_a_clip_may_last_is_refused(
    ffmpeg: Ffmpeg, opened: Opened, studio: Studio, tmp_path: Path
) -> None:
    long = await opened(studio.shoot("hour", size="16x16", rate=5, seconds=70))

    with pytest.raises(TooLongTogether):
        await join(ffmpeg, long, long, tmp_path / "j.mp4")


async def test_side_by_side_both_have_one_height_and_the_shorter_holds_its_last_frame(
    ffmpeg: Ffmpeg, opened: Opened, bars: Path, tall: Path, tmp_path: Path
) -> None:
    made = await side_by_side(ffmpeg, await opened(bars), await opened(tall), tmp_path / "s.mp4")

    facts, frames = await probe(ffmpeg, made), frames_of(made)
    assert (facts.width, facts.height) == (192 + 60, 108)
    assert facts.frames == 48
    assert facts.plays_everywhere
    right = frames[:, :, 52:]
    assert apart(right[-1], right[-6]) < 1
    assert apart(right[0], right[20]) > 3
    left = frames[:, :, :44]
    assert apart(left[-1], left[-6]) > 1


@pytest.mark.parametrize("is_silent_left", [True, False])
async def test_side_by_side_the_one_that_has_a_sound_is_heard_to_the_end(
    ffmpeg: Ffmpeg, opened: Opened, bars: Path, tall: Path, tmp_path: Path, is_silent_left: bool
) -> None:
    left, right = (tall, bars) if is_silent_left else (bars, tall)

    made = await side_by_side(ffmpeg, await opened(left), await opened(right), tmp_path / "s.mp4")

    assert (await probe(ffmpeg, made)).has_audio
    assert loudness_at(heard(made)[-6000:], 440) > 0.01


async def test_a_wide_pair_is_made_smaller(
    ffmpeg: Ffmpeg, opened: Opened, studio: Studio, tmp_path: Path
) -> None:
    wide = await opened(studio.shoot("wide", size="1920x1080", rate=5, seconds=0.4))

    made = await side_by_side(ffmpeg, wide, wide, tmp_path / "s.mp4")

    facts = await probe(ffmpeg, made)
    assert (facts.width, facts.height) == (1920, 540)
