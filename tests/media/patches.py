"""Clips of four patches whose colours are known, and the colours that are seen of them."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import imageio_ffmpeg
import numpy as np

Colour: TypeAlias = tuple[int, int, int]

SEEN: tuple[Colour, ...] = ((180, 60, 40), (50, 150, 60), (50, 70, 170), (220, 220, 220))
"""Red, green, blue and light grey, as a screen shows them."""


@dataclass(frozen=True)
class Coded:
    """The numbers that stand for the four in a clip, and what the clip says of its colours."""

    codes: tuple[Colour, ...]
    labels: str = ""
    """x264's words for primaries, transfer and matrix."""
    range: str = "tv"
    bits: int = 8
    size: tuple[int, int] = (64, 64)


_SD = ((96, 101, 182), (110, 103, 91), (81, 175, 112), (205, 128, 128))
_HD = ((88, 107, 182), (121, 99, 88), (79, 174, 115), (205, 128, 128))
_FULL = ((94, 98, 190), (110, 100, 85), (75, 181, 110), (220, 128, 128))
_WIDE = ((392, 427, 643), (508, 410, 443), (326, 674, 495), (820, 512, 512))
_PHONE = ((92, 110, 172), (126, 101, 102), (79, 171, 118), (205, 128, 128))
_PQ = ((367, 459, 578), (428, 460, 480), (331, 592, 503), (541, 512, 512))
_HLG = ((354, 427, 651), (459, 408, 439), (295, 684, 494), (669, 512, 512))
_2020 = "colorprim=bt2020:colormatrix=bt2020nc"
# Worked out by the formulas of BT.601, 709, 1886, 2020 and 2100, with a white of 203 nits.
CODED = {
    "small, unsaid": Coded(_SD),
    "small, BT.709": Coded(_HD, "colormatrix=bt709"),
    "large, unsaid": Coded(_HD, size=(64, 720)),
    "large, BT.601": Coded(_SD, "colormatrix=smpte170m", size=(64, 720)),
    "names of no use": Coded(
        _HD, "transfer=smpte428:colormatrix=smpte2085:colorprim=film", size=(64, 720)
    ),
    "full range": Coded(_FULL, range="pc"),
    "BT.2020": Coded(_WIDE, f"{_2020}:transfer=bt2020-10", bits=10),
    "a phone's P3": Coded(_PHONE, "colorprim=smpte432:transfer=bt709:colormatrix=bt709"),
    "PQ": Coded(_PQ, f"{_2020}:transfer=smpte2084", bits=10),
    "HLG": Coded(_HLG, f"{_2020}:transfer=arib-std-b67", bits=10),
}


def filmed_patches(coded: Coded, clip: Path, *options: str, pixel_format: str = "yuv444p") -> Path:
    """Write a clip of three frames, each of the four patches in a quarter of it."""
    raw = clip.with_suffix(".yuv")
    raw.write_bytes(_planes(coded) * 3)
    ten = "10le" if coded.bits == 10 else ""
    width, height = coded.size
    _ffmpeg(
        *("-f", "rawvideo", "-pix_fmt", f"yuv444p{ten}", "-s", f"{width}x{height}", "-r", "12"),
        *("-i", str(raw), "-vf", f"format={pixel_format}{ten},setparams=range={coded.range}"),
        *("-c:v", "libx264", "-preset", "ultrafast", "-qp", "8"),
        *("-x264-params", coded.labels, "-movflags", "+faststart", *options, str(clip)),
    )
    return clip


def seen(file: Path, *, part: str = "iw:ih:0:0") -> list[Colour]:
    """The colours in the corners of a picture, or of a part of it, by the file's own word."""
    png = file.with_name("seen.png")
    small = f"crop={part},scale=4:4:flags=area"
    _ffmpeg("-i", str(file), "-frames:v", "1", "-vf", small, str(png))
    raw = _ffmpeg("-i", str(png), "-f", "rawvideo", "-pix_fmt", "rgb24", "-")
    frame = np.frombuffer(raw, np.uint8).reshape(4, 4, 3)
    return [_colour(frame, x, y) for x, y in ((0, 0), (3, 0), (0, 3), (3, 3))]


def assert_alike(found: list[Colour], most: int = 6) -> None:
    """Hold what is seen against what is meant to be; no number may be further off."""
    for one, other in zip(found, SEEN, strict=True):
        assert all(abs(a - b) <= most for a, b in zip(one, other, strict=True)), found


def _colour(frame: np.ndarray[tuple[int, int, int], np.dtype[np.uint8]], x: int, y: int) -> Colour:
    red, green, blue = frame[y, x].tolist()
    return red, green, blue


def _planes(coded: Coded) -> bytes:
    width, height = coded.size
    quarters = np.array(coded.codes, np.uint16 if coded.bits == 10 else np.uint8).reshape(2, 2, 3)
    frame = quarters.repeat(height // 2, axis=0).repeat(width // 2, axis=1)
    return frame.transpose(2, 0, 1).tobytes()


def _ffmpeg(*arguments: str) -> bytes:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-nostdin", "-y", *arguments]
    return subprocess.run(command, check=True, timeout=60, capture_output=True).stdout
