"""Sets a picture into a frame of another ratio, upon what goes on from its edges.

A plain edge simply goes on; else the picture itself lies behind, stretched, blurred and darkened.
"""

from __future__ import annotations

from typing import TypeAlias

from PIL import Image, ImageChops, ImageFilter, ImageStat

from bot.media.framing import Box, Size, inset

_Colour: TypeAlias = tuple[int, ...]

_COARSE = 16
"""The backdrop is blurred at this fraction of its size: nobody sees the difference."""
_BLUR, _SHADOW_BLUR = 5.0, 1.2
_BRIGHTNESS, _SHADOW = 0.62, 0.5
_EDGE = 2
_PLAIN = 4.0
"""How far the colours of a plain edge may vary, of 255; the eye takes them for one."""


def padded(picture: Image.Image, frame: Size) -> Image.Image:
    """Return the whole frame, the picture in its `inset`."""
    box = inset(picture.size, frame)
    size = box.width, box.height
    placed = picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    colour = _plain_colour(placed, is_wide=frame[0] > box.width)
    whole = _backdrop(placed, frame, box) if colour is None else Image.new("RGB", frame, colour)
    whole.paste(placed, (box.x, box.y))
    return whole


def _plain_colour(picture: Image.Image, *, is_wide: bool) -> _Colour | None:
    """The one colour of the two edges that are padded; None where they have more."""
    width, height = picture.size
    if is_wide:
        edges = (0, 0, _EDGE, height), (width - _EDGE, 0, width, height)
    else:
        edges = (0, 0, width, _EDGE), (0, height - _EDGE, width, height)
    first, last = (ImageStat.Stat(picture.crop(edge)) for edge in edges)
    varied = max(*first.stddev, *last.stddev)
    apart = max(abs(a - b) for a, b in zip(first.mean, last.mean, strict=True))
    return tuple(first.median) if varied < _PLAIN and apart < _PLAIN else None


def _backdrop(picture: Image.Image, frame: Size, box: Box) -> Image.Image:
    coarse = max(8, frame[0] // _COARSE), max(8, frame[1] // _COARSE)
    small = picture.resize(coarse, Image.Resampling.BOX)
    small = small.filter(ImageFilter.GaussianBlur(_BLUR))
    light = Image.new("L", coarse, round(255 * _BRIGHTNESS))
    shaded = round(255 * _BRIGHTNESS * (1 - _SHADOW))
    light.paste(shaded, _shrunk(box, frame, coarse))
    light = light.filter(ImageFilter.GaussianBlur(_SHADOW_BLUR)).convert("RGB")
    return ImageChops.multiply(small, light).resize(frame, Image.Resampling.BICUBIC)


def _shrunk(box: Box, frame: Size, coarse: Size) -> tuple[int, int, int, int]:
    x, y = coarse[0] / frame[0], coarse[1] / frame[1]
    right, bottom = box.x + box.width, box.y + box.height
    return round(box.x * x), round(box.y * y), round(right * x), round(bottom * y)
