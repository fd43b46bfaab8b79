"""However a clip is meant to be shown, what is posted of it is shown so by every player."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.media.films import CORNERS, VP8, VP9, Film, ffmpeg_says, film
from tests.media.posts import BLUE, GRAY, LIME, RED, WHITE, assert_is, posted


@pytest.fixture
def filmed(tmp_path: Path) -> Film:
    (tmp_path / "made").mkdir()
    return partial(film, tmp_path / "made")


GLASS = f"{CORNERS},format=rgba,colorkey=lime:0.3"
SEE_THROUGH = {
    "ProRes": ("a.mov", "-c:v", "prores_ks", "-pix_fmt", "yuva444p10le"),
    "VP8": ("a.webm", *VP8, "-auto-alt-ref", "0", "-pix_fmt", "yuva420p"),
    "VP9": ("a.webm", *VP9, "-pix_fmt", "yuva420p"),
    "GIF": ("a.gif", "-filter_complex", "split[a][b];[a]palettegen[p];[b][p]paletteuse"),
    "animated WebP": ("a.webp", "-c:v", "libwebp_anim", "-lossless", "1"),
}


@pytest.mark.parametrize("name", SEE_THROUGH)
async def test_what_can_be_seen_through_stands_before_white(
    filmed: Film, tmp_path: Path, name: str
) -> None:
    source = f"{GLASS},drawbox=0:0:4:4:gray:fill:enable='mod(n,2)'"

    made = await posted(filmed(*SEE_THROUGH[name], source=source, sound=False), tmp_path)

    assert_is(made.corners(), RED, WHITE, BLUE, GRAY)


async def test_what_can_half_be_seen_through_is_half_white(filmed: Film, tmp_path: Path) -> None:
    half = filmed(*SEE_THROUGH["ProRes"], source="color=red@0.5:s=64x64:r=12:d=1,format=rgba")

    made = await posted(half, tmp_path)

    assert_is(made.corners(), *[(255, 127, 127)] * 4)


# A white bar that moves across black, its even lines a moment before its odd ones.
INTERLACED = (
    "color=black:s=160x96:r=24:d=1[a];color=white:s=40x96:r=24:d=1[b];"
    "[a][b]overlay=x=96*t:format=yuv444,tinterlace=interleave_top"
)
BOTTOM_FIRST = INTERLACED.replace("_top", "_bottom,setfield=bff")
IN_FIELDS = ("-flags", "+ilme+ildct")
FIELDS = {
    "H.264": ("a.mp4", INTERLACED, "-pix_fmt", "yuv420p", *IN_FIELDS),
    "MPEG-2": ("a.mkv", INTERLACED, "-c:v", "mpeg2video", "-q:v", "2", *IN_FIELDS),
    "MPEG-2, bottom first": ("a.mov", BOTTOM_FIRST, "-c:v", "mpeg2video", "-q:v", "2", *IN_FIELDS),
    "ProRes": ("a.mov", INTERLACED, "-c:v", "prores_ks", *IN_FIELDS),
}


@pytest.mark.parametrize("name", FIELDS)
async def test_lines_of_two_moments_become_whole_pictures(
    filmed: Film, tmp_path: Path, name: str
) -> None:
    file, source, *options = FIELDS[name]
    clip = filmed(file, *options, source=source)

    made = await posted(clip, tmp_path)

    assert made.facts.plays_everywhere
    assert made.facts.frames == 12
    assert combing(made.path) < 3 < 10 < combing(clip)


async def test_a_clip_that_says_its_pictures_are_whole_is_believed(
    filmed: Film, tmp_path: Path
) -> None:
    combed = f"{INTERLACED},setfield=prog"
    clip = filmed("a.mp4", "-pix_fmt", "yuv420p", "-movflags", "+faststart", source=combed)

    made = await posted(clip, tmp_path)

    assert made.path == clip


def combing(clip: Path) -> float:
    """By how much neighbouring lines of a frame in the middle differ, from 0 to 255."""
    png = clip.with_suffix(".png")
    ffmpeg_says("-ss", "0.5", "-i", str(clip), "-frames:v", "1", str(png))
    with Image.open(png) as frame:
        lines = np.asarray(frame.convert("L"), np.int16)
    return float(np.abs(lines[1:] - lines[:-1]).mean())


@pytest.mark.parametrize(
    ("how", "size", "colours"),
    [
        (("-display_rotation", "90"), (96, 160), (LIME, GRAY, RED, BLUE)),
        (("-display_rotation", "180"), (160, 96), (GRAY, BLUE, LIME, RED)),
        (("-display_hflip",), (160, 96), (LIME, RED, GRAY, BLUE)),
        (("-display_vflip",), (160, 96), (BLUE, GRAY, RED, LIME)),
    ],
    ids=["on its side", "on its head", "mirrored", "upside down"],
)
async def test_a_clip_is_turned_upright(
    filmed: Film,
    tmp_path: Path,
    how: tuple[str, ...],
    size: tuple[int, int],
    colours: tuple[tuple[int, int, int], ...],
) -> None:
    straight, turned = filmed("a.mp4", "-pix_fmt", "yuv420p"), tmp_path / "turned.mp4"
    ffmpeg_says(*how, "-i", str(straight), "-c", "copy", str(turned))

    made = await posted(turned, tmp_path)

    assert (made.facts.width, made.facts.height) == size
    assert made.facts.is_upright
    assert_is(made.corners(), *colours)


async def test_oblong_pixels_become_square(filmed: Film, tmp_path: Path) -> None:
    made = await posted(filmed("a.mp4", "-pix_fmt", "yuv420p", "-vf", "setsar=4/3"), tmp_path)

    assert (made.facts.width, made.facts.height, made.facts.pixel_ratio) == (212, 96, 1.0)


async def test_odd_sides_become_even(filmed: Film, tmp_path: Path) -> None:
    source = CORNERS.replace("160x96", "161x97")

    made = await posted(filmed("a.mp4", "-pix_fmt", "yuv444p", source=source), tmp_path)

    assert (made.facts.width, made.facts.height) == (160, 96)


# Half a second in it turns white, and a tone begins.
CLAPPER = "color=black:s=64x64:r=24:d=1,format=yuv444p,drawbox=c=white:t=fill:enable='gte(t,0.5)'"
TONE = "sine=r=48000:d=2,volume='gte(t,0.5)':eval=frame"
CLAPPERS = {
    "8 kHz, one channel": ("a.mov", "-ar", "8000", "-ac", "1", "-c:a", "pcm_mulaw", "-t", "1"),
    "5.1": ("a.mp4", "-ac", "6", "-c:a", "eac3", "-t", "1"),
    "a clock that begins at five": ("a.mkv", "-c:a", "libopus", "-output_ts_offset", "5"),
    "a sound that goes on for longer": ("a.mp4",),
}


def clapper(folder: Path, name: str, *options: str, later: str = "0") -> Path:
    picture, tone = ("-f", "lavfi", "-i", CLAPPER), ("-f", "lavfi", "-i", TONE)
    ffmpeg_says(*picture, "-itsoffset", later, *tone, *options, str(folder / name))
    return folder / name


@pytest.mark.parametrize("name", CLAPPERS)
async def test_what_happens_at_one_moment_is_seen_and_heard_at_one(
    tmp_path: Path, name: str
) -> None:
    (tmp_path / "made").mkdir()

    made = await posted(clapper(tmp_path / "made", *CLAPPERS[name]), tmp_path)

    assert made.moments() == pytest.approx((0.5, 0.5), abs=0.03)


async def test_a_sound_that_begins_later_still_does(tmp_path: Path) -> None:
    (tmp_path / "made").mkdir()

    made = await posted(clapper(tmp_path / "made", "a.mp4", later="0.25"), tmp_path)

    assert made.moments() == pytest.approx((0.5, 0.75), abs=0.03)


async def test_what_an_edit_list_leaves_out_is_not_shown(tmp_path: Path) -> None:
    (tmp_path / "made").mkdir()
    whole = clapper(tmp_path / "made", "a.mp4")
    ffmpeg_says("-ss", "0.25", "-i", str(whole), "-c", "copy", str(tmp_path / "cut.mp4"))

    made = await posted(tmp_path / "cut.mp4", tmp_path)

    assert made.moments() == pytest.approx((0.25, 0.25), abs=0.05)
