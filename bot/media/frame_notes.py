"""What is to be said of a decoded picture: that it is flat, or blurred. It is never refused."""

from __future__ import annotations

from itertools import accumulate

from PIL import Image, ImageChops, ImageFilter, ImageStat

from bot.media.decoded import PictureNote

_LOOK_SIDE = 1024
"""How large a model sees it, more or less: nobody minds what is blurred in twelve megapixels."""
_LEAST_CONTRAST = 32
"""Between what is nearly darkest and nearly brightest, of 255."""
_MOST_BLUR = 0.75


def notes_on(picture: Image.Image) -> tuple[PictureNote, ...]:
    """Look at an RGB picture."""
    grey = picture.convert("L")
    grey.thumbnail((_LOOK_SIDE, _LOOK_SIDE), Image.Resampling.BOX)
    if contrast(grey) < _LEAST_CONTRAST:
        return (PictureNote.LOW_CONTRAST,)
    return (PictureNote.BLURRED,) if blur(grey) > _MOST_BLUR else ()


def contrast(grey: Image.Image) -> int:
    """From the darkest to the brightest pixels, but for one in 500 at either end."""
    levels = grey.histogram()
    spare = grey.width * grey.height / 500
    return 255 - _first_level(levels[::-1], spare) - _first_level(levels, spare)


def _first_level(levels: list[int], spare: float) -> int:
    return next(level for level, count in enumerate(accumulate(levels)) if count > spare)


def blur(grey: Image.Image) -> float:
    """How little a picture changes when it is blurred, from 0 to 1 (Crete et al., 2007)."""
    return max(_blur_along(grey, (1, 0)), _blur_along(grey, (0, 1)))


def _blur_along(grey: Image.Image, step: tuple[int, int]) -> float:
    reach = 4 * step[0], 4 * step[1]
    before = _steps(grey, step)
    lost = ImageChops.subtract(before, _steps(grey.filter(ImageFilter.BoxBlur(reach)), step))
    change = ImageStat.Stat(before).sum[0]
    return 1 - ImageStat.Stat(lost).sum[0] / change if change else 0.0


def _steps(grey: Image.Image, step: tuple[int, int]) -> Image.Image:
    """How far each pixel is from its neighbour."""
    width, height = grey.width - step[0], grey.height - step[1]
    return ImageChops.difference(
        grey.crop((0, 0, width, height)),
        grey.crop((*step, step[0] + width, step[1] + height)),
    )
