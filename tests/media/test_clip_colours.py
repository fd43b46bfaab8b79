"""A colour is the same before and after, whatever numbers a clip writes it in."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.media.clips import probe
from bot.media.ffmpeg import Ffmpeg
from bot.media.fitting import fit
from tests.media.patches import CODED, assert_alike, filmed_patches, seen

MIB = 2**20
TAGGED = "tv, bt709, progressive"


@pytest.mark.parametrize("name", CODED)
async def test_a_clip_made_anew_has_the_colours_it_had_and_names_them(
    tmp_path: Path, name: str
) -> None:
    clip = filmed_patches(CODED[name], tmp_path / "a.mp4")

    fitted = await fit(Ffmpeg(), clip, limit_bytes=MIB, folder=tmp_path)

    assert not fitted.is_original
    assert (await probe(Ffmpeg(), fitted.path, is_proven=True)).colour == TAGGED
    assert_alike(seen(fitted.path))


@pytest.mark.parametrize(
    ("name", "is_original"),
    [
        ("small, unsaid", True),
        ("small, BT.709", True),
        ("full range", False),
        ("a phone's P3", False),
    ],
)
async def test_only_colours_that_players_show_rightly_are_posted_as_they_came(
    tmp_path: Path, name: str, is_original: bool
) -> None:
    clip = filmed_patches(CODED[name], tmp_path / "a.mp4", pixel_format="yuv420p")

    fitted = await fit(Ffmpeg(), clip, limit_bytes=MIB, folder=tmp_path)

    assert fitted.is_original == is_original
