"""A loop plays over and over without a jump."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from bot.media.clips import probe
from bot.media.extras.errors import TooShortToLoop
from bot.media.extras.looping import longest_fade, loop
from bot.media.ffmpeg import Ffmpeg
from tests.media.extras.conftest import Opened
from tests.media.extras.footage import Studio, apart, frames_of, heard


@pytest.fixture(scope="session")
def dolly(studio: Studio) -> Path:
    """A zoom into bars: its last frame is far from its first one."""
    zoom = "smptebars=s=384x216:r=24,zoompan=z='1+on/48':d=1:s=192x108:fps=24"
    return studio.shoot("dolly", picture=zoom, hertz=440)


async def test_the_last_frame_of_a_loop_leads_to_its_first(
    ffmpeg: Ffmpeg, opened: Opened, dolly: Path, tmp_path: Path
) -> None:
    made = await loop(ffmpeg, await opened(dolly), tmp_path / "loop.mp4", fade_seconds=0.5)

    before, after = frames_of(dolly), frames_of(made)
    steps = [apart(one, two) for one, two in pairwise(after)]
    assert apart(before[-1], before[0]) > 5 * max(steps)
    assert apart(after[-1], after[0]) <= max(steps)


async def test_a_loop_is_shorter_by_the_fade_and_plays_everywhere(
    ffmpeg: Ffmpeg, opened: Opened, bars: Path, tmp_path: Path
) -> None:
    made = await loop(ffmpeg, await opened(bars), tmp_path / "loop.mp4", fade_seconds=0.5)

    facts = await probe(ffmpeg, made)
    assert facts.frames == 36
    assert facts.plays_everywhere
    assert facts.is_faststart
    assert facts.has_audio
    assert facts.seconds == pytest.approx(1.5, abs=0.05)


async def test_the_sound_of_a_loop_does_not_fall_silent_at_the_seam(
    ffmpeg: Ffmpeg, opened: Opened, bars: Path, tmp_path: Path
) -> None:
    made = await loop(ffmpeg, await opened(bars), tmp_path / "loop.mp4", fade_seconds=0.5)

    samples = heard(made)[:12000]
    around_the_seam = np.concatenate([samples[-800:], samples[:800]])
    assert np.sqrt((around_the_seam**2).mean()) > 0.5 * np.sqrt((samples**2).mean())


async def test_a_silent_clip_makes_a_silent_loop(
    ffmpeg: Ffmpeg, opened: Opened, tall: Path, tmp_path: Path
) -> None:
    made = await loop(ffmpeg, await opened(tall), tmp_path / "loop.mp4", fade_seconds=0.4)

    facts = await probe(ffmpeg, made)
    assert (facts.width, facts.height, facts.has_audio) == (90, 160, False)


@pytest.mark.parametrize("fade_seconds", [0.0, 0.1, 0.7, -1, float("nan")])
async def test_a_fade_that_would_be_most_of_the_clip_is_refused(
    ffmpeg: Ffmpeg, opened: Opened, bars: Path, tmp_path: Path, fade_seconds: float
) -> None:
    with pytest.raises(TooShortToLoop) as refused:
        await loop(ffmpeg, await opened(bars), tmp_path / "loop.mp4", fade_seconds=fade_seconds)

    assert refused.value.longest_fade == 0.6
    assert not (tmp_path / "loop.mp4").exists()


@pytest.mark.parametrize(("seconds", "most"), [(0.5, 0), (0.6, 0.2), (5, 1.6), (60, 3.0)])
def test_how_long_a_clip_may_fade(seconds: float, most: float) -> None:
    assert longest_fade(seconds) == most
