"""Posters and previews for places without video."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bot.media.errors import CannotFit
from bot.media.extras.errors import MomentOutside
from bot.media.extras.stills import MAX_POSTER_BYTES, Preview, poster, preview
from bot.media.ffmpeg import Ffmpeg
from tests.media.extras.conftest import Opened
from tests.media.extras.footage import HEIGHT, WIDTH, Studio, apart, frames_of

AMPLE = 10 * 2**20


def shown(still: Path) -> np.ndarray[tuple[int, ...], np.dtype[np.int16]]:
    with Image.open(still) as picture:
        small = picture.convert("L").resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC)
    return np.asarray(small).astype(np.int16)


@pytest.mark.parametrize(("second", "frame"), [(0, 0), (1.0, 24), (1.5, 36), (2.0, 47)])
async def test_a_poster_is_the_frame_shown_at_that_second(
    ffmpeg: Ffmpeg, opened: Opened, bars: Path, tmp_path: Path, second: float, frame: int
) -> None:
    made = await poster(ffmpeg, await opened(bars), tmp_path / "p.jpg", at_seconds=second)

    with Image.open(made) as picture:
        assert (picture.format, picture.size) == ("JPEG", (192, 108))
    near = [apart(shown(made), one) for one in frames_of(bars)]
    assert abs(int(np.argmin(near)) - frame) <= 1


async def test_a_poster_of_noise_still_has_at_most_200_kilobytes(
    ffmpeg: Ffmpeg, opened: Opened, studio: Studio, tmp_path: Path
) -> None:
    noise = "testsrc2=s=800x450:r=5,noise=alls=100:allf=t+u"
    clip = studio.shoot("noise", picture=noise, seconds=0.4)

    made = await poster(ffmpeg, await opened(clip), tmp_path / "p.jpg", at_seconds=0)

    assert 50_000 < made.stat().st_size <= MAX_POSTER_BYTES


@pytest.mark.parametrize("second", [-0.1, 2.2, 1e9])
async def test_a_second_the_clip_does_not_have_is_refused(
    ffmpeg: Ffmpeg, opened: Opened, bars: Path, tmp_path: Path, second: float
) -> None:
    with pytest.raises(MomentOutside):
        await poster(ffmpeg, await opened(bars), tmp_path / "p.jpg", at_seconds=second)


@pytest.fixture(scope="session")
def long(studio: Studio) -> Path:
    """Longer than a preview, and larger."""
    return studio.shoot("long", size="512x96", rate=12, seconds=6.5)


@pytest.mark.parametrize("kind", list(Preview))
async def test_a_preview_moves_is_small_and_repeats_for_ever(
    ffmpeg: Ffmpeg, opened: Opened, long: Path, tmp_path: Path, kind: Preview
) -> None:
    made = await preview(ffmpeg, await opened(long), tmp_path / "p", kind=kind, limit_bytes=AMPLE)

    with Image.open(BytesIO(made.read_bytes())) as picture:
        assert picture.format == kind.name
        assert max(picture.size) == kind.longest_side
        assert picture.info["loop"] == 0
        assert 70 <= getattr(picture, "n_frames", 1) <= 72


async def test_a_preview_is_never_larger_than_its_clip(
    ffmpeg: Ffmpeg, opened: Opened, tall: Path, tmp_path: Path
) -> None:
    clip = await opened(tall)

    made = await preview(ffmpeg, clip, tmp_path / "p", kind=Preview.WEBP, limit_bytes=AMPLE)

    with Image.open(made) as picture:
        assert picture.size == (90, 160)


async def test_a_preview_that_fits_nowhere_is_refused(
    ffmpeg: Ffmpeg, opened: Opened, bars: Path, tmp_path: Path
) -> None:
    clip = await opened(bars)

    with pytest.raises(CannotFit):
        await preview(ffmpeg, clip, tmp_path / "p", kind=Preview.GIF, limit_bytes=100)
