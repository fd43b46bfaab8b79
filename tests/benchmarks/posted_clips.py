"""How clips come through being fitted: whether at the first try, how good, and how quickly.

Noisy clips of 5 to 200 MiB at 1080p are fitted to limits of 10, 20, 50 and 100 MiB. Their colours
have the full range, which is never posted as it came: so each is encoded, whatever the limit. VMAF
compares what is posted with the clip itself, every fifth frame, at the clip's own size; 100 is no
difference.
The same ffmpeg with the same arguments, run bare, tells what the child's limits, the probe before
and the check after cost.
"""

from __future__ import annotations

import asyncio
import re
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import imageio_ffmpeg

from bot.media.children import Ended
from bot.media.ffmpeg import Ffmpeg
from bot.media.fitting import Fitted, fit
from tests.benchmarks.measurement import Measurement

MIB = 2**20
PROGRAM = imageio_ffmpeg.get_ffmpeg_exe()
SAMPLE = Path(__file__).parents[2] / "bot" / "playground" / "sample.jpg"
CLIPS = {5: 4, 25: 8, 60: 10, 200: 16}
"""Seconds by size in MiB."""
LIMITS = (10, 20, 50, 100)


@dataclass(frozen=True)
class Posted:
    """A clip that was fitted, and what that took."""

    fitted: Fitted
    size_bytes: int
    encodes: int
    seconds: float
    bare_seconds: float
    vmaf: float


@dataclass(frozen=True)
class WatchedFfmpeg(Ffmpeg):
    """Remembers how it was asked to encode."""

    encodes: list[tuple[str, ...]] = field(default_factory=list)

    async def run(self, *arguments: str) -> Ended:
        """Run ffmpeg as the bot does."""
        if "libx264" in arguments:
            self.encodes.append(arguments)
        return await super().run(*arguments)


async def measure() -> list[Measurement]:
    """Fit every clip to every limit that is not more than four times its size."""
    return [one async for one in _measured()]


async def _measured() -> AsyncIterator[Measurement]:
    tried = fitted_at_first = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for mebibytes, seconds in CLIPS.items():
            clip = await asyncio.to_thread(make_clip, folder, mebibytes, seconds)
            for limit in (limit for limit in LIMITS if limit < 4 * mebibytes):
                posted = await post(clip, limit * MIB, folder)
                tried += 1
                fitted_at_first += posted.encodes <= 1
                for one in _of(posted, f"{mebibytes} MiB to {limit} MiB", limit):
                    yield one
    yield Measurement("clips that fit at the first try", fitted_at_first, "clips", "all", tried)


def _of(posted: Posted, name: str, limit: int) -> list[Measurement]:
    side = f"{posted.fitted.shorter_side}p"
    found = [
        Measurement(f"{name}, {side}: size", posted.size_bytes / MIB, "MiB", "the limit", limit),
        Measurement(f"{name}, {side}: VMAF", posted.vmaf, "points", "the clip itself", 100),
    ]
    if posted.encodes:
        bare = "bare ffmpeg, same settings"
        took = Measurement(f"{name}, {side}: time", posted.seconds, "s", bare, posted.bare_seconds)
        found.append(took)
    return found


def make_clip(folder: Path, mebibytes: int, seconds: int) -> Path:
    """A slow pan over the sample photo with a camera's noise, filled up to its size."""
    clip = folder / f"{mebibytes}.mp4"
    # A little less, for the container: the bot takes no more than 200 MiB.
    rate = f"{mebibytes * 8388 * 0.95 / seconds:.0f}k"
    pan = "scale=2304:-2,crop=1920:1080:x='t*20':y='t*8',noise=alls=14:allf=t,format=yuv420p"
    run(
        *("-loop", "1", "-framerate", "30", "-i", str(SAMPLE), "-t", str(seconds), "-vf", pan),
        *("-c:v", "libx264", "-preset", "veryfast", "-b:v", rate, "-minrate", rate),
        *("-maxrate", rate, "-bufsize", rate, "-movflags", "+faststart", str(clip)),
    )
    return clip


async def post(clip: Path, limit_bytes: int, folder: Path) -> Posted:
    """Fit a clip, and see how good that is and how long it took."""
    ffmpeg = WatchedFfmpeg()
    started = time.perf_counter()
    fitted = await fit(ffmpeg, clip, limit_bytes=limit_bytes, folder=folder)
    seconds = time.perf_counter() - started
    size_bytes = fitted.path.stat().st_size
    vmaf = 100.0 if fitted.is_original else await asyncio.to_thread(difference, fitted.path, clip)
    bare_seconds = await asyncio.to_thread(bare, ffmpeg.encodes, folder)
    return Posted(fitted, size_bytes, len(ffmpeg.encodes), seconds, bare_seconds, vmaf)


def bare(encodes: list[tuple[str, ...]], folder: Path) -> float:
    """How long the same encodes take without the bot."""
    started = time.perf_counter()
    for arguments in encodes:
        scratch = [re.sub(r"(file:)?/.*/fitted", rf"\g<1>{folder}/bare", one) for one in arguments]
        run(*scratch)
    return time.perf_counter() - started


def difference(posted: Path, clip: Path) -> float:
    """The VMAF of one clip against another, of every fifth frame."""
    graph = "[0:v]scale=1920:1080:flags=bicubic[posted];[posted][1:v]libvmaf=n_subsample=5"
    said = run("-i", str(posted), "-i", str(clip), "-lavfi", graph, "-f", "null", "-", level="info")
    found = re.search(r"VMAF score: ([\d.]+)", said)
    assert found is not None, said
    return float(found[1])


def run(*arguments: str, level: str = "error") -> str:
    """Run ffmpeg bare; returns what it said."""
    command = [PROGRAM, "-hide_banner", "-loglevel", level, "-nostdin", "-y", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stderr
