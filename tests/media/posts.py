"""What would be posted of a clip, and what is seen and heard of that."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bot.media.clip_facts import ClipFacts
from bot.media.clips import probe
from bot.media.ffmpeg import Ffmpeg
from bot.media.fitting import fit
from tests.media.films import ffmpeg_says

MIB = 2**20
RED, LIME, BLUE, GRAY = (255, 0, 0), (0, 255, 0), (0, 0, 255), (128, 128, 128)
WHITE = (255, 255, 255)


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

    def moments(self) -> tuple[float, float]:
        """When the first white frame is seen, and when the first sound is heard, in seconds."""
        white = ("-vf", "fps=100:start_time=0,scale=1:1:flags=area,format=gray")
        loud = ("-af", "aresample=8000:first_pts=0", "-ac", "1", "-f", "u8", "-c:a", "pcm_u8")
        seen = self._read(*white, "-f", "rawvideo")
        heard = np.abs(self._read(*loud).astype(np.int16) - 128)
        return float((seen > 200).argmax() / 100), float((heard > 4).argmax() / 8000)

    def _read(self, *how: str) -> NDArray[np.uint8]:
        raw = self.path.with_suffix(".raw")
        ffmpeg_says("-i", str(self.path), *how, str(raw))
        return np.fromfile(raw, np.uint8)


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
