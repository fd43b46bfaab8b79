"""Whatever a clip was stored as, an extra is made of what every player shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.media.clips import probe
from bot.media.errors import NotPlayable
from bot.media.extras.trimming import trim
from bot.media.ffmpeg import Ffmpeg
from tests.media.extras.conftest import Opened
from tests.media.extras.footage import Studio

VP9 = ("-c:v", "libvpx-vp9", "-cpu-used", "8", "-c:a", "libopus")


@pytest.mark.parametrize(
    ("suffix", "options", "size"),
    [
        (".webm", VP9, (192, 108)),
        (".mp4", ("-vf", "setsar=2/1"), (384, 108)),
    ],
)
async def test_a_clip_of_any_kind_becomes_one_that_plays_everywhere(
    ffmpeg: Ffmpeg,
    opened: Opened,
    studio: Studio,
    tmp_path: Path,
    suffix: str,
    options: tuple[str, ...],
    size: tuple[int, int],
) -> None:
    bars = studio.shoot("plain", hertz=440, seconds=1)
    clip = studio.convert(bars, f"other{suffix}", *options)

    made = await trim(
        ffmpeg, await opened(clip), tmp_path / "t.mp4", from_seconds=0, to_seconds=0.5
    )

    facts = await probe(ffmpeg, made)
    assert facts.plays_everywhere
    assert facts.has_audio
    assert (facts.width, facts.height) == pytest.approx(size, abs=2)
    assert facts.frames == 12


async def test_a_playlist_is_opened_as_no_clip(opened: Opened, bars: Path, tmp_path: Path) -> None:
    playlist = tmp_path / "clip.mp4"
    playlist.write_text(f"ffconcat version 1.0\nfile {bars}\n")

    with pytest.raises(NotPlayable):
        await opened(playlist)
