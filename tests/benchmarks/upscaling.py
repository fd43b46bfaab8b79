"""What a network makes of a small picture, and what that takes, against plain resampling.

The sample picture is made half as large, as it is or as the JPEG of quality 75 that members send,
and enlarged again. It has more fine hair than most pictures, so the gain is a low one. All of them
work in a child process of their own, started and read in the same way; each is run three times.
"""

from __future__ import annotations

import io
import json
import statistics
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from bot.media.upscale_networks import NETWORKS, Network, find_weights
from bot.media.upscaling import ENVIRONMENT
from tests.benchmarks.measurement import Measurement
from tests.media.likeness import psnr, ssim

PROJECT = Path(__file__).parents[2]
SAMPLE = PROJECT / "bot" / "playground" / "sample.jpg"
ROUNDS = 3
BASELINE = "Lanczos"
BY_NETWORK = """
import sys
from bot.media.upscale import main
main(*sys.argv[1:])
"""
BY_LANCZOS = """
import sys
from PIL import Image
width, height, *target = map(int, sys.argv[1:])
picture = Image.frombytes("RGB", (width, height), sys.stdin.buffer.read())
sys.stdout.buffer.write(picture.resize(tuple(target), Image.Resampling.LANCZOS).tobytes())
"""
# A child tells of itself, for what the system tells its parent counts the parent's own memory too.
TELL = """
import json, pathlib, re, time
status = pathlib.Path("/proc/self/status").read_text()
peak = int(re.search(r"VmHWM:\\s+(\\d+)", status)[1])
print(json.dumps([time.process_time(), peak / 1024]), file=sys.stderr)
"""


@dataclass(frozen=True)
class Enlarged:
    """A picture, and what the child took for it."""

    picture: Image.Image
    processor_seconds: float
    memory_mb: float
    """At its most, resident."""


def measure() -> list[Measurement]:
    """Take both networks against Lanczos."""
    with Image.open(SAMPLE) as image:
        sample = image.convert("RGB")
    small = sample.resize((sample.width // 2, sample.height // 2), Image.Resampling.LANCZOS)
    measured = []
    for name, given in (("half-size picture", small), ("the same as JPEG", as_jpeg(small))):
        plain = enlarge(given, sample.size, None)
        for network in NETWORKS.values():
            doubled = enlarge(given, sample.size, network)
            measured += _likeness(f"{name}, {network.name}", doubled, plain, sample)
    for network in NETWORKS.values():
        measured += _effort(small, sample.size, network)
    return measured


def as_jpeg(picture: Image.Image) -> Image.Image:
    """The picture as a member sends it."""
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=75)
    return Image.open(file).convert("RGB")


def enlarge(picture: Image.Image, target: tuple[int, int], network: Network | None) -> Enlarged:
    """Enlarge a picture in a child, by a network or by Lanczos."""
    script, names = BY_LANCZOS, []
    if network is not None:
        script, names = BY_NETWORK, [network.name, str(find_weights(network))]
    child = subprocess.run(
        [sys.executable, "-c", script + TELL, *names, *map(str, (*picture.size, *target))],
        cwd=PROJECT,
        env=ENVIRONMENT,
        input=picture.tobytes(),
        capture_output=True,
        check=True,
    )
    processor_seconds, memory_mb = json.loads(child.stderr)
    return Enlarged(Image.frombytes("RGB", target, child.stdout), processor_seconds, memory_mb)


def _likeness(
    name: str, doubled: Enlarged, plain: Enlarged, original: Image.Image
) -> list[Measurement]:
    return [
        Measurement(
            f"{name}: {title}",
            measure_likeness(doubled.picture, original),
            unit,
            BASELINE,
            measure_likeness(plain.picture, original),
        )
        for title, unit, measure_likeness in (("PSNR", "dB", psnr), ("SSIM", "of 1", ssim))
    ]


def _effort(small: Image.Image, target: tuple[int, int], network: Network) -> list[Measurement]:
    """Take the median of rounds, in turns, so that both meet the same machine."""
    rounds = [
        (enlarge(small, target, network), enlarge(small, target, None)) for _ in range(ROUNDS)
    ]
    return [
        Measurement(
            f"half-size picture, {network.name}: {title}",
            statistics.median(getattr(doubled, what) for doubled, _ in rounds),
            unit,
            BASELINE,
            statistics.median(getattr(plain, what) for _, plain in rounds),
        )
        for title, unit, what in (
            ("processor", "s", "processor_seconds"),
            ("memory", "MB", "memory_mb"),
        )
    ]
