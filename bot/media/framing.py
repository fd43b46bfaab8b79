"""How a picture comes into the frame a model takes: values and sizes, without any pixels."""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass
from typing import TypeAlias

from bot.media.decoded import LONGEST_SIDE

LEAST_SIDES = (1024, 576)
"""The longer and the shorter side of a frame are never shorter, in pixels."""
MOST_GROWTH = 4.0
"""A picture that would have to grow further is too small for anything to be seen in it."""
LARGEST_LOSS = 0.30
"""The share of a picture that a crop may cut off unasked."""
_NO_LOSS = 0.01
_NEARLY = 1e-6
"""A pixel more or less of so little is an error of the calculation."""

Size: TypeAlias = tuple[int, int]
"""Width and height in pixels."""


class Fit(enum.StrEnum):
    """What happens to a picture of another ratio than the frame's."""

    CROP = "crop"
    PAD = "pad"


@dataclass(frozen=True)
class Box:
    """A rectangle, in pixels of the picture it lies in."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, kw_only=True)
class Target:
    """What a model takes."""

    ratio: float | None
    """Width divided by height; None: the picture's own, within the largest ratio."""
    largest_ratio: float
    """Of the longer side to the shorter."""
    max_bytes: int
    """Of the JPEG."""
    size: Size | None = None
    """Of exactly that ratio; None: as large as the picture allows, within the limits."""

    def ratio_for(self, size: Size) -> float:
        """The ratio of a frame for a picture of this size."""
        own = size[0] / size[1] if self.ratio is None else self.ratio
        return min(max(own, 1 / self.largest_ratio), self.largest_ratio)


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What the child that frames is to make of which pixels."""

    width: int
    height: int
    ratio: float
    fit: Fit | None
    """None: the picture has the ratio already, or nearly."""
    is_chosen: bool
    """The member chose the fit: a crop may lose faces."""
    max_bytes: int
    size: Size | None


def natural_fit(size: Size, ratio: float) -> Fit | None:
    """How a picture best comes to a ratio, faces left aside; None where it has the ratio."""
    loss = 1 - min(size[0] / size[1] / ratio, ratio / (size[0] / size[1]))
    if loss < _NO_LOSS:
        return None
    may_crop = loss <= LARGEST_LOSS and not is_too_small(size, ratio, Fit.CROP)
    return Fit.CROP if may_crop else Fit.PAD


def growth(size: Size, ratio: float, fit: Fit | None) -> float:
    """How many times a picture must grow for its frame to have the least size; 1 if it need not."""
    least = _least_size(ratio)
    factors = least[0] / size[0], least[1] / size[1]
    return max(1.0, min(factors) if fit is Fit.PAD else max(factors))


def is_too_small(size: Size, ratio: float, fit: Fit | None) -> bool:
    """Whether so little would be seen in the frame that the picture is refused."""
    return growth(size, ratio, fit) > MOST_GROWTH + _NEARLY


def frame_size(size: Size, ratio: float, fit: Fit | None) -> Size:
    """The frame around a picture of this size, or within it: sharp, and within the limits."""
    wide, high = float(size[0]), size[0] / ratio
    if (high < size[1]) == (fit is Fit.PAD):
        wide, high = size[1] * ratio, float(size[1])
    least = _least_size(ratio)
    scale = min(max(1.0, least[0] / wide), LONGEST_SIDE / max(wide, high))
    return whole(wide * scale, high * scale)


def whole(width: float, height: float) -> Size:
    """Whole pixels, of a ratio that is rather nearer to a square's: a model may take no other."""
    long = math.floor(max(width, height) + _NEARLY)
    short = min(long, math.ceil(min(width, height) - _NEARLY))
    return (long, short) if width >= height else (short, long)


def inset(size: Size, frame: Size) -> Box:
    """Where in its frame a padded picture lies: as large as can be, in the middle."""
    scale = min(frame[0] / size[0], frame[1] / size[1])
    width = min(frame[0], max(1, round(size[0] * scale)))
    height = min(frame[1], max(1, round(size[1] * scale)))
    return Box((frame[0] - width) // 2, (frame[1] - height) // 2, width, height)


def _least_size(ratio: float) -> tuple[float, float]:
    stretch = max(ratio, 1 / ratio)
    long = min(max(LEAST_SIDES[0], LEAST_SIDES[1] * stretch), LONGEST_SIDE)
    return (long, long / stretch) if ratio >= 1 else (long / stretch, long)
