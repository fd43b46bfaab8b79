"""The child process that enlarges one picture: RGB pixels on stdin, more of them on stdout.

Run as `python -m bot.media.upscale NETWORK WEIGHTS WIDTH HEIGHT TARGET_WIDTH TARGET_HEIGHT`, with
a name of `bot.media.upscale_networks` and the path of its weights without the suffix.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TypeAlias

import ncnn
import numpy as np
import numpy.typing as npt
from PIL import Image

from bot.media.upscale_networks import NETWORKS, Network, passes

THREADS = 2
# Larger tiles take twice the memory and, falling out of the processor's cache, more time as well.
TILE = 96

Pixels: TypeAlias = npt.NDArray[np.uint8]
"""Height, width and three channels."""
Values: TypeAlias = npt.NDArray[np.float32]
"""Three channels, height and width, from 0 to 1."""


def main(name: str, weights: str, *sizes: str) -> None:
    """Enlarge the picture on stdin."""
    width, height, target_width, target_height = map(int, sizes)
    target = target_width, target_height
    pixels = np.frombuffer(sys.stdin.buffer.read(), np.uint8).reshape(height, width, 3)
    is_grey = bool((pixels == pixels[..., :1]).all())
    doubling = Doubling(NETWORKS[name], weights)
    for _ in range(passes((width, height), target)):
        pixels = doubling.double(pixels)
    picture = Image.fromarray(pixels).resize(target, Image.Resampling.LANCZOS)
    # The networks learned from colours, and give an old photograph a faint tint.
    picture = picture.convert("L").convert("RGB") if is_grey else picture
    sys.stdout.buffer.write(picture.tobytes())


class Doubling:
    """A network with its weights loaded."""

    def __init__(self, network: Network, weights: str) -> None:
        self._network = network
        self._net = ncnn.Net()
        self._net.opt.num_threads = THREADS
        self._net.opt.use_vulkan_compute = False
        if self._net.load_param(f"{weights}.param") or self._net.load_model(f"{weights}.bin"):
            raise OSError(f"cannot load {weights}")

    def double(self, pixels: Pixels) -> Pixels:
        """Give a picture at twice its size, tile by tile."""
        height, width, _ = pixels.shape
        margin = self._network.margin
        padded = np.pad(pixels, ((margin, margin), (margin, margin), (0, 0)), "edge")
        doubled = np.empty((height * 2, width * 2, 3), np.uint8)
        for top, bottom in _spans(height):
            for left, right in _spans(width):
                seen = padded[top : bottom + 2 * margin, left : right + 2 * margin]
                tile = doubled[top * 2 : bottom * 2, left * 2 : right * 2]
                tile[...] = _inner(self._run(seen), *tile.shape[:2])
        return doubled

    def _run(self, pixels: Pixels) -> Pixels:
        values = np.ascontiguousarray(pixels.transpose(2, 0, 1), np.float32) / 255
        # The Mat only points into the array, which therefore has to outlive it.
        matrix = ncnn.Mat(values)
        extractor = self._net.create_extractor()
        extractor.input(self._network.input, matrix)
        status, output = extractor.extract(self._network.output)
        if status:
            raise MemoryError(f"{self._network.name} gave up with status {status}")
        doubled: Values = np.array(output)
        return (doubled * 255 + 0.5).clip(0, 255).astype(np.uint8).transpose(1, 2, 0)


def _spans(length: int) -> Iterator[tuple[int, int]]:
    for start in range(0, length, TILE):
        yield start, min(start + TILE, length)


def _inner(pixels: Pixels, height: int, width: int) -> Pixels:
    """Cut off what is left of the margin: some networks use it up, others hand it back."""
    top, left = (pixels.shape[0] - height) // 2, (pixels.shape[1] - width) // 2
    return pixels[top : top + height, left : left + width]


if __name__ == "__main__":
    main(*sys.argv[1:])
