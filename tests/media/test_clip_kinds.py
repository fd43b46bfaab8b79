"""Whatever a clip comes as, what is posted of it plays everywhere: same pictures, same sound."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from tests.media.films import CORNERS, VP8, VP9, Film, ffmpeg_says, film
from tests.media.posts import BLUE, GRAY, LIME, RED, assert_is, posted


@pytest.fixture
def filmed(tmp_path: Path) -> Film:
    (tmp_path / "made").mkdir()
    return partial(film, tmp_path / "made")


SVT = ("-c:v", "libsvtav1", "-preset", "12")
X265 = ("-c:v", "libx265", "-x265-params", "log-level=none")
CODECS = {
    "H.264": ("a.mp4", "-pix_fmt", "yuv420p"),
    "H.264 10 bit": ("a.mp4", "-pix_fmt", "yuv420p10le"),
    "H.264 4:4:4": ("a.mp4", "-pix_fmt", "yuv444p"),
    "H.264 in MOV, PCM": ("a.mov", "-pix_fmt", "yuv420p", "-c:a", "pcm_s16le"),
    "H.264 in Matroska, MP3": ("a.mkv", "-pix_fmt", "yuv420p", "-c:a", "libmp3lame"),
    "HEVC": ("a.mp4", *X265, "-tag:v", "hvc1"),
    "HEVC 10 bit": ("a.mp4", *X265, "-pix_fmt", "yuv420p10le"),
    "AV1": ("a.mp4", *SVT),
    "AV1 in WebM, Opus": ("a.webm", *SVT, "-c:a", "libopus"),
    "ProRes, PCM": ("a.mov", "-c:v", "prores_ks", "-c:a", "pcm_s24le"),
    "VP9, Opus": ("a.webm", *VP9, "-c:a", "libopus"),
    "VP8, Vorbis": ("a.webm", *VP8, "-c:a", "libvorbis"),
    "MPEG-4 part 2": ("a.mp4", "-c:v", "mpeg4", "-q:v", "2"),
    "5.1 sound": ("a.mp4", "-pix_fmt", "yuv444p", "-ac", "6"),
}


@pytest.mark.parametrize("name", CODECS)
async def test_every_codec_becomes_h264_with_its_pictures_and_its_sound(
    filmed: Film, tmp_path: Path, name: str
) -> None:
    made = await posted(filmed(*CODECS[name]), tmp_path)

    assert made.facts.plays_everywhere
    assert made.facts.is_faststart
    assert (made.facts.width, made.facts.height, made.facts.frames) == (160, 96, 12)
    assert (made.facts.codec, made.facts.audio_codec) == ("h264", "aac")
    assert_is(made.corners(), RED, LIME, BLUE, GRAY)
    assert made.loudness() > -30


@pytest.mark.parametrize(
    ("name", "options"),
    [("a.gif", ()), ("a.webp", ("-c:v", "libwebp_anim", "-lossless", "1"))],
    ids=["GIF", "animated WebP"],
)
async def test_an_animation_becomes_a_clip(
    filmed: Film, tmp_path: Path, name: str, options: tuple[str, ...]
) -> None:
    # Of frames that are alike, animations keep one.
    moving = f"{CORNERS},noise=alls=8:allf=t"

    made = await posted(filmed(name, *options, source=moving, sound=False), tmp_path)

    assert made.facts.plays_everywhere
    assert (made.facts.frames, made.facts.has_audio) == (12, False)
    assert made.facts.seconds == pytest.approx(1, abs=0.1)
    assert_is(made.corners(), RED, LIME, BLUE, GRAY)


async def test_a_varying_rate_keeps_its_length_and_its_frames(filmed: Film, tmp_path: Path) -> None:
    varying = ("-vf", "select='lt(n,6)+gt(n,9)'", "-fps_mode", "vfr")

    made = await posted(filmed("a.webm", *VP8, *varying, "-c:a", "libvorbis"), tmp_path)

    assert made.facts.frames == 8
    assert made.facts.seconds == pytest.approx(1, abs=0.1)


async def test_a_clip_of_too_many_frames_a_second_keeps_sixty(filmed: Film, tmp_path: Path) -> None:
    source = CORNERS.replace("r=12", "r=240")

    made = await posted(filmed("a.mp4", "-pix_fmt", "yuv420p", source=source), tmp_path)

    assert (made.facts.frames, made.facts.rate) == (60, 60.0)


async def test_pictures_that_play_are_not_encoded_again_for_their_sound(
    filmed: Film, tmp_path: Path
) -> None:
    clip = filmed("a.mov", "-pix_fmt", "yuv420p", "-c:a", "pcm_s16le")

    made = await posted(clip, tmp_path)

    assert made.facts.audio_codec == "aac"
    assert made.facts.frames == 12
    assert _stream_bytes(clip) == _stream_bytes(made.path)


def _stream_bytes(clip: Path) -> bytes:
    """The very bytes of the pictures."""
    stream = clip.with_suffix(".h264")
    ffmpeg_says("-i", str(clip), "-map", "0:v", "-c", "copy", "-f", "h264", str(stream))
    return stream.read_bytes()
