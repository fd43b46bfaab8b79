"""Any decoded picture becomes upright, 8-bit, opaque sRGB of a bounded size."""

from __future__ import annotations

import io
import struct

from PIL import Image, ImageCms, ImageOps, ImageStat

from bot.media.decoded import LONGEST_SIDE

_WHITE = (255, 255, 255)
_DARK = (49, 51, 56)
_BRIGHT = 200
_SIXTEEN_BIT = frozenset({"I", "I;16", "I;16L", "I;16B", "I;16N"})


def normalise(image: Image.Image) -> Image.Image:
    """Return an RGB picture without metadata, its longer side at most 2560 pixels."""
    profile = image.info.get("icc_profile")
    image = _shrunk(_plain_mode(_upright(image)))
    if image.mode == "RGBA":
        alpha = image.getchannel("A")
        image = _flattened(_srgb(image.convert("RGB"), profile), alpha)
    else:
        image = _srgb(image, profile)
    image.info = {}
    return image


def scaled_size(size: tuple[int, int]) -> tuple[int, int]:
    """Return width and height after shrinking to the longest side; small pictures stay."""
    width, height = size
    scale = min(1.0, LONGEST_SIDE / max(size))
    return round(width * scale), round(height * scale)


def _upright(image: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image)
    except (SyntaxError, ValueError, TypeError, LookupError, OSError, struct.error):
        return image  # Broken metadata is no reason to refuse a sound picture.


def _plain_mode(image: Image.Image) -> Image.Image:
    """Return the picture as L, RGB, RGBA or CMYK of 8 bits."""
    if image.mode in _SIXTEEN_BIT:
        # Pillow's own conversion clips at 255 instead of scaling.
        image = image.point(lambda value: value * (255 / 65535)).convert("L")
        image.info.pop("transparency", None)
        return image
    if image.has_transparency_data:
        return image.convert("RGBA")
    return image if image.mode in {"L", "RGB", "CMYK"} else image.convert("RGB")


def _shrunk(image: Image.Image) -> Image.Image:
    size = scaled_size(image.size)
    if size == image.size:
        return image
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def _srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    if profile:
        try:
            converted = ImageCms.profileToProfile(
                image,
                ImageCms.ImageCmsProfile(io.BytesIO(profile)),
                ImageCms.createProfile("sRGB"),
                outputMode="RGB",
            )
        except (ImageCms.PyCMSError, OSError):
            pass  # A broken or foreign profile: the plain conversion is the best guess.
        else:
            assert converted is not None
            return converted
    return image.convert("RGB")


def _flattened(image: Image.Image, alpha: Image.Image) -> Image.Image:
    """Lay the picture on white, or on dark grey where what is visible is bright itself."""
    brightness = ImageStat.Stat(image.convert("L"), mask=alpha.point(lambda value: value and 255))
    ground = Image.new("RGB", image.size, _DARK if brightness.mean[0] > _BRIGHT else _WHITE)
    ground.paste(image, mask=alpha)
    return ground
