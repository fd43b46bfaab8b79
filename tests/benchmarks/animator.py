"""How fast the animator films and encodes, against encoding frames that are already in memory."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from providers.local.depth import Picture
from providers.local.encoder import LARGEST_CLIP_BYTES, encode
from providers.local.film import Film
from providers.local.shot import Shot
from tests.benchmarks.measurement import Measurement

_PICTURE = Path(__file__).parents[2] / "bot" / "playground" / "sample.jpg"
_ROUNDS = 3


def measure() -> list[Measurement]:
    """Take the best of three rounds of each, in turns, so that both meet the same machine."""
    cv2.setNumThreads(2)
    shot = Shot(prompt="orbit left", width=1280, height=720, seconds=5, seed=1)
    with Image.open(_PICTURE) as image:
        film = Film(np.asarray(image.convert("RGB"), np.uint8), shot)
    in_memory = list(film.frames())
    animated, encoded = 0.0, 0.0
    with tempfile.TemporaryDirectory() as folder:
        clip = Path(folder) / "clip.mp4"
        for _ in range(_ROUNDS):
            animated = max(animated, _frames_a_second(film.frames(), shot, clip))
            encoded = max(encoded, _frames_a_second(in_memory, shot, clip))
    return [
        Measurement(
            name="animator, 5 s orbit at 720p",
            value=animated,
            unit="frames/s",
            baseline="encoding the same frames from memory",
            baseline_value=encoded,
        )
    ]


def _frames_a_second(frames: Iterable[Picture], shot: Shot, clip: Path) -> float:
    started = time.perf_counter()
    encode(frames, shot, clip, crf=20, largest_bytes=LARGEST_CLIP_BYTES)
    return shot.frames / (time.perf_counter() - started)
