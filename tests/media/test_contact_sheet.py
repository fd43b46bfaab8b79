from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from bot.media.contact_sheet import contact_sheet, evenly_spaced
from bot.media.errors import NotPlayable
from bot.media.ffmpeg import Ffmpeg
from tests.media.conftest import MakeClip


async def test_twelve_frames_stand_side_by_side(clip: Path, tmp_path: Path) -> None:
    png = tmp_path / "100% sheet.png"

    await contact_sheet(Ffmpeg(), clip, png)

    with Image.open(png) as sheet:
        assert (sheet.format, sheet.size) == ("PNG", (1280, 3 * 174 + 4 * 8))
        assert sheet.convert("RGB").getpixel((4, 4)) == (30, 31, 34)


async def test_frames_run_from_the_first_to_the_last(make_clip: MakeClip, tmp_path: Path) -> None:
    black_to_white = make_clip(
        source="color=black:s=64x64:r=24:d=1,geq=lum='N*255/23':cb=128:cr=128"
    )
    png = tmp_path / "sheet.png"

    await contact_sheet(Ffmpeg(), black_to_white, png, columns=3, rows=1)

    with Image.open(png) as sheet:
        grey = sheet.convert("L")
        seen = [grey.getpixel((at, grey.height // 2)) for at in (200, 640, 1080)]
    assert seen == pytest.approx([0, 130, 255], abs=12)


async def test_a_clip_shorter_than_the_sheet_fills_what_it_can(
    make_clip: MakeClip, tmp_path: Path
) -> None:
    png = tmp_path / "sheet.png"

    await contact_sheet(Ffmpeg(), make_clip(source="testsrc2=s=64x64:r=24:d=0.1"), png)

    with Image.open(png) as sheet:
        assert sheet.width == 1280


async def test_a_broken_clip_has_no_sheet(tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"nothing")

    with pytest.raises(NotPlayable):
        await contact_sheet(Ffmpeg(), broken, tmp_path / "sheet.png")

    assert not (tmp_path / "sheet.png").exists()


def test_frames_are_evenly_spaced_with_both_ends() -> None:
    assert evenly_spaced(100, 4) == [0, 33, 66, 99]
    assert evenly_spaced(2, 12) == [0, 1]
    assert evenly_spaced(50, 1) == [0]
