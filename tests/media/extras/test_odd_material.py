"""Extras of clips whose pictures, sounds, rates or colours are out of the ordinary."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.media.clips import probe
from bot.media.extras.looping import loop
from bot.media.extras.pairing import join, side_by_side
from bot.media.extras.stills import Preview, poster, preview
from bot.media.extras.trimming import trim
from bot.media.ffmpeg import Ffmpeg
from tests.media.extras.conftest import Opened
from tests.media.extras.footage import Studio, apart, frames_of
from tests.media.patches import CODED, assert_alike, filmed_patches, seen

MIB = 2**20


@pytest.fixture(scope="session")
def humming(studio: Studio) -> Path:
    """Moving bars for a second, and a tone that goes on for a second more."""
    sound = studio.record("hum", seconds=2, hertz=440)
    (studio.folder / "hum.wav").write_bytes(sound)
    bars = studio.shoot("brief", size="96x54", seconds=1)
    both = ("-i", str(studio.folder / "hum.wav"), "-c:v", "copy", "-c:a", "aac")
    return studio.convert(bars, "humming.mp4", *both, "-movflags", "+faststart")


async def test_a_loop_of_a_clip_whose_sound_is_longer_lasts_as_long_as_the_sound(
    ffmpeg: Ffmpeg, opened: Opened, humming: Path, tmp_path: Path
) -> None:
    made = await loop(ffmpeg, await opened(humming), tmp_path / "l.mp4", fade_seconds=0.5)

    frames = frames_of(made)
    assert len(frames) == 36
    # What is seen at its end is the beginning of the clip again.
    assert apart(frames[-1], frames_of(humming)[11]) < 4


async def test_what_follows_a_clip_whose_sound_is_longer_comes_when_the_sound_is_over(
    ffmpeg: Ffmpeg, opened: Opened, humming: Path, tmp_path: Path
) -> None:
    clip = await opened(humming)

    made = await join(ffmpeg, clip, clip, tmp_path / "j.mp4")

    assert (await probe(ffmpeg, made)).frames == 84


async def test_a_clip_of_varying_rate_keeps_its_quickest_frames(
    ffmpeg: Ffmpeg, opened: Opened, bars: Path, studio: Studio, tmp_path: Path
) -> None:
    varying = ("-vf", "select='lt(n,24)+not(mod(n,8))'", "-fps_mode", "vfr")
    clip = studio.convert(bars, "varying.mp4", *varying, "-movflags", "+faststart")

    made = await trim(
        ffmpeg, await opened(clip), tmp_path / "t.mp4", from_seconds=0, to_seconds=0.75
    )

    frames, before = frames_of(made), frames_of(bars)
    assert len(frames) == 18
    assert all(apart(one, other) < 4 for one, other in zip(frames, before[:18], strict=True))


async def test_clips_of_two_colourings_have_one_beside_each_other(
    ffmpeg: Ffmpeg, opened: Opened, tmp_path: Path
) -> None:
    names = ("small, unsaid", "small, BT.709")
    left, right = [
        await opened(filmed_patches(CODED[name], tmp_path / f"{n}.mp4", pixel_format="yuv420p"))
        for n, name in enumerate(names)
    ]

    made = await side_by_side(ffmpeg, left, right, tmp_path / "s.mp4")

    assert_alike(seen(made, part="64:64:0:0"))
    assert_alike(seen(made, part="64:64:64:0"))


@pytest.mark.parametrize("kind", ["poster", *Preview])
async def test_stills_have_the_colours_of_their_clip(
    ffmpeg: Ffmpeg, opened: Opened, tmp_path: Path, kind: str
) -> None:
    coded = CODED["large, unsaid"]
    clip = await opened(filmed_patches(coded, tmp_path / "a.mp4", pixel_format="yuv420p"))

    if kind == "poster":
        made = await poster(ffmpeg, clip, tmp_path / "p.jpg", at_seconds=0)
    else:
        to = tmp_path / f"p.{kind}"
        made = await preview(ffmpeg, clip, to, kind=Preview(kind), limit_bytes=MIB)

    assert_alike(seen(made))
