"""A trim is exact to the frame."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.media.clips import probe
from bot.media.extras.errors import MomentOutside, NothingLeft
from bot.media.extras.trimming import trim
from bot.media.ffmpeg import Ffmpeg
from tests.media.extras.conftest import Opened
from tests.media.extras.footage import apart, frames_of


async def test_a_trim_holds_exactly_the_frames_between_two_moments(
    ffmpeg: Ffmpeg, opened: Opened, bars: Path, tmp_path: Path
) -> None:
    clip = await opened(bars)

    made = await trim(ffmpeg, clip, tmp_path / "t.mp4", from_seconds=0.5, to_seconds=1.7)

    facts, before, after = await probe(ffmpeg, made), frames_of(bars), frames_of(made)
    assert len(after) == 29
    assert facts.plays_everywhere
    assert facts.has_audio
    assert facts.seconds == pytest.approx(1.2, abs=0.05)
    for place, frame in ((12, after[0]), (40, after[-1])):
        near = [apart(frame, one) for one in before]
        assert near.index(min(near)) == place


async def test_the_end_that_is_shown_to_members_may_be_asked_for(
    ffmpeg: Ffmpeg, opened: Opened, bars: Path, tmp_path: Path
) -> None:
    clip = await opened(bars)

    made = await trim(
        ffmpeg, clip, tmp_path / "t.mp4", from_seconds=1.0, to_seconds=round(clip.seconds, 1)
    )

    assert len(frames_of(made)) == 24


@pytest.mark.parametrize(("start", "end"), [(-1, 1), (0, 3), (0, float("nan"))])
async def test_moments_outside_the_clip_are_refused(
    ffmpeg: Ffmpeg, opened: Opened, bars: Path, tmp_path: Path, start: float, end: float
) -> None:
    clip = await opened(bars)

    with pytest.raises(MomentOutside):
        await trim(ffmpeg, clip, tmp_path / "t.mp4", from_seconds=start, to_seconds=end)


@pytest.mark.parametrize(("start", "end"), [(1, 1), (1.5, 0.5), (0, 0.2)])
async def test_nothing_and_less_than_nothing_are_refused(
    ffmpeg: Ffmpeg, opened: Opened, bars: Path, tmp_path: Path, start: float, end: float
) -> None:
    clip = await opened(bars)

    with pytest.raises(NothingLeft):
        await trim(ffmpeg, clip, tmp_path / "t.mp4", from_seconds=start, to_seconds=end)
