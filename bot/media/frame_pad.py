"""Sets a picture into a frame of another ratio, upon a blurred and darkened copy of itself."""

from __future__ import annotations

from PIL import Image, ImageChops, ImageFilter

from bot.media.framing import Box, Size, inset

_COARSE = 16
"""The backdrop is blurred at this fraction of its size: nobody sees the difference."""
_BLUR, _SHADOW_BLUR = 4.0, 1.2
_BRIGHTNESS, _SHADOW = 0.55, 0.6


def padded(picture: Image.Image, frame: Size) -> tuple[Image.Image, Box]:
    """Return the whole frame, and where in it the picture lies."""
    box = inset(picture.size, frame)
    whole = _backdrop(picture, frame, box)
    whole.paste(
        picture.resize((box.width, box.height), Image.Resampling.LANCZOS, reducing_gap=3.0),
        (box.x, box.y),
    )
    return whole, box


def _backdrop(picture: Image.Image, frame: Size, box: Box) -> Image.Image:
    coarse = max(8, frame[0] // _COARSE), max(8, frame[1] // _COARSE)
    scale = min(picture.width / coarse[0], picture.height / coarse[1])
    wide, high = coarse[0] * scale, coarse[1] * scale
    left, top = (picture.width - wide) / 2, (picture.height - high) / 2
    cut = left, top, left + wide, top + high
    small = picture.resize(coarse, Image.Resampling.BOX, box=cut)
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
