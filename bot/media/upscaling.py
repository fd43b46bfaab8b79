"""Small pictures made large enough for a model, by a neural network where one is installed."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from bot.logs import get_logger
from bot.media.children import Ended, Limits, run_child
from bot.media.errors import ChildOverran
from bot.media.permits import Permits, Work
from bot.media.upscale_networks import NETWORKS, WAIFU2X, Network, Size, find_weights, passes

log = get_logger("media")

# The longest banner takes a third of the memory and, on an idle machine, an eighth of the time.
LIMITS = Limits(
    wall_seconds=60,
    cpu_seconds=60,
    memory_bytes=1024**3,
    file_bytes=0,
    output_bytes=0,
    niceness=10,
)

_PROJECT = Path(__file__).parents[2]
_UPSCALE = (sys.executable, "-s", "-P", "-m", "bot.media.upscale")
ENVIRONMENT = {
    "PYTHONPATH": str(_PROJECT),
    # NumPy would otherwise reserve address space for a thread of every processor there is.
    "OPENBLAS_NUM_THREADS": "1",
    # A thread that waits for the other must not spin: on a busy machine that is most of the work.
    "OMP_WAIT_POLICY": "passive",
}
"""All that the child process has of an environment."""


class Upscaler(Protocol):
    """Brings clean pixels to another size, and always succeeds."""

    @property
    def name(self) -> str:
        """Its word in settings and logs."""

    async def upscale(self, rgb: bytes, size: Size, target: Size) -> bytes:
        """Take 8-bit RGB pixels, row by row, from one size to exactly another."""


@dataclass(frozen=True)
class Lanczos:
    """Plain resampling: a little soft, and there on every machine."""

    name: str = "lanczos"

    async def upscale(self, rgb: bytes, size: Size, target: Size) -> bytes:
        """Take 8-bit RGB pixels, row by row, from one size to exactly another."""
        return await asyncio.to_thread(_resample, rgb, size, target)


@dataclass(frozen=True)
class Neural:
    """A network in a child process, one picture at a time; plain resampling where that fails."""

    network: Network
    weights: Path
    """Without the suffix."""
    permits: Permits
    limits: Limits = LIMITS
    """What may be said on stdout follows from the picture."""

    @property
    def name(self) -> str:
        """Its word in settings and logs."""
        return self.network.name

    async def upscale(self, rgb: bytes, size: Size, target: Size) -> bytes:
        """Take 8-bit RGB pixels, row by row, from one size to exactly another."""
        if passes(size, target):
            enlarged = await self._enlarge(rgb, size, target)
            if enlarged is not None:
                return enlarged
        return await Lanczos().upscale(rgb, size, target)

    async def _enlarge(self, rgb: bytes, size: Size, target: Size) -> bytes | None:
        expected = target[0] * target[1] * 3
        sizes = map(str, (*size, *target))
        try:
            async with self.permits.permit(Work.UPSCALE):
                ended = await run_child(
                    [*_UPSCALE, self.name, str(self.weights), *sizes],
                    stdin=rgb,
                    limits=replace(self.limits, output_bytes=expected),
                    environment=ENVIRONMENT,
                )
        except ChildOverran as error:
            self._say_why(size, str(error))
            return None
        if ended.status or len(ended.stdout) != expected:
            self._say_why(size, _last_words(ended))
            return None
        return ended.stdout

    def _say_why(self, size: Size, why: str) -> None:
        log.warning("upscaler failed, resampled", upscaler=self.name, size=size, why=why)


def choose_upscaler(setting: str, permits: Permits) -> Upscaler:
    """The upscaler of that name, or Lanczos where it is not installed; "auto" is the best."""
    network = WAIFU2X if setting == "auto" else NETWORKS.get(setting)
    if network is None:
        return Lanczos()
    weights = find_weights(network)
    if weights is None:
        log.warning("upscaler not installed, pictures are resampled", upscaler=network.name)
        return Lanczos()
    return Neural(network, weights, permits)


def _last_words(ended: Ended) -> str:
    words = ended.stderr.decode(errors="replace").strip().rpartition("\n")[2]
    return f"ended with status {ended.status}: {words}"


def _resample(rgb: bytes, size: Size, target: Size) -> bytes:
    # Loaded with the first small picture: until then the bot does without an imaging library.
    from PIL import Image

    picture = Image.frombytes("RGB", size, rgb)
    return picture.resize(target, Image.Resampling.LANCZOS).tobytes()
