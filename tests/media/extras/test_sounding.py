"""A clip with a member's sound."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bot.media.clips import probe
from bot.media.errors import NotASound
from bot.media.extras.sounding import with_sound
from bot.media.ffmpeg import Ffmpeg
from tests.media.extras.conftest import Opened
from tests.media.extras.footage import Studio, frames_of, heard, loudness_at


@pytest.fixture(scope="session")
def tune(studio: Studio) -> bytes:
    """Three seconds of 1200 Hz: longer than the clips."""
    return studio.record("tune", seconds=3, hertz=1200)


async def test_a_sound_takes_the_place_of_the_clips_own(
    ffmpeg: Ffmpeg, opened: Opened, bars: Path, tune: bytes, tmp_path: Path
) -> None:
    made = tmp_path / "s.mp4"
    sound = await with_sound(ffmpeg, await opened(bars), tune, made, is_mixed=False)

    samples = heard(made)
    assert sound.was_cut
    assert loudness_at(samples, 1200) > 20 * loudness_at(samples, 440)
    assert (frames_of(made) == frames_of(bars)).all()
    facts = await probe(ffmpeg, made)
    assert facts.plays_everywhere
    assert facts.is_faststart
    assert facts.seconds == pytest.approx(2.0, abs=0.05)


async def test_mixed_both_are_heard_at_a_loudness_that_suits_phones(
    ffmpeg: Ffmpeg, opened: Opened, bars: Path, tune: bytes, tmp_path: Path
) -> None:
    made = tmp_path / "s.mp4"
    await with_sound(ffmpeg, await opened(bars), tune, made, is_mixed=True)

    samples = heard(made)
    own, given = loudness_at(samples, 440), loudness_at(samples, 1200)
    assert 0.4 < own / given < 2.5
    assert 0.05 < np.sqrt((samples[2000:-4000] ** 2).mean()) < 0.4
    assert np.abs(samples).max() < 1.0


async def test_a_silent_clip_gets_a_sound_and_a_short_one_ends_in_silence(
    ffmpeg: Ffmpeg, opened: Opened, tall: Path, studio: Studio, tmp_path: Path
) -> None:
    made = tmp_path / "s.mp4"
    short = studio.record("short", seconds=1, hertz=1200)
    sound = await with_sound(ffmpeg, await opened(tall), short, made, is_mixed=True)

    samples = heard(made)
    assert not sound.was_cut
    assert loudness_at(samples[:6000], 1200) > 0.01
    assert np.abs(samples[9600:11000]).max() < 0.01
    assert (await probe(ffmpeg, made)).seconds == pytest.approx(1.5, abs=0.07)


async def test_a_file_that_is_no_sound_is_refused_and_leaves_nothing(
    ffmpeg: Ffmpeg, opened: Opened, bars: Path, tmp_path: Path
) -> None:
    clip = await opened(bars)
    before = everything_in(tmp_path)

    with pytest.raises(NotASound):
        await with_sound(
            ffmpeg,
            clip,
            b"ffconcat version 1.0\nfile /etc/passwd",
            tmp_path / "s.mp4",
            is_mixed=False,
        )

    assert everything_in(tmp_path) == before


def everything_in(folder: Path) -> set[Path]:
    return set(folder.rglob("*"))
