"""Whatever a clip comes as, what is posted of it plays everywhere: same pictures, same sound."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from PIL import Image

from bot.media.clips import ClipFacts, probe
from bot.media.ffmpeg import Ffmpeg
from bot.media.fitting import fit
from tests.media.films import CORNERS, VP8, Film, ffmpeg_says, film

MIB = 2**20


@pytest.fixture
def filmed(tmp_path: Path) -> Film:
    (tmp_path / "made").mkdir()
    return partial(film, tmp_path / "made")


@dataclass(frozen=True)
class Posted:
    """What would be posted of a clip."""

    path: Path
    facts: ClipFacts

    def corners(self, at: str = "0.5") -> list[tuple[int, int, int]]:
        """The colours of the four corners, from the top left, of a frame in the middle."""
        png = self.path.with_suffix(".png")
        ffmpeg_says("-ss", at, "-i", str(self.path), "-frames:v", "1", str(png))
        with Image.open(png) as frame:
            small = frame.convert("RGB").resize((4, 4), Image.Resampling.BOX)
        return [_rgb(small, x, y) for x, y in ((0, 0), (3, 0), (0, 3), (3, 3))]

    def loudness(self) -> float:
        """The mean of the sound, in dB."""
        said = ffmpeg_says("-i", str(self.path), "-af", "volumedetect", "-f", "null", "-")
        return float(re.findall(r"mean_volume: (-?[\d.]+) dB", said)[0])


def _rgb(image: Image.Image, x: int, y: int) -> tuple[int, int, int]:
    pixel = image.getpixel((x, y))
    assert isinstance(pixel, tuple)
    return int(pixel[0]), int(pixel[1]), int(pixel[2])


async def posted(clip: Path, tmp_path: Path, *, limit_bytes: int = 10 * MIB) -> Posted:
    """Probe, as when it is fetched; then fit; then look at what came of it."""
    ffmpeg = Ffmpeg()
    await probe(ffmpeg, clip)
    fitted = await fit(ffmpeg, clip, limit_bytes=limit_bytes, folder=tmp_path)
    return Posted(fitted.path, await probe(ffmpeg, fitted.path))


def assert_is(found: list[tuple[int, int, int]], *colours: tuple[int, int, int]) -> None:
    for seen, wanted in zip(found, colours, strict=True):
        assert all(abs(a - b) < 40 for a, b in zip(seen, wanted, strict=True)), found


RED, LIME, BLUE, GRAY = (255, 0, 0), (0, 255, 0), (0, 0, 255), (128, 128, 128)
BLACK = (0, 0, 0)
SVT = ("-c:v", "libsvtav1", "-preset", "12")
VP9 = ("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8")
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


async def test_what_can_be_seen_through_stands_before_black(filmed: Film, tmp_path: Path) -> None:
    glass = f"{CORNERS},format=rgba,colorkey=lime:0.3"

    made = await posted(
        filmed("a.mov", "-c:v", "prores_ks", "-pix_fmt", "yuva444p10le", source=glass), tmp_path
    )

    assert_is(made.corners(), RED, BLACK, BLUE, GRAY)


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


async def test_a_varying_rate_keeps_its_length_and_its_frames(filmed: Film, tmp_path: Path) -> None:
    varying = ("-vf", "select='lt(n,6)+gt(n,9)'", "-fps_mode", "vfr")

    made = await posted(filmed("a.webm", *VP8, *varying, "-c:a", "libvorbis"), tmp_path)

    assert made.facts.frames == 8
    assert made.facts.seconds == pytest.approx(1, abs=0.1)


async def test_a_clip_of_too_many_frames_a_second_keeps_sixty(filmed: Film, tmp_path: Path) -> None:
    source = CORNERS.replace("r=12", "r=240")

    made = await posted(filmed("a.mp4", "-pix_fmt", "yuv420p", source=source), tmp_path)

    assert (made.facts.frames, made.facts.rate) == (60, 60.0)


async def test_hdr_becomes_what_every_screen_shows(filmed: Film, tmp_path: Path) -> None:
    pq = "log-level=none:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc"
    made = await posted(
        filmed("a.mp4", "-c:v", "libx265", "-x265-params", pq, "-pix_fmt", "yuv420p10le"), tmp_path
    )

    assert "bt709" in made.facts.colour
    assert made.facts.plays_everywhere


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
