"""Prepares one picture, as the bot does or with Pillow alone, and prints what that took as JSON.

What each way needs is imported by it alone, and before the clock runs.
"""

from __future__ import annotations

import asyncio
import io
import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

WIDE = 16 / 9

Prepare: TypeAlias = Callable[[bytes], None]


def as_the_bot() -> Prepare:
    """Decode and frame it in child processes."""
    from bot.media.framing import Target
    from bot.media.permits import Permits
    from bot.media.pictures import Pictures
    from bot.media.upscaling import choose_upscaler

    target = Target(ratio=WIDE, largest_ratio=WIDE, max_bytes=4 * 1024**2)
    permits = Permits()
    pictures = Pictures(permits, choose_upscaler("auto", permits))

    def prepare(data: bytes) -> None:
        asyncio.run(pictures.prepare(data, target))

    return prepare


def by_pillow_alone() -> Prepare:
    """Decode, turn, crop and scale it here."""
    from PIL import Image, ImageOps

    def prepare(data: bytes) -> None:
        with Image.open(io.BytesIO(data)) as image:
            upright = ImageOps.exif_transpose(image).convert("RGB")
        ImageOps.fit(upright, (1280, 720)).save(io.BytesIO(), "JPEG", quality=92)

    return prepare


def peak_of_children() -> float:
    """The most that one of them had resident, in MB; but at least what this process has."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def own_peak() -> float:
    """The most this program had resident, in MB; getrusage would count what started it too."""
    status = Path("/proc/self/status").read_text().splitlines()
    [line] = [line for line in status if line.startswith("VmHWM")]
    return int(line.split()[1]) / 1024


WAYS: dict[str, tuple[Callable[[], Prepare], Callable[[], float]]] = {
    "bot": (as_the_bot, peak_of_children),
    "pillow": (by_pillow_alone, own_peak),
}


def main(how: str, picture: str) -> None:
    """Prepare it, once."""
    way, peak = WAYS[how]
    prepare, data = way(), Path(picture).read_bytes()
    started = time.perf_counter()
    prepare(data)
    seconds = time.perf_counter() - started
    print(json.dumps({"seconds": seconds, "megabytes": peak()}))


if __name__ == "__main__":
    main(*sys.argv[1:])
