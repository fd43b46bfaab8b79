"""What preparing a picture in child processes costs, against Pillow alone in this process.

Both bring a picture to 16:9 as a JPEG. Pillow alone decodes, turns, crops the middle, scales to
1280 × 720 and saves; it has no limits, and meets hostile bytes with the bot's own memory. The bot
decodes in one confined child and frames in another, which looks for faces before it cuts. Each
picture is prepared in a process of its own, whose start is not counted, while those of its children
are. Memory is the most that any one process had resident. Small pictures are enlarged by waifu2x
where it is installed, which Pillow alone does by Lanczos.
"""

from __future__ import annotations

import io
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from tests.benchmarks.measurement import Measurement

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "bot" / "playground" / "sample.jpg"
ROUNDS = 3
LARGE, COMMON, SMALL = (4000, 3000), (1920, 1440), (640, 480)
SAMPLES = (
    ("JPEG of 12 megapixels", "JPEG", LARGE),
    ("PNG of 12 megapixels", "PNG", LARGE),
    ("WebP of 12 megapixels", "WEBP", LARGE),
    ("AVIF of 3 megapixels", "AVIF", COMMON),
    ("JPEG of 3 megapixels", "JPEG", COMMON),
    ("JPEG of 640 × 480", "JPEG", SMALL),
)


@dataclass(frozen=True)
class Cost:
    """What preparing one picture took."""

    seconds: float
    megabytes: float


def measure() -> Iterator[Measurement]:
    """Prepare each sample in turns, ours and Pillow's."""
    with tempfile.TemporaryDirectory() as folder:
        for name, kind, size in SAMPLES:
            picture = Path(folder, f"picture.{kind.lower()}")
            picture.write_bytes(sample(kind, size))
            rounds = [(prepare("bot", picture), prepare("pillow", picture)) for _ in range(ROUNDS)]
            ours, alone = (typical(costs) for costs in zip(*rounds, strict=True))
            yield against_pillow(f"{name} prepared", "ms", ours.seconds * 1e3, alone.seconds * 1e3)
            memory = ours.megabytes, alone.megabytes
            yield against_pillow(f"{name} prepared, memory", "MB", *memory)


def against_pillow(name: str, unit: str, ours: float, alone: float) -> Measurement:
    """One of our values beside Pillow's."""
    return Measurement(name, ours, unit, "Pillow alone, in process", alone)


def sample(kind: str, size: tuple[int, int]) -> bytes:
    """The sample photo in a format and at a size."""
    with Image.open(SAMPLE) as photo:
        resized = photo.convert("RGB").resize(size, Image.Resampling.BICUBIC)
    data = io.BytesIO()
    resized.save(data, kind, quality=90)
    return data.getvalue()


def prepare(how: str, picture: Path) -> Cost:
    """Prepare a picture in a process of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.preparer", how, str(picture)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return Cost(**json.loads(done.stdout))


def typical(costs: tuple[Cost, ...]) -> Cost:
    """The median of each value."""
    return Cost(
        statistics.median(cost.seconds for cost in costs),
        statistics.median(cost.megabytes for cost in costs),
    )
